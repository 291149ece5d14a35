"""One message in force as words for the screen: what happens, what to do, who says it, since when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from contract.freshness import Contact, silence_ms
from contract.messages import Head
from contract.words import Freshness, Status
from kiosk.core.age import MINUTE_MS, Reader
from kiosk.core.look.theme import SHAPES, Role
from kiosk.core.visitor.languages import preferred
from kiosk.core.warnings.alert_view import AlertView
from kiosk.core.warnings.checks import Check, Time
from kiosk.core.warnings.lifecycle import Life
from kiosk.core.warnings.place import Reach
from kiosk.core.words import Words, clean
from kiosk.feeds.alert import Alert, Level, Source
from kiosk.feeds.alert import Words as Texts

LEVEL_ROLES = {Level.YELLOW: Role.LEVEL_YELLOW, Level.ORANGE: Role.LEVEL_ORANGE, Level.RED: Role.LEVEL_RED}
SEVERITY_ROLES = {"extreme": Role.BAD, "severe": Role.BAD, "moderate": Role.REMARK}
GRAVITY = {"extreme": 5, "severe": 4, "moderate": 3}
LEVEL_GRAVITY = {Level.RED: 5, Level.ORANGE: 4, Level.YELLOW: 3, Level.MESSAGE: 1}


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells: the reader of the box's moments and the reader of this computer's own, and what was checked when."""

    reader: Reader
    own: Reader
    time: Time
    checks: Mapping[Source, Check]
    box: Freshness = Freshness.UNKNOWN
    """How fresh the box's picture is."""

    @property
    def words(self) -> Words:
        """The reader's language."""
        return self.reader.words

    def check(self, source: Source) -> Check:
        """How the asking of one source stands."""
        return self.checks.get(source, Check(source=source))

    def told(self, check: Check) -> Reader:
        """Whose clock a check is counted on."""
        return self.reader if check.source is Source.MUNICIPALITY else self.own


def teller(reader: Reader, time: Time, checks: Mapping[Source, Check], box: Freshness = Freshness.UNKNOWN) -> Teller:
    """A teller for this reader; its own moments are counted on its own uptime."""
    own = Contact(time.boot, time.now.mono_ms, time.now.mono_ms) if time.boot else None
    return Teller(reader, Reader(reader.now, own, reader.words), time, checks, box)


def alert_view(life: Life, by: Teller, head: Head | None = None) -> AlertView:
    """A message in force in the reader's language, or in another with a sentence saying so.

    `head`: of the box's message that carried it, for the municipality's own.
    """
    alert, words = life.alert, by.words
    language, texts = _texts(alert, words)
    role = _role(alert)
    real = alert.status is Status.ACTUAL
    kind = _kind(alert, words)
    return AlertView(
        source=alert.source,
        id=alert.id,
        serial=alert.revision,
        incident=alert.incidents[0] if alert.incidents else alert.id,
        status=alert.status,
        stamp="" if real else words.phrase("status", alert.status),
        role=role,
        shape=_shape(alert, role),
        level=alert.level if real else Level.NONE,
        kind=kind,
        headline=clean(texts.headline) or kind,
        description=clean(texts.description) or ("" if alert.words else words.say("alert.no_text")),
        instruction=clean(texts.instruction),
        area=clean(texts.area),
        sender=words.say("bulletin.sender", sender=_sender(alert, words), when=by.reader.at(alert.sent_ms)),
        since=by.reader.at(alert.sent_ms),
        until=_until(life, by),
        checked=_checked(life, by),
        remark=" ".join(_remarks(life, by, language, head)),
        language=language,
        takes=takes(life),
        sure=life.sure,
        all_clear=alert.all_clear,
        attribution=_attribution(alert, words),
        gist=gist(alert),
        category=alert.category.lower(),
    )


def gravest_first(life: Life) -> tuple[int, int, int, int, int]:
    """Order on the screen: real before exercise, dangers before all-clears, the gravest, then the newest."""
    alert = life.alert
    grave = LEVEL_GRAVITY.get(alert.level) or GRAVITY.get(alert.severity, 2)
    if alert.source is Source.VMA:
        grave = 6
    real = 0 if alert.status is Status.ACTUAL else 1
    return real, int(alert.all_clear), -grave, -alert.sent_ms, -alert.revision


def takes(life: Life) -> bool:
    """May it take the whole screen?"""
    alert, real = life.alert, life.alert.status is Status.ACTUAL
    if alert.all_clear or alert.news or life.reach is not Reach.HERE:
        return False
    if alert.source is Source.MUNICIPALITY:
        # its exercise is there to be seen; a technical test is not
        return alert.status is not Status.TEST and alert.severity not in ("minor", "unknown")
    if alert.source is Source.SMHI:
        return real and alert.level in LEVEL_ROLES
    return real and alert.source is Source.VMA


def gist(alert: Alert) -> str:
    """What it says to people at one place, as a fingerprint: an update with the same gist changes nothing for them.

    Times are left out: a warning that was prolonged, or told anew for more places, has been read here.
    """
    what = alert.incidents[0] if alert.incidents else ("" if alert.source is Source.VMA else alert.id)
    said = [[tag, one.headline, one.description, one.instruction] for tag, one in sorted(alert.words.items())]
    whole = [alert.source, alert.status, what, alert.level, alert.severity, alert.all_clear, said]
    return sha256(msgspec.json.encode(whole)).hexdigest()[:32]


def _texts(alert: Alert, words: Words) -> tuple[str, Texts]:
    """The language's tag and its text."""
    if not alert.words:
        return words.main, Texts("")
    order = [*preferred(words.language), words.main, "sv", "en", *alert.words]
    tag = next(tag for tag in order if tag in alert.words)
    return tag, alert.words[tag]


def _role(alert: Alert) -> Role:
    """An exercise keeps its own colour: it must not look like the real thing from across the room."""
    if alert.status is not Status.ACTUAL or alert.news:
        return Role.INFORMATION
    if alert.all_clear:
        return Role.GOOD
    if alert.source is Source.VMA:
        return Role.BAD
    if alert.source is Source.SMHI:
        return LEVEL_ROLES.get(alert.level, Role.INFORMATION)
    return SEVERITY_ROLES.get(alert.severity, Role.INFORMATION)


def _shape(alert: Alert, role: Role) -> str:
    if alert.all_clear and alert.status is Status.ACTUAL:
        return "ended"
    return "vma" if alert.source is Source.VMA and role is Role.BAD else SHAPES[role]


def _kind(alert: Alert, words: Words) -> str:
    if alert.all_clear:
        return words.say("alert.kind_all_clear")
    if alert.source is Source.MUNICIPALITY:
        return words.say("bulletin.kind")
    if alert.source is Source.SMHI:
        return words.say(f"alert.kind_{'smhi' if alert.level is Level.NONE else alert.level}")
    return words.say(f"alert.kind_{alert.source}")


def _sender(alert: Alert, words: Words) -> str:
    return clean(alert.sender) or words.say(f"sources.by_{alert.source}")


def _attribution(alert: Alert, words: Words) -> str:
    if alert.source is Source.MUNICIPALITY:
        return words.say("alert.source_sender", sender=_sender(alert, words))
    return words.say(f"alert.source_{alert.source}")


def _until(life: Life, by: Teller) -> str:
    """Until when, and from when where that is still to come."""
    alert, words, here = life.alert, by.words, by.time.wall_ms
    expires, onset = alert.expires_ms, alert.onset_ms
    begins = by.reader.at(onset) if onset is not None and here is not None and onset > here and not alert.news else ""
    if expires is None:
        return words.say("alert.from", begins=begins) if begins else words.say("bulletin.open_end")
    ends = by.reader.at(expires)
    if life.past:
        return words.say("alert.until_past", when=ends)
    if here is None:
        return words.say("bulletin.until_unsure", when=ends)
    return words.say("alert.from_to", begins=begins, ends=ends) if begins else words.say("bulletin.until", when=ends)


def _checked(life: Life, by: Teller) -> str:
    """When its source was asked last, and since when that has not been possible."""
    check = by.check(life.alert.source)
    if check.source is Source.MUNICIPALITY and by.box is not Freshness.FRESH:
        return ""  # the remark says it: the box itself is silent
    if check.checked is None:
        return by.words.say("alert.checked_never")
    told = by.told(check)
    if check.fresh:
        return by.words.say("alert.checked", when=told.when(check.checked))
    return by.words.say("alert.checked_not", when=told.since(check.checked)) + aged(check, told)


def aged(check: Check, told: Reader) -> str:
    """ " (för 3 tim sedan)" beside a time of day; "" where the time is told as an age already, or nobody knows."""
    if check.age is None or check.age < MINUTE_MS or told.wall_ms() is None:
        return ""
    return f" ({told.ago(check.age)})"


def _remarks(life: Life, by: Teller, language: str, head: Head | None) -> list[str]:
    """What a reader has to know of it beside what the sender says."""
    alert, words, found = life.alert, by.words, []
    if not life.sure and not life.past:
        found.append(words.say("alert.before_restart"))
    if life.past:
        found.append(words.say("alert.past"))
    if by.time.wall_ms is None and alert.source is not Source.MUNICIPALITY:
        found.append(words.say("alert.no_clock"))
    if life.reach is Reach.UNKNOWN:
        found.append(words.say("alert.nowhere"))
    if alert.words and language.split("-", maxsplit=1)[0] != words.main:
        found.append(_only(language, words))
    if alert.source is Source.MUNICIPALITY and by.box is not Freshness.FRESH:
        silent = silence_ms(by.reader.contact, by.reader.now)
        moment = life.message.first if head is None else head.moment()
        when = by.reader.since(moment) if silent is None else _before(by.reader, silent)
        found.append(words.say("bulletin.unchecked", when=when))
    return found


def _only(language: str, words: Words) -> str:
    if language == "sv":
        return words.say("bulletin.only_swedish")
    return words.say("alert.only_english") if language.startswith("en") else words.say("alert.only", language=language)


def _before(reader: Reader, silence: int) -> str:
    here = reader.wall_ms()
    return reader.ago(silence, "back") if here is None else reader.at(here - silence)
