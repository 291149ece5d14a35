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
MARK, SHORT_MARK = "(svenska)", "(sv)"
SHORT = 40
"""Letters of a text that gets the short mark: beside two words the long one would be most of what there is to read."""
_LEFT = "\u2066"
_MARKS = f"{OPEN}{CLOSE}{_LEFT}"
_ROBOTO = ((0x0391, 0x03CE), (0x0400, 0x045F), (0x1E80, 0x1E85), (0x2013, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022),
           (0x2026, 0x2026), (0x20AC, 0x20AC))  # fmt: skip
"""Beyond extended Latin, what the narrow font has."""
_UNSEEN = dict.fromkeys([*range(0x2066, 0x206A), *range(0x202A, 0x202F), 0x200E, 0x200F, 0x061C, 0xFE0E, 0xFE0F])
_LETTER = "0-9A-Za-zÀ-ɏḀ-ỿ"
_LATIN = re.compile(f"\\+?[{_LETTER}](?:[  ]?[-–−][  ]?|[  /:.,@_]?[{_LETTER}])*[%°]?(?<![-–−  ])")
_TURNED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
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
    """What the reader sees: "(svenska)" once, at the end, "(sv)" after a few words. Twice is the same as once."""
    if OPEN not in text or MARK in text or SHORT_MARK in text:
        return text
    return f"{text} {SHORT_MARK if len(text) <= SHORT else MARK}"


def parts(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """(words, language) in order: for a voice that changes where the language does. The mark itself is not read."""
    found: list[tuple[str, str]] = []
    for number, piece in enumerate(re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}?", text)):
        words = bare(piece).replace(MARK, "").replace(SHORT_MARK, "").strip()
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
def font(text: str) -> str:
    """The font of a whole text, of the two that come with Kivy: the narrow one where it has every letter."""
    return "Roboto-Regular" if all(_in_roboto(letter) for letter in text) else "DejaVuSans"


def _in_roboto(letter: str) -> bool:
    """Latin with all that Swedish, Finnish, Sami, Romani and Polish need, Greek, Cyrillic, dashes and quotes."""
    code = ord(letter)
    if code >= 0x0180:
        found = any(low <= code <= high for low, high in _ROBOTO)
        return found or letter in _MARKS
    return True


@lru_cache(maxsize=4000)
def right_to_left(text: str, page_right: bool = False) -> bool:
    """Is it read from the right? On a page from the left the first letter with a direction decides.

    `page_right`: the page is read from the right, and every text with a word in its letters is too: there a Swedish
    headline with "1 of 2" in Arabic after it stands at the right.
    """
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    if page_right:
        return "R" in kinds or "AL" in kinds
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


@lru_cache(maxsize=4000)
def drawn(line: str, right: bool) -> str:
    """One line as the letters stand from left to right; `right`: the whole text is read from the right."""
    line = "".join(letter for letter in line if not _no_font_has(letter))
    if not right and line.isascii():
        return line
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        line = get_display(_SHAPER.reshape(_held(line, right)), base_dir="R" if right else "L")
    elif right:
        line = get_display(_held(line, right), base_dir="R")
    return line.translate(_UNSEEN)


def _held(line: str, right: bool) -> str:
    """Every number, with its unit, as one thing that reads from the left, also between Arabic letters.

    `right`: what stands between them opens to the other side; the library turns the order of brackets, not their form.
    """
    held, at = [], 0
    line = bare(line)
    for found in _LATIN.finditer(line):
        held += [line[at : found.start()].translate(_TURNED if right else {}), f"{_LEFT}{found.group()}{CLOSE}"]
        at = found.end()
    return "".join(held) + line[at:].translate(_TURNED if right else {})


def _no_font_has(letter: str) -> bool:
    """Pictures of faces and things: drawn they would be empty boxes."""
    return letter > "\uffff" and unicodedata.category(letter) in ("So", "Sk", "Cn")
