"""What a message to a woken person says: 160 characters that every telephone has (GSM 03.38, with å ä ö)."""

import unicodedata
from datetime import datetime, tzinfo

from contract.daylight import SEASONS, season
from contract.phrases import phrase
from contract.waking import Kind, Matter
from contract.words import Status

MOST = 160
"""Septets in one SMS."""
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€")
"""These take the room of two."""
OTHERS = {
    "–": "-", "—": "-", "−": "-", "”": '"', "“": '"', "„": '"', "’": "'", "‘": "'", "…": "...",
    "đ": "d", "Đ": "D", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ł": "l", "Ł": "L",
}  # fmt: skip
"""What no sign can be taken from: typography, and Sami letters."""
CUT = "..."
LONGEST_LINK = 80
"""A longer one leaves no room for what has happened."""


def plain(text: str) -> str:
    """The text in the letters that every telephone has; a letter with another sign loses the sign."""
    told = "".join(_plain(one) for one in unicodedata.normalize("NFC", text))
    return " ".join(told.split())


def _plain(letter: str) -> str:
    if letter in BASIC or letter in TWICE:
        return letter
    if letter in OTHERS:
        return OTHERS[letter]
    bare = unicodedata.normalize("NFKD", letter)[:1]
    if bare in BASIC:
        return bare
    return " " if letter.isspace() or not letter.isprintable() else "?"


def septets(text: str) -> int:
    """How much of an SMS the text fills."""
    return sum(2 if one in TWICE else 1 for one in text)


def cut(text: str, most: int) -> str:
    """The text, or its beginning and three dots."""
    if septets(text) <= most:
        return text
    while text and septets(text) > max(0, most - len(CUT)):
        text = text[:-1]
    return (text.rstrip() + CUT)[: max(0, most)]


def message(matter: Matter, kind: Kind, language: str, zone: tzinfo, home: str = "") -> str:
    """The one SMS. `home`: what the page's address begins with; without it the text says where to acknowledge.

    An exercise or a test says so first, whatever else has to be cut.
    """
    worst = matter.worst
    # a link is never rewritten or cut: half an address leads nowhere
    link = f"{home}{worst.link}" if home and worst.link and septets(home + worst.link) <= LONGEST_LINK else ""
    tail = ""
    if kind is not Kind.OVER:
        tail = f" {_say('answer_at', language, link=link) if link else _say('answer', language)}"
    head = plain(mark(matter.status, language) + _lead(kind, language))
    head += " " if head else ""
    room = MOST - septets(head) - septets(tail)
    return head + cut(plain(_body(matter, kind, language, zone)), room) + tail


def title(matter: Matter, kind: Kind, language: str) -> str:
    """The subject of an e-mail."""
    over = _lead(kind, language) if kind is Kind.OVER else ""
    lead = mark(matter.status, language) + over
    return f"{lead} {_what(matter, language)}".strip()


def mark(status: Status, language: str) -> str:
    """What stands first in all that is not for real: ÖVNING, TEST."""
    return "" if status is Status.ACTUAL else f"{_say(status.value, language)} "


def _lead(kind: Kind, language: str) -> str:
    return "" if kind is Kind.FIRST else _say(kind.value, language)


def _what(matter: Matter, language: str) -> str:
    worst = matter.worst
    what = worst.sv if language == "sv" else worst.en
    if matter.sites > 1:
        return _say("sites", language, n=matter.sites, place=worst.place, what=what)
    others = len({cause.sv for cause in matter.shown}) - 1
    told = _say("site", language, place=worst.place, what=what)
    return f"{told} {_say('also', language, n=others)}" if others > 0 else told


def _body(matter: Matter, kind: Kind, language: str, zone: tzinfo) -> str:
    told = _what(matter, language)
    if matter.worst.since_ms is not None and kind is not Kind.OVER:
        since = datetime.fromtimestamp(matter.worst.since_ms / 1000, zone)
        at = f"{since:%H:%M} {SEASONS[language].get(season(since), '')}".rstrip()
        told += f" {_say('since', language, at=at)}"
    if matter.times > 2:
        told += f" {_say('times', language, n=matter.times)}"
    return told


def _say(word: str, language: str, **parts: object) -> str:
    return phrase("waking", word, language).format(**parts)
