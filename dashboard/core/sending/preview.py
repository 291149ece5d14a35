"""A message as the screens will show it: the same words in the same places as `kiosk/core/warnings/alert_words.py`.

The programs do not share code, so the words stand here once more (`texts/messages.py`, keys `kiosk_…`); a test holds
the two against each other.
"""

import unicodedata
from datetime import datetime

from msgspec import Struct

from contract.bulletins import Bulletin, Words
from contract.daylight import season
from contract.words import Status
from dashboard.core.reader import Reader

NEAR_DAYS = 6
"""As on the kiosk: within so many days a weekday says enough."""
ROLES = {"extreme": "bad", "severe": "bad", "moderate": "remark"}
LINE_ONLY = ("minor", "unknown")


class Preview(Struct, frozen=True, kw_only=True):
    """One message in one language. `takes`: it takes the whole screen; else its headline stands there as a line.

    `heading`: exercise or test first, then what kind of message it is. `stamp`: "" when it is for real.
    """

    language: str
    stamp: str
    role: str
    heading: str
    headline: str
    description: str
    do: str
    instruction: str
    sender: str
    until: str
    remark: str
    takes: bool


def previews(one: Bulletin, reader: Reader) -> tuple[Preview, ...]:
    """In Swedish and in English, as visitors of either language get it at the moment it is sent."""
    return tuple(preview(one, language, reader) for language in ("sv", "en"))


def preview(one: Bulletin, language: str, reader: Reader) -> Preview:
    """In one language; a text that is missing there is shown in the other, with a sentence that says so."""
    tag = language if language in one.texts else "sv"
    words = one.texts.get(tag) or Words(headline="–")
    real = one.status is Status.ACTUAL
    say = _Says(language, reader)
    stamp = "" if real else say.phrase(one.status)
    kind = say("kiosk_kind")
    return Preview(
        language=language,
        stamp=stamp,
        role=ROLES.get(one.severity, "information") if real else "information",
        heading=f"{stamp}: {kind}" if stamp else kind,
        headline=clean(words.headline) or kind,
        description=clean(words.description),
        do=say("kiosk_do") if clean(words.instruction) else "",
        instruction=clean(words.instruction),
        sender=say("kiosk_sender", sender=clean(one.sender_name), when=say.at(one.sent_ms)),
        until=say("kiosk_open_end") if one.expires_ms is None else say("kiosk_until", when=say.at(one.expires_ms)),
        remark="" if tag == language else say("kiosk_only_swedish"),
        takes=one.status is not Status.TEST and one.severity not in LINE_ONLY,
    )


def clean(text: str) -> str:
    """Text without control characters, which could turn or hide what is drawn; as the kiosk does."""
    kept = (letter if letter == "\n" or unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return "".join(kept).strip()


class _Says:
    """The kiosk's words and times in one language, whatever language the page has."""

    def __init__(self, language: str, reader: Reader) -> None:
        self._language, self._reader = language, reader

    def __call__(self, key: str, **parts: object) -> str:
        return _in(self._reader, self._language).t(key, **parts)

    def phrase(self, status: Status) -> str:
        """ÖVNING, PROV."""
        return _in(self._reader, self._language).phrase("status", status)

    def at(self, wall_ms: int) -> str:
        """A wall time: the nearer, the shorter."""
        zone, now = self._reader.zone, self._reader.now.wall_ms
        then = datetime.fromtimestamp(wall_ms / 1000, zone)
        which = season(then)
        clock = f"{then:%H:%M} {self(f'kiosk_{which}')}" if which else f"{then:%H:%M}"
        if now is not None:
            days = (datetime.fromtimestamp(now / 1000, zone).date() - then.date()).days
            if days == 0:
                return self("kiosk_today", clock=clock)
            if abs(days) <= NEAR_DAYS:
                return self("kiosk_near", day=self("kiosk_weekdays").split()[then.weekday()], clock=clock)
        return self("kiosk_far", day=then.day, month=self("kiosk_months").split()[then.month - 1], clock=clock)


def _in(reader: Reader, language: str) -> Reader:
    return Reader(language=language, zone=reader.zone, now=reader.now)
