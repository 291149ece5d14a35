"""How a site stands, as one sentence with one colour and one shape: a table, read from the top.

What was not heard just now is unknown, whatever was heard before. Green needs everything: mains, ready, alarms known
and none that calls, hours of fuel known.
"""

from enum import StrEnum

from msgspec import Struct

from contract.words import Opening, Power, Readiness
from dashboard.core import numbers
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import AlarmRow
from dashboard.core.site.card import Card


class Heard(StrEnum):
    """Does what is held still speak for the site?"""

    NOW = "now"
    RESTARTED = "restarted"
    """The box is heard; its program has not said yet how it stands."""
    SILENT = "silent"
    NEVER = "never"


class Calling(StrEnum):
    """The worst that alarms ask for."""

    NOTHING = "nothing"
    LOOK = "look"
    """Somebody is to look at an alarm that nobody has acknowledged."""
    ACT = "act"
    """An alarm of the gravest kind stands, acknowledged or not."""
    UNKNOWN = "unknown"


class Point(StrEnum):
    """How far the way to an open crisis point has come."""

    CLOSED = "closed"
    UNANSWERED = "unanswered"
    COMING = "coming"
    OPEN = "open"


class Facts(Struct, frozen=True, kw_only=True):
    """All that the sentence rests on. `hours`: is it known how long the fuel lasts?"""

    heard: Heard
    power: Power
    readiness: Readiness
    calling: Calling
    point: Point
    hours: bool


class Row(Struct, frozen=True, kw_only=True):
    """One row: what must be so (None: whatever it is), and then the colour and the key of the sentence."""

    role: str
    key: str
    heard: Heard | None = Heard.NOW
    power: Power | None = None
    readiness: Readiness | None = None
    calling: Calling | None = None
    point: Point | None = None
    hours: bool | None = None

    def fits(self, facts: Facts) -> bool:
        """Is this the row?"""
        names = Facts.__struct_fields__
        return all(getattr(self, name) in (None, getattr(facts, name)) for name in names)


MAINS = Power.ON_MAINS
TABLE: tuple[Row, ...] = (
    Row(heard=Heard.NEVER, role="unknown", key="owner_never"),
    Row(heard=Heard.SILENT, role="unknown", key="owner_silent"),
    Row(heard=Heard.RESTARTED, role="unknown", key="owner_restarted"),
    Row(power=Power.DEAD, role="bad", key="owner_dead"),
    Row(point=Point.UNANSWERED, role="bad", key="owner_unanswered"),
    Row(calling=Calling.ACT, role="bad", key="owner_act"),
    Row(power=Power.UNKNOWN, role="unknown", key="owner_power_unknown"),
    Row(power=Power.ON_BATTERY, role="remark", key="owner_on_battery"),
    Row(power=Power.STARTING, role="remark", key="owner_starting"),
    Row(power=Power.ON_RESERVE, role="reserve", key="owner_on_reserve"),
    Row(power=Power.RETURNING, role="reserve", key="owner_returning"),
    Row(power=MAINS, readiness=Readiness.UNKNOWN, role="unknown", key="owner_readiness_unknown"),
    Row(power=MAINS, readiness=Readiness.NOT_READY, role="bad", key="owner_not_ready"),
    Row(power=MAINS, calling=Calling.UNKNOWN, role="unknown", key="owner_alarms_unknown"),
    Row(power=MAINS, readiness=Readiness.REMARKS, role="remark", key="owner_remarks"),
    Row(power=MAINS, calling=Calling.LOOK, role="remark", key="owner_look"),
    Row(power=MAINS, hours=False, role="remark", key="owner_ready"),
    Row(power=MAINS, readiness=Readiness.READY, calling=Calling.NOTHING, hours=True, role="good", key="owner_ready"),
)
"""The first row that fits counts; there is one for whatever may come."""


class Sentence(Struct, frozen=True, kw_only=True):
    """What stands at the top. `fuel` is the second sentence; `point` says that the point is open, "" when it is not."""

    role: str
    words: str
    fuel: str
    point: str


def row(facts: Facts) -> Row:
    """The row of the table."""
    return next(one for one in TABLE if one.fits(facts))


def facts_of(card: Card, *, listening: bool = True) -> Facts:
    """What the sentence rests on. `listening`: does anything reach this page at all?"""
    return Facts(
        heard=_heard(card, listening=listening),
        power=card.power,
        readiness=_readiness(card),
        calling=_calling(card),
        point=_point(card),
        hours=card.endurance is not None and card.endurance.between != "",
    )


def sentence(card: Card, reader: Reader, *, listening: bool = True) -> Sentence:
    """The sentence of a site now."""
    facts = facts_of(card, listening=listening)
    found = row(facts)
    worst = next((one.name for one in card.alarms if _acts(one)), "")
    silence = reader.age(card.contact.silence_ms)
    words = reader.t(found.key, alarm=worst, age=silence)
    return Sentence(role=found.role, words=words, fuel=fuel(card, reader), point=reader.t(f"owner_point_{facts.point}"))


def fuel(card: Card, reader: Reader) -> str:
    """How long the fuel lasts, with whole words; that nobody knows it is said as well."""
    lasting = card.endurance
    if lasting is None or lasting.between == "":
        return reader.t("owner_no_hours")
    least = lasting.least
    hours = f"{numbers.HARD}h"
    if least.endswith(hours):
        least = f"{least.removesuffix(hours)} {reader.t('owner_hours')}"
    return reader.t("owner_fuel", least=least) if lasting.least != reader.t("endurance_over") else reader.t("owner_out")


def _heard(card: Card, *, listening: bool) -> Heard:
    if card.contact.in_contact and listening:
        return Heard.NOW
    if card.contact.restarted and listening:
        return Heard.RESTARTED
    return Heard.SILENT if card.contact.silence_ms is not None else Heard.NEVER


def _readiness(card: Card) -> Readiness:
    roles = {"good": Readiness.READY, "remark": Readiness.REMARKS, "bad": Readiness.NOT_READY}
    return roles.get(card.readiness_role, Readiness.UNKNOWN)


def _calling(card: Card) -> Calling:
    loud = [one for one in card.alarms if not one.quiet]
    if any(_acts(one) for one in loud):
        return Calling.ACT
    if not card.alarms_known:
        return Calling.UNKNOWN
    return Calling.LOOK if any(one.needs_ack for one in loud) else Calling.NOTHING


def _acts(alarm: AlarmRow) -> bool:
    """Must somebody act on it now? One that is over has only to be looked at."""
    return alarm.priority == 1 and not alarm.quiet and not alarm.cleared


def _point(card: Card) -> Point:
    if card.opening.alarm:
        return Point.UNANSWERED
    if card.opening.opening is Opening.OPEN:
        return Point.OPEN
    return Point.CLOSED if card.opening.opening is Opening.CLOSED else Point.COMING
