"""Does something happen at the site, so that the centre wants to be told more?"""

from contract.messages import Alarm
from contract.words import AlarmState, Opening, Power
from gateway.core.moments import age_ms
from gateway.core.site import Now, Site

ACTIVE = (Power.STARTING, Power.ON_RESERVE, Power.RETURNING, Power.DEAD, Power.ON_BATTERY)
STIRS_MS = 3600 * 1000
"""So long an alarm that nobody has seen counts; one that is left for weeks must not cost 4 MB a day."""
UNSEEN = (AlarmState.UNACKED, AlarmState.RETURNED_UNACKED)


def is_active(site: Site, now: Now) -> bool:
    """Off the mains, being opened or open, or with an alarm from just now that nobody has acknowledged."""
    memory = site.memory
    return (
        memory.judged.power in ACTIVE
        or memory.active
        or memory.call.opening is not Opening.CLOSED
        or any(_stirs(alarm, now) for alarm in memory.alarms)
    )


def _stirs(alarm: Alarm, now: Now) -> bool:
    if alarm.state not in UNSEEN:
        return False
    age = age_ms(alarm.again or alarm.raised, now)
    return age is not None and age < STIRS_MS


MOVING = (Power.STARTING, Power.RETURNING)
FRESH_MS = 120 * 1000
"""So long after a change of the power state, and into an outage, every second tells."""


def is_moving(site: Site, now: Now) -> bool:
    """Does the plant start, change over or return, or has it just done so? Then it is read oftener."""
    judged = site.memory.judged
    age = age_ms(judged.since, now) if judged.since is not None else None
    return judged.power in MOVING or (age is not None and age < FRESH_MS)
