"""Why the store keeps nothing, as people can act on it: the library's words become one of a few sentences."""

DAMAGED = "store_damaged"
"""That a write goes well proves nothing of what is damaged."""
_SIGNS = (
    ("full", "store_full"),
    ("no space", "store_full"),
    ("readonly", "store_readonly"),
    ("read-only", "store_readonly"),
    ("i/o error", "store_disk"),
    ("unable to open", "store_readonly"),
    ("locked", "store_busy"),
    ("damaged", DAMAGED),
    ("malformed", DAMAGED),
    ("not a database", DAMAGED),
)


def store_words(fault: str) -> str:
    """The key of the sentence; what nobody foresaw has one as well."""
    return next((key for sign, key in _SIGNS if sign in fault.lower()), "store_other")
