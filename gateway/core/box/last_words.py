"""A box that runs on its last battery says so before it falls silent.

`Ending` is what is known of the end now. It lives in `Site` and not in `Memory`: a new start looks anew.
"""

from collections.abc import Sequence

import msgspec

from contract.messages import Farewell
from contract.records import NoteBody
from contract.words import Event, FarewellWhy, Lasts, Power
from gateway.core.facts import BOX, Facts
from gateway.core.fuel.battery import ON_BATTERY
from gateway.core.moments import believed_ms
from gateway.core.site import Change, Ending, Now, Site, number_of, remember, word_of

SAY_AFTER_MS = 15_000
STAY_AFTER_MS = 15_000
"""So long it must be so before it is told: mains that flicker at the end must not fill the store."""
STEP_MS = 60_000
"""The foretold time is told anew when it has moved by more."""
LONGER = 2.0
"""Of the bound: a battery that suddenly lasts this much longer is not at its end."""
LATE_S = 3600.0
"""A box that lives so long after the end foretold first, and as long again as it was to last, has a gauge that lies."""
FED = (Power.ON_MAINS, Power.ON_RESERVE, Power.RETURNING)
COARSE = ((3600.0, Lasts.LAST_HOUR), (2 * 3600.0, Lasts.LOW), (8 * 3600.0, Lasts.HOURS))
"""Up to so many seconds, what visitors' screens are told; above the last of them there is plenty."""
MOST_HALTS = 6
"""In a row, with no power seen between them. A gauge that is stuck would halt a box that has power after each start."""
STAYS = {
    "box_fed": "power is back before the battery ended",
    "box_lasts": "the battery lasts longer than it looked",
    "box_gauge": "long after the end that the battery told the box still runs; it is not believed until power is back",
}
PLANNED = Farewell(why=FarewellWhy.PLANNED)
"""Somebody stopped the program: work on the box, an update, a restart of the machine."""


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """The end of the battery, said when it is near and taken back when it is not."""
    was = site.ending
    runs, left_s = runs_down(site, facts)
    bound_s = facts.last_words.say_below_min * 60
    if runs is False and site.memory.halts_in_a_row:
        site = remember(site, halts_in_a_row=0)
    if was.farewell is None and not was.lied:
        low = runs is True and left_s is not None and left_s <= bound_s
        low_ms = (was.low_ms if was.low_ms is not None else now.up_ms) if low else None
        if left_s is None or low_ms is None or now.up_ms - low_ms < SAY_AFTER_MS:
            return _with(site, msgspec.structs.replace(was, low_ms=low_ms)), []
        believed_ms = now.up_ms + int(1000 * (left_s + max(LATE_S, left_s)))
        ending = Ending(farewell=_foretold(left_s, facts, now), believed_ms=believed_ms)
        return _with(site, ending, _may_halt(left_s, facts)), [_told_of(ending.farewell, left_s)]
    safe = runs is False or (runs is True and left_s is not None and left_s > LONGER * bound_s)
    safe_ms = (was.safe_ms if was.safe_ms is not None else now.up_ms) if safe else None
    if safe_ms is not None and now.up_ms - safe_ms >= STAY_AFTER_MS:
        return _with(site, Ending()), [] if was.lied else [_stays("box_fed" if runs is False else "box_lasts")]
    ending = msgspec.structs.replace(was, safe_ms=safe_ms)
    if was.farewell is not None and was.believed_ms is not None and now.up_ms > was.believed_ms:
        return _with(site, Ending(lied=True, safe_ms=safe_ms)), [_stays("box_gauge")]
    if was.farewell is not None and runs is True and left_s is not None and not safe:
        ending = msgspec.structs.replace(ending, farewell=_moved(was.farewell, _foretold(left_s, facts, now)))
        return _with(site, ending, _may_halt(left_s, facts)), []
    return _with(site, ending), []


def runs_down(site: Site, facts: Facts) -> tuple[bool | None, float | None]:
    """Does the battery that the box hangs on carry it now (None: nobody can tell), and how many seconds at least?"""
    source = facts.last_words.battery
    own = number_of(site, BOX, "box.on_battery")
    if source == "own" or (source == "auto" and own is not None):
        return (None if own is None else bool(own)), number_of(site, BOX, "box.battery_left")
    devices = [device.name for device in facts.devices if device.kind == "ups"]
    if source == "none" or not devices:
        return None, None
    left_s = None if site.battery is None else site.battery.low_h * 3600
    states = [state for name in devices if (state := word_of(site, name, "ups.state")) is not None]
    if states:
        return ON_BATTERY in states, left_s
    if site.ups.counted is None:
        return None, None
    # it fell silent on battery and is counted down; who feeds the site says whether it still is
    return site.memory.judged.power not in FED, left_s


def lasts(site: Site, facts: Facts) -> Lasts | None:
    """The same in one coarse word, for a screen that has to save; None: it does not run down, or nobody can tell."""
    if site.ending.farewell is not None:
        return Lasts.LAST_HOUR
    runs, left_s = runs_down(site, facts)
    if runs is not True or left_s is None:
        return None
    return next((word for up_to_s, word in COARSE if left_s <= up_to_s), Lasts.PLENTY)


def _with(site: Site, ending: Ending, halt: bool = False) -> Site:
    """`halt`: the machine may be halted now; counted, for the next start must know how often it was."""
    if halt and not ending.halt and site.memory.halts_in_a_row < MOST_HALTS:
        ending = msgspec.structs.replace(ending, halt=True)
        site = remember(site, halts_in_a_row=site.memory.halts_in_a_row + 1)
    return site if ending == site.ending else msgspec.structs.replace(site, ending=ending)


def _may_halt(left_s: float, facts: Facts) -> bool:
    return facts.last_words.halts and left_s <= facts.last_words.halt_below_min * 60


def _foretold(left_s: float, facts: Facts, now: Now) -> Farewell:
    """Where the box is halted, it falls silent before the battery is empty."""
    kept_s = facts.last_words.halt_below_min * 60 if facts.last_words.halts else 0.0
    silent_s = int(max(0.0, left_s - kept_s))
    wall_ms = believed_ms(now)
    until_ms = None if wall_ms is None else wall_ms + silent_s * 1000
    return Farewell(why=FarewellWhy.BATTERY, until_ms=until_ms, until_up_ms=now.up_ms + silent_s * 1000)


def _moved(was: Farewell, new: Farewell) -> Farewell:
    """The same time in other words is not worth a message."""
    near = abs((was.until_up_ms or 0) - (new.until_up_ms or 0)) < STEP_MS
    return was if near and (was.until_ms is None) is (new.until_ms is None) else new


def _told_of(farewell: Farewell | None, left_s: float) -> Change:
    params = {"left": str(int(left_s))}
    if farewell is not None and farewell.until_ms is not None:
        params["until"] = str(farewell.until_ms)
    detail = f"the battery lasts {int(left_s // 60)} min more at least, then the box falls silent"
    return _change(Event.BOX_ENDING, NoteBody(detail=detail, key="box_ending", params=params))


def _stays(key: str) -> Change:
    return _change(Event.BOX_STAYS, NoteBody(detail=STAYS[key], key=key))


def _change(kind: Event, body: NoteBody) -> Change:
    return Change(kind, msgspec.to_builtins(body))
