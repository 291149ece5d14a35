"""Search in information by the letters of large keys. Nothing that is searched for is kept anywhere."""

import unicodedata

from kiosk.core.day.section import Entry, Section

KEYS = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ", "ÅÄÖ", "0–9")
"""Ten keys, each for a few letters: a thumb hits them on the smallest panel, and no letter is asked for twice."""
MOST_KEYS = 12
SEARCHED = ("information",)


def key_of(letter: str) -> int | None:
    """Which key a letter lies on; other languages' letters lie on that of the letter under their marks."""
    upper = letter.upper()
    if upper.isdecimal():
        return len(KEYS) - 1
    for one in (upper, unicodedata.normalize("NFD", upper)[:1]):
        for number, letters in enumerate(KEYS[:-1]):
            if one and one in letters:
                return number
    return None


def pressed(text: str) -> tuple[int, ...]:
    """A word as the keys one would press for it; what lies on no key is passed over."""
    keys = (key_of(letter) for letter in text)
    return tuple(key for key in keys if key is not None)


def found(sections: tuple[Section, ...], keys: tuple[int, ...]) -> tuple[Entry, ...]:
    """Pages with a word that begins so: those whose title has it first. Nothing pressed finds every page."""
    ranked = []
    for section in sections:
        for entry in section.rows if section.group in SEARCHED else ():
            rank = _rank(entry, keys)
            if rank is not None:
                ranked.append((rank, entry.text, entry))
    ranked.sort(key=lambda one: one[:2])
    return tuple(entry for _, _, entry in ranked)


def possible(sections: tuple[Section, ...], keys: tuple[int, ...]) -> frozenset[int]:
    """Keys that would still find something, so that no press leads to nothing."""
    nexts = set()
    for section in sections:
        for entry in section.rows if section.group in SEARCHED else ():
            for word in _words(entry):
                if word[: len(keys)] == keys and len(word) > len(keys):
                    nexts.add(word[len(keys)])
    return frozenset(nexts) if len(keys) < MOST_KEYS else frozenset()


def _rank(entry: Entry, keys: tuple[int, ...]) -> int | None:
    for rank, text in enumerate((entry.text, entry.search, entry.more)):
        if any(pressed(word)[: len(keys)] == keys for word in text.split()):
            return rank
    return None


def _words(entry: Entry) -> set[tuple[int, ...]]:
    return {pressed(word) for text in (entry.text, entry.search, entry.more) for word in text.split()}
