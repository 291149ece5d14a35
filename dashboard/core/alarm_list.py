"""The alarms of a site as people read them: what must be done first stands first."""

from msgspec import Struct

from contract.freshness import age_ms
from contract.messages import Ack, Alarm
from contract.orders import AckAlarm, Order
from contract.words import AlarmState, Origin
from dashboard.core.alarm_names import alarm_name
from dashboard.core.picture import SitePicture
from dashboard.core.reader import Reader

UNACKED = (AlarmState.UNACKED, AlarmState.RETURNED_UNACKED)


class AlarmRow(Struct, frozen=True, kw_only=True):
    """One alarm. `waiting`: who has acknowledged it here while the site has not confirmed yet."""

    key: str
    device: str
    raised_run: str
    raised_seq: int
    name: str
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

    @property
    def anchor(self) -> str:
        """A name for it in the page."""
        return f"alarm-{self.raised_run}-{self.raised_seq}"


def alarm_rows(picture: SitePicture, pending: tuple[Order, ...], reader: Reader) -> tuple[AlarmRow, ...]:
    """All alarms, unacknowledged and urgent first."""
    if picture.alarms is None:
        return ()
    ordered = sorted(
        picture.alarms.alarms,
        key=lambda one: (one.state not in UNACKED, one.priority, one.raised_run, one.raised_seq),
    )
    return tuple(_row(alarm, pending, picture, reader) for alarm in ordered)


def is_about(order: Order, alarm: Alarm) -> bool:
    """Does the order acknowledge this very alarm?"""
    what = order.what
    if not isinstance(what, AckAlarm):
        return False
    asked = (what.key, what.device, what.raised_run, what.raised_seq)
    return asked == (alarm.key, alarm.device, alarm.raised_run, alarm.raised_seq)


def _row(alarm: Alarm, pending: tuple[Order, ...], picture: SitePicture, reader: Reader) -> AlarmRow:
    age = age_ms(alarm.raised, picture.contact, reader.now)
    waiting = next((order.who for order in pending if is_about(order, alarm)), "")
    return AlarmRow(
        key=alarm.key,
        device=alarm.device,
        raised_run=alarm.raised_run,
        raised_seq=alarm.raised_seq,
        name=alarm_name(alarm.key, reader.language),
        priority=alarm.priority,
        urgency=reader.t(f"priority_{alarm.priority}"),
        state=reader.phrase("alarm_state", alarm.state),
        since=reader.t("raised", when=reader.moment(alarm.raised, picture.contact)),
        age_ms=age,
        age=reader.age(age),
        cleared=reader.t("cleared", when=reader.moment(alarm.cleared, picture.contact)) if alarm.cleared else "",
        detail=alarm.detail,
        acks=tuple(_ack(ack, reader) for ack in alarm.acks),
        needs_ack=alarm.state in UNACKED and not waiting,
        waiting=waiting,
        simulated=alarm.origin is Origin.SIMULATED,
    )


def _ack(ack: Ack, reader: Reader) -> str:
    said = reader.t("acked_by", who=ack.who, when=reader.when(ack.wall_ms or None))
    return f"{said}: {ack.comment}" if ack.comment else said
