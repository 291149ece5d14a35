"""Whom to call and where to listen: the site's own document, and behind it what holds in the whole country.

The national numbers, and what to do when no phone works, are always there: a site without a document, or a document
that forgot them, does not make an empty page.
"""

import re

from contract.content import ContactsDocument
from kiosk.core.words import Words, clean

NATIONAL = (("112", "danger"), ("113 13", "crisis"), ("1177", "health"), ("114 14", "police"))
"""Number and key of what it is for, the most urgent first."""


def contact_rows(document: ContactsDocument | None, words: Words) -> tuple[str, ...]:
    """The radio first: it works when no telephone does. Then the numbers, then what to do without a phone."""
    own = _own(document, words)
    missing = [words.say(f"contacts.{key}") for number, key in NATIONAL if not any(_is(number, row) for row in own)]
    return (_radio(document, words), *missing, *own, *phone_down(document, words))


def phone_down(document: ContactsDocument | None, words: Words) -> tuple[str, ...]:
    """What to do when no phone works: as the site says it, else what holds anywhere."""
    said = words.pick(document.phone_down)[1] if document is not None and any(document.phone_down.values()) else ()
    lines = [clean(line) for line in said] or [words.say(f"contacts.phone_down_{key}") for key in ("radio", "place")]
    return (f"{words.say('contacts.phone_down')} {lines[0]}", *lines[1:])


def numbers_line(document: ContactsDocument | None, words: Words) -> str:
    """The numbers and the radio on one line, for the foot of a warning."""
    mhz = _mhz(document)
    radio = words.say("crisis.radio", mhz=mhz) if mhz else words.say("crisis.radio_unknown")
    return words.say("crisis.numbers", radio=radio)


def _radio(document: ContactsDocument | None, words: Words) -> str:
    mhz = _mhz(document)
    return words.say("contacts.radio", mhz=mhz) if mhz else words.say("contacts.radio_unknown")


def _mhz(document: ContactsDocument | None) -> str:
    return clean(document.p4_mhz) if document is not None else ""


def _own(document: ContactsDocument | None, words: Words) -> tuple[str, ...]:
    if document is None:
        return ()
    tag, rows = words.pick({"sv": document.rows_sv, "en": document.rows_en})
    return tuple(words.own({tag: clean(row)}) for row in rows)


def _is(number: str, row: str) -> bool:
    """Does the row tell of this number? "1177" is not told by "0771-177 00"."""
    spaced = r"\s*".join(number.replace(" ", ""))
    return re.search(rf"(?<!\d){spaced}(?!\s?\d)", row) is not None
