"""The alarms of a site as people read them: what must be done first stands first, what is laid aside stands apart."""

import re

from msgspec import Struct

from contract.freshness import age_ms
from contract.messages import Ack, Alarm
from contract.orders import AckAlarm, Order, OutOfService, Shelve
from contract.words import AlarmState, Origin
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import sitewords
from dashboard.core.site.alarm_names import alarm_do, alarm_name
from dashboard.core.site.values import signal_name, source_name

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: (\S{1,8}))?", re.ASCII)
_WORD = re.compile(r"[a-z][a-z_]*", re.ASCII)
SITE = "site"
"""Stands as device of an alarm that belongs to the whole site."""
UNACKED = (AlarmState.UNACKED, AlarmState.RETURNED_UNACKED)
QUIET = (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)
"""Alarms that call for nobody now: laid aside by a person or by a rule."""


class AlarmRow(Struct, frozen=True, kw_only=True):
    """One alarm. `waiting`: who has done what about it here, all of them, while the site has not confirmed yet.

    `aside`: until when and by whom it is shelved, why it is suppressed, that it is out of service.
    """

    key: str
    device: str
    device_name: str
    raised_run: str
    raised_seq: int
    name: str
    do: str
    priority: int
    urgency: str
    state: str
    since: str
    age_ms: int | None
    age: str
    cleared: str
    detail: str
    acks: tuple[str, ...]
    needs_ack: bool
    waiting: str
    simulated: bool
    quiet: bool
    shelved: bool
    out_of_service: bool
    aside: str
    holds: str
    tags: tuple[str, ...]
    stage: str = "open"
    """open: nobody has acknowledged it; acked; aside: shelved, suppressed or out of service."""
    first_out: bool = False

    @property
    def anchor(self) -> str:
        """A name for it in the page."""
        return f"alarm-{self.raised_run}-{self.raised_seq}"


def alarm_rows(
    picture: SitePicture, pending: tuple[Order, ...], reader: Reader, own: tuple[Alarm, ...] = ()
) -> tuple[AlarmRow, ...]:
    """All alarms: unacknowledged and urgent first, of equal ones what came first; what is laid aside last.

    `own`: what is raised here and not at the site.
    """
    told = picture.alarms.alarms if picture.alarms is not None else ()
    return tuple(alarm_row(alarm, pending, picture, reader) for alarm in sorted((*own, *told), key=_order))


def _order(one: Alarm) -> tuple[bool, bool, int, bool, str, int]:
    return (
        one.state in QUIET,
        one.state not in UNACKED,
        one.priority,
        not one.first_out,
        one.raised_run,
        one.raised_seq,
    )


def is_about(order: Order, alarm: Alarm) -> bool:
    """Does the order concern this very alarm? Shelving and taking out of service name it by key and device."""
    what = order.what
    if isinstance(what, AckAlarm):
        asked = (what.key, what.device, what.raised_run, what.raised_seq)
        return asked == (alarm.key, alarm.device, alarm.raised_run, alarm.raised_seq)
    if isinstance(what, Shelve | OutOfService):
        return (what.key, what.device) == (alarm.key, alarm.device)
    return False


def acked_here(alarm: Alarm, pending: tuple[Order, ...]) -> bool:
    """Is an acknowledgement of it on its way?"""
    return any(isinstance(order.what, AckAlarm) and is_about(order, alarm) for order in pending)


def stage_of(alarm: Alarm) -> str:
    """Where it stands in its life: `open` (nobody has acknowledged it), `acked`, `aside`."""
    return "aside" if alarm.state in QUIET else "open" if alarm.state in UNACKED else "acked"


def alarm_row(alarm: Alarm, pending: tuple[Order, ...], picture: SitePicture, reader: Reader) -> AlarmRow:
    """One alarm in words."""
    age = age_ms(alarm.raised, picture.contact, reader.now)
    about = [order for order in pending if is_about(order, alarm)]
    kinds = {AckAlarm: "order_ack", Shelve: "order_shelve", OutOfService: "order_out_of_service"}
    return AlarmRow(
        key=alarm.key,
        device=alarm.device,
        device_name=source_name(alarm.device, picture, reader.language) if alarm.device != SITE else "",
        raised_run=alarm.raised_run,
        raised_seq=alarm.raised_seq,
        name=alarm_name(alarm.key, reader.language),
        do=""
        if alarm.cleared
        else alarm_do(alarm.key, reader.language),  # of a fault that is gone nothing is to be done
        priority=alarm.priority,
        urgency=reader.t(f"priority_{alarm.priority}"),
        state=reader.phrase("alarm_state", alarm.state),
        since=reader.t("raised", when=reader.moment(alarm.raised, picture.contact)),
        age_ms=age,
        age=reader.age(age),
        cleared=reader.t("cleared", when=reader.moment(alarm.cleared, picture.contact)) if alarm.cleared else "",
        detail=alarm_detail(alarm.detail, reader.language),
        acks=tuple(_ack(ack, reader) for ack in alarm.acks),
        needs_ack=alarm.state in UNACKED and not acked_here(alarm, pending),
        waiting="; ".join(dict.fromkeys(f"{one.who}: {reader.t(kinds[type(one.what)])}" for one in about)),
        simulated=alarm.origin is Origin.SIMULATED,
        quiet=alarm.state in QUIET,
        shelved=alarm.state is AlarmState.SHELVED,
        out_of_service=alarm.state is AlarmState.OUT_OF_SERVICE,
        aside=_aside(alarm, picture, reader),
        holds=_holds(alarm, reader),
        tags=_tags(alarm, reader),
        stage=stage_of(alarm),
        first_out=alarm.first_out,
    )


def alarm_detail(raw: str, language: str) -> str:
    """What an alarm says besides, as the site's rules decide: a number with its unit, names of signals, a word of a
    controller.
    """
    number = _NUMBER.fullmatch(raw)
    if number is not None:
        value, unit = float(number[1]), number[2]
        figure = numbers.number(value, 0 if value.is_integer() else 1, language)
        return f"{figure}{numbers.HARD}{unit}" if unit else figure
    return ", ".join(_detail_part(part, language) for part in raw.split(", "))


def _detail_part(raw: str, language: str) -> str:
    """A signal by its name, else a word; people's own words and those of a newer site stay as they are."""
    named = signal_name(raw, language)
    return sitewords.word(raw, language) if named == raw and _WORD.fullmatch(raw) else named


def _tags(alarm: Alarm, reader: Reader) -> tuple[str, ...]:
    tags = [reader.t("first_out")] if alarm.first_out else []
    return (*tags, reader.t("chattering")) if alarm.chattering else tuple(tags)


def _aside(alarm: Alarm, picture: SitePicture, reader: Reader) -> str:
    """Why it calls for nobody now."""
    if alarm.state is AlarmState.SHELVED:
        return _shelved(alarm, picture, reader)
    if alarm.state is AlarmState.SUPPRESSED:
        why = sitewords.suppressed(alarm.suppressed_by, reader.language) if alarm.suppressed_by else ""
        return reader.t("suppressed", why=why) if why else reader.t("suppressed_by_design")
    return _out_of_service(alarm, picture, reader) if alarm.state is AlarmState.OUT_OF_SERVICE else ""


def _out_of_service(alarm: Alarm, picture: SitePicture, reader: Reader) -> str:
    shelf = alarm.shelved
    if shelf is None:
        return reader.t("out_of_service")
    said = reader.t("out_of_service_by", when=reader.moment(shelf.at, picture.contact), who=shelf.who)
    return f"{said}: {shelf.comment}" if shelf.comment else said


def _shelved(alarm: Alarm, picture: SitePicture, reader: Reader) -> str:
    """Until when, by whom, and what that person wrote."""
    shelf = alarm.shelved
    if shelf is None:
        return reader.t("shelved")
    wall = reader.wall_of(shelf.at, picture.contact)
    if wall is None:
        said = reader.t("shelved_for", age=reader.age(shelf.for_s * 1000), who=shelf.who)
    else:
        said = reader.t("shelved_until", when=reader.when(wall + shelf.for_s * 1000), who=shelf.who)
    return f"{said}: {shelf.comment}" if shelf.comment else said


def _holds(alarm: Alarm, reader: Reader) -> str:
    """Of an alarm laid aside: is its fault there now?"""
    if alarm.state not in QUIET:
        return ""
    return reader.t("holds_still") if alarm.holds else reader.t("holds_not")


def _ack(ack: Ack, reader: Reader) -> str:
    said = reader.t("acked_by", who=ack.who, when=reader.when(ack.wall_ms or None))
    return f"{said}: {ack.comment}" if ack.comment else said
