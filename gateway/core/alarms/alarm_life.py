"""The life of an alarm after ISA-18.2 / IEC 62682, as one table. Facts: reserve power, section 14."""

import msgspec

from contract.messages import Ack, Alarm, Shelf
from contract.words import AlarmState
from gateway.core.remembered import MAX_CLOSED_ALARMS
from gateway.core.site import Site, remember

NEXT: dict[AlarmState, dict[str, AlarmState]] = {
    AlarmState.NORMAL: {
        "occur": AlarmState.UNACKED,
        "suppress": AlarmState.SUPPRESSED,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.UNACKED: {
        "ack": AlarmState.ACKED,
        "return": AlarmState.RETURNED_UNACKED,
        "rise": AlarmState.UNACKED,
        "suppress": AlarmState.SUPPRESSED,
        "shelve": AlarmState.SHELVED,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.ACKED: {
        "ack": AlarmState.ACKED,
        "return": AlarmState.NORMAL,
        "rise": AlarmState.UNACKED,
        "suppress": AlarmState.SUPPRESSED,
        "shelve": AlarmState.SHELVED,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.RETURNED_UNACKED: {
        "ack": AlarmState.NORMAL,
        "occur": AlarmState.UNACKED,
        "suppress": AlarmState.SUPPRESSED,
        "shelve": AlarmState.SHELVED,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.SHELVED: {
        "ack": AlarmState.SHELVED,
        "rise": AlarmState.UNACKED,
        "shelve": AlarmState.SHELVED,
        "free_holds": AlarmState.UNACKED,
        "free_gone": AlarmState.NORMAL,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.SUPPRESSED: {
        "ack": AlarmState.SUPPRESSED,
        "return": AlarmState.NORMAL,
        "free_holds": AlarmState.UNACKED,
        "shelve": AlarmState.SHELVED,
        "take_out": AlarmState.OUT_OF_SERVICE,
    },
    AlarmState.OUT_OF_SERVICE: {
        "ack": AlarmState.OUT_OF_SERVICE,
        "free_holds": AlarmState.UNACKED,
        "free_gone": AlarmState.NORMAL,
    },
}
"""state → what happens → state. `rise`: it has become graver; `free`: shelf, suppression or being out of service ends.

An alarm that is normal is not in the list.
"""

Alarms = dict[tuple[str, str], Alarm]
"""(key, device) → alarm"""


def moved(alarm: Alarm, step: str) -> Alarm:
    """The alarm one step on; it is no longer what it is not."""
    state = NEXT[alarm.state][step]
    laid_aside = state in (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE)
    return msgspec.structs.replace(
        alarm,
        state=state,
        shelved=alarm.shelved if laid_aside else None,
        suppressed_by=alarm.suppressed_by if state is AlarmState.SUPPRESSED else "",
    )


def acknowledged(alarm: Alarm, ack: Ack) -> Alarm:
    """Somebody has seen it, perhaps after it was over: appended, nothing is overwritten."""
    alarm = msgspec.structs.replace(alarm, acks=(*alarm.acks, ack))
    return alarm if alarm.state is AlarmState.NORMAL else moved(alarm, "ack")


def shelved(alarm: Alarm, shelf: Shelf) -> Alarm:
    """Laid aside by somebody."""
    return msgspec.structs.replace(moved(alarm, "shelve"), shelved=shelf)


def kept(site: Site, alarms: Alarms) -> Site:
    """The site with these alarms; those that have become normal leave the list and are kept for a while aside."""
    over = tuple(alarm for alarm in alarms.values() if alarm.state is AlarmState.NORMAL)
    listed = tuple(alarm for alarm in alarms.values() if alarm.state is not AlarmState.NORMAL)
    return remember(
        site,
        alarms=listed,
        closed_alarms=(*site.memory.closed_alarms, *over)[-MAX_CLOSED_ALARMS:],
        alarm_revision=site.memory.alarm_revision + 1,
    )


def listed(site: Site) -> Alarms:
    """All alarms that are not normal."""
    return {(alarm.key, alarm.device): alarm for alarm in site.memory.alarms}
