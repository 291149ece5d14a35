"""Text as it has to be drawn: Swedish words marked as borrowed, right-to-left letters joined and put in order.

The screen draws letters from left to right, one line at a time, and knows nothing of Arabic. So a text is divided into
lines in the order in which it is read, by the width that it will have, and only then each line is turned. Whatever
looks like a number (112, 113 13, 0771-…, 14:05, 9–19) is one thing that is never turned.
"""

import re
import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi import get_display

OPEN, CLOSE = "\u2068", "\u2069"
"""Round words that are Swedish in a text of another language; never drawn."""
MARK = "(svenska)"
_LEFT = "\u2066"
_UNSEEN = dict.fromkeys([*range(0x2066, 0x206A), *range(0x202A, 0x202F), 0x200E, 0x200F, 0x061C, 0xFE0E, 0xFE0F])
_LETTER = "0-9A-Za-zÀ-ɏḀ-ỿ"
_LATIN = re.compile(f"\\+?[{_LETTER}](?:[  ]?[-–−][  ]?|[  /:.,@_]?[{_LETTER}])*[%°]?(?<![-–−  ])")
_SHAPER = ArabicReshaper({"delete_harakat": True, "delete_tatweel": False, "support_ligatures": True})


def swedish(text: str) -> str:
    """Marked as Swedish; marks inside are not needed any more."""
    return f"{OPEN}{bare(text)}{CLOSE}" if text else text


def bare(text: str) -> str:
    """Without marks."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def borrowed(text: str) -> bool:
    """Is any of it Swedish in a text of another language?"""
    return OPEN in text


def marked(text: str) -> str:
    """What the reader sees: "(svenska)" once, after the last borrowed words. Twice is the same as once."""
    if OPEN not in text or MARK in text:
        return text
    place = text.rindex(CLOSE) + 1 if CLOSE in text else len(text)
    return f"{text[:place]} {MARK}{text[place:]}"


def parts(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """(words, language) in order: for a voice that changes where the language does. The mark itself is not read."""
    found: list[tuple[str, str]] = []
    for number, piece in enumerate(re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}?", text)):
        words = bare(piece).replace(MARK, "").strip()
        if words:
            found.append((words, "sv" if number % 2 else language))
    return tuple(found)


def whole(pieces: list[str]) -> list[str]:
    """Pieces of one text, each with its own marks where the division went through borrowed words."""
    inside, found = False, []
    for piece in pieces:
        text = OPEN + piece if inside else piece
        inside = text.count(OPEN) > text.count(CLOSE)
        found.append(text + CLOSE if inside else text)
    return found


@lru_cache(maxsize=4000)
def right_to_left(text: str) -> bool:
    """Does it begin at the right? The first letter that has a direction decides."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


@lru_cache(maxsize=4000)
def drawn(line: str, right: bool) -> str:
    """One line as the letters stand from left to right; `right`: the whole text is read from the right."""
    line = "".join(letter for letter in line if not _no_font_has(letter))
    if not right and line.isascii():
        return line
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        line = get_display(_SHAPER.reshape(_held(line)), base_dir="R" if right else "L")
    return line.translate(_UNSEEN)


def _held(line: str) -> str:
    """Every number, with its unit, as one thing that reads from the left, also between Arabic letters."""
    return _LATIN.sub(lambda found: f"{_LEFT}{found.group()}{CLOSE}", bare(line))


def _no_font_has(letter: str) -> bool:
    """Pictures of faces and things: drawn they would be empty boxes."""
    return letter > "\uffff" and unicodedata.category(letter) in ("So", "Sk", "Cn")
