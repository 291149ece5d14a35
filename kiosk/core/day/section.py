"""What an everyday page shows: sections of entries, in words, ready to draw. Without content there is no section."""

from dataclasses import dataclass

from kiosk.core.look.rows import Row

GROUPS = ("services", "travel", "local", "information")
"""Doors on the first page; each leads to its sections, or to its only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Row):
    """One row of a list, and what stands behind it. `code`: an address to take along; only ever from own content.

    `search`: more words to find it by.
    """

    more: str = ""
    code: str = ""
    search: str = ""
    picture: str = ""
    """The digest of a picture; shown only when the cache holds it, and what stands here says nothing without it."""
    picture_text: str = ""
    """What is on it, for those who do not see it."""

    @property
    def opens(self) -> bool:
        """Is there more than the row itself says?"""
        return bool(self.more or self.code or self.picture)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One list. `name` is its page, `group` its door; `summary` says in one line what is most useful in it now.

    `note`: how old it is and whose it is. `stale`: what is shown may not hold any more.
    """

    name: str
    group: str
    icon: str
    title: str
    rows: tuple[Entry, ...]
    note: str = ""
    stale: bool = False
    summary: str = ""
