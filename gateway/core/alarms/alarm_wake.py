"""Which alarms are worth waking somebody for, what is a flood, what chatters. Facts: reserve power, section 14.

A municipal duty officer is no control-room operator: at most two a day when all is well, one per site and hour in a
crisis. What belongs to something that somebody was woken for is covered by that; what is merely close waits.
"""

from collections.abc import Iterable
from enum import Enum
from math import inf

from contract.messages import Alarm
from gateway.core.alarms.alarm_view import View
from gateway.core.alarms.watching import Burst, Raised
from gateway.core.facts import Facts
from gateway.core.remembered import Woken

GRAVE = 2
"""Priorities up to this wake somebody at all."""
SAME_MATTER_S = 900.0
"""What follows so soon after it, and is no graver, belongs to what somebody was woken for."""
NEXT_AFTER_S = 3600.0
"""So long what must be done today waits for the next."""
SAME_KEY_S = {1: 3600.0, 2: 24 * 3600.0}
"""By priority: so long the same alarm does not wake again."""
SAME_OUTAGE_S = {1: 4 * 3600.0, 2: inf}
"""The same within one outage."""
FLOOD_S = 600.0
FLOOD_BEGINS, FLOOD_ENDS = 10, 5
"""More than ten in ten minutes begin it, fewer than five end it."""
CHATTER_S = 60.0
CHATTERS = 3
"""So many times within a minute."""
BURST_S = 900.0
"""After so long without an alarm of the same group, the next one is a first-out: longer than any delay of a rule."""
MAX_RAISED = 100


class Wake(Enum):
    """What is done about an alarm."""

    NOW = "now"
    COVERED = "covered"
    LATER = "later"


def decide(alarm: Alarm, always: bool, view: View, flood: bool, woken: tuple[Woken, ...]) -> Wake:
    """Wake somebody for it now, not at all, or later if nobody has acknowledged it by then?"""
    if alarm.priority > GRAVE:
        return Wake.LATER
    if always:
        return Wake.NOW
    outage = outage_now(view)
    ages = [(one, age) for one in woken if (age := view.age_s(one.at)) is not None]
    for one, age in ages:
        if one.priority > alarm.priority:
            continue
        quiet_s = (SAME_OUTAGE_S if outage and one.outage == outage else SAME_KEY_S)[alarm.priority]
        if age < (quiet_s if one.key == alarm.key else SAME_MATTER_S):
            return Wake.COVERED
    if alarm.priority == 1:
        return Wake.NOW
    return Wake.LATER if flood or any(age < NEXT_AFTER_S for _, age in ages) else Wake.NOW


def outage_now(view: View) -> str:
    """The outage that goes on; empty: none."""
    outage = view.site.memory.outage
    return "" if outage is None else outage.id


def lately(raised: tuple[Raised, ...], view: View) -> tuple[Raised, ...]:
    """What was raised within the time that a flood is counted over."""
    return tuple(one for one in raised if view.now.up_ms - one.at_ms < FLOOD_S * 1000)[-MAX_RAISED:]


def floods(raised: tuple[Raised, ...], before: bool) -> bool:
    """Is it a flood? It ends at a lower count than it begins at."""
    return len(raised) >= FLOOD_ENDS if before else len(raised) > FLOOD_BEGINS


def chatters(raised: tuple[Raised, ...], key: str, device: str, view: View) -> bool:
    """Has it been raised three times within a minute?"""
    since_ms = view.now.up_ms - CHATTER_S * 1000
    return sum((one.key, one.device) == (key, device) and one.at_ms >= since_ms for one in raised) >= CHATTERS


def group(device: str, facts: Facts) -> str:
    """Whose alarms follow from each other: set, meters, UPS and site are one plant; a node or the box is its own."""
    kind = next((one.kind for one in facts.devices if one.name == device), "")
    return device if kind in ("node", "box") else "plant"


def burst(before: Burst | None, began_ms: int, waiting: Iterable[int], view: View) -> tuple[Burst, bool]:
    """(the burst with one more alarm, is this one its first-out?) By when conditions began, not by their delays.

    `waiting`: since when other conditions of the group hold that are about to become alarms.
    """
    now_ms = view.now.up_ms
    earlier = [since_ms for since_ms in waiting if now_ms - since_ms <= BURST_S * 1000]
    if before is not None and now_ms - before.last_ms < BURST_S * 1000:
        earlier.append(before.first_ms)
    first_ms = min([began_ms, *earlier])
    return Burst(first_ms, now_ms), began_ms <= first_ms
