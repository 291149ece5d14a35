"""Report by exception, and how a reader knows all the same how old its values are.

Where every byte is paid for, a site tells a value anew only when it has left its dead-band. What has not moved is
vouched for: each heartbeat names the picture that still holds (`Seen.told`), says how lately all of it was read again
(`Seen.read`), and carries what has moved since (`Seen.moved`). A reader that holds another picture than the named one,
of another run, or without the catalogue, has nothing vouched for: its values grow old by themselves. So a lost message
makes values older than they are, never younger.

`read` is made so that each value was acquired no earlier than its own period before it; the reader takes that earliest
time. What is read so seldom that it does not grow old within a day (identity) and what counts by itself (a clock, an
energy counter) is not vouched for: it shows the age of the picture it came with.
"""

from collections.abc import Mapping

import msgspec

from contract.judgement import Witness
from contract.messages import Alarms, Birth, DevicePicture, SignalBirth, SiteState, SiteStatus, Value
from contract.signals import catalogue

SELDOM_S = 86_400.0
"""Signals of this period or longer are read when the device is met, not again and again."""

Periods = dict[str, dict[str, float]]
"""device → signal → period in seconds, of what can be vouched for"""


def can_vouch(key: str, period_s: float) -> bool:
    """Is it a signal of which a heartbeat may say that it still holds?"""
    signal = catalogue().get(key)
    return period_s < SELDOM_S and not (signal is not None and signal.runs)


def periods(birth: Birth | None) -> Periods:
    """What can be vouched for at a site, and how often it is read."""
    devices = birth.devices if birth is not None else ()
    return {one.device: _of(one.signals) for one in devices}


def _of(signals: tuple[SignalBirth, ...]) -> dict[str, float]:
    return {signal.key: signal.period_s for signal in signals if can_vouch(signal.key, signal.period_s)}


def told_every_s(status: SiteStatus | None) -> float:
    """How long nothing need be told of a value that does not move; 0 where all comes by itself."""
    return status.heartbeat_s if status is not None and status.seen else 0.0


def vouched(picture: DevicePicture, status: SiteStatus | None, known: Periods) -> DevicePicture:
    """The picture as the newest heartbeat says that it is; unchanged when that says nothing of just this picture."""
    seen = status.seen.get(picture.device) if status is not None else None
    if status is None or seen is None or not _same_run(picture, status) or seen.told != picture.head.up_ms:
        return picture
    read = min(seen.read, status.head.up_ms)
    device = known.get(picture.device, {})
    values = {
        key: _at(value, read, device[key], seen.moved.get(key)) if key in device and key not in seen.back else value
        for key, value in picture.values.items()
    }
    return msgspec.structs.replace(picture, values=values)


def vouched_state(state: SiteState, status: SiteStatus | None, known: Periods) -> SiteState:
    """The judgement with its instruments' words as lately heard as the newest heartbeat says."""
    if status is None or not _same_run(state, status) or status.state != state.head.up_ms:
        return state
    witnesses = tuple(_heard(one, status, known) for one in state.witnesses)
    return msgspec.structs.replace(state, witnesses=witnesses)


def alarms_hold(alarms: Alarms | None, status: SiteStatus | None) -> bool:
    """Are these all the alarms that there are, as far as the newest heartbeat says? Without one, as far as known."""
    if alarms is None:
        return False
    if status is None or not status.online or status.alarms is None:
        return True
    held, said = alarms.head, status.head
    if (held.run, held.boot) == (said.run, said.boot):
        return held.up_ms >= status.alarms
    # of a later start than the heartbeat, which is still on its way; what an earlier one said is over
    return held.boot == said.boot and held.up_ms > said.up_ms


def lacks(
    status: SiteStatus, devices: Mapping[str, DevicePicture], state: SiteState | None, alarms: Alarms | None
) -> bool:
    """Does the heartbeat name anything that the reader, who holds these, was never told? Then it was lost."""
    if not status.online:
        return False
    named: list[tuple[DevicePicture | SiteState | Alarms | None, int]]
    named = [(devices.get(device), seen.told) for device, seen in status.seen.items()]
    named += [(held, told) for held, told in ((state, status.state), (alarms, status.alarms)) if told is not None]
    return any(held is None or not _same_run(held, status) or held.head.up_ms < told for held, told in named)


def _same_run(held: DevicePicture | SiteState | Alarms, status: SiteStatus) -> bool:
    return status.online and (held.head.run, held.head.boot) == (status.head.run, status.head.boot)


def _at(value: Value, read: int, period_s: float, moved: float | str | None) -> Value:
    up_ms = max(value.up_ms, read - int(period_s * 1000))
    if moved is None or value.value is None:
        return msgspec.structs.replace(value, up_ms=up_ms)
    return msgspec.structs.replace(value, value=moved, up_ms=up_ms)


def _heard(one: Witness, status: SiteStatus, known: Periods) -> Witness:
    device, _, key = one.source.partition("/")
    seen, device_periods = status.seen.get(device), known.get(device, {})
    if seen is None or one.at is not None or not device_periods:
        return one
    period_s = device_periods.get(key, max(device_periods.values()))
    read = min(seen.read, status.head.up_ms)
    return msgspec.structs.replace(one, up_ms=max(one.up_ms, read - int(period_s * 1000)))
