"""Theft and leak: a fall that no engine explains, while the set stands and while it runs. Facts: reserve power, 7.3.

It is open from when it is found (that is when the alarm comes) until it has ended; then it is told once, as a whole.
Meanwhile the tank says nothing of what the engine burns. What falls for an hour is told so far, and is a leak.
"""

from collections.abc import Sequence

import msgspec

from contract.words import Event
from gateway.core.facts import Facts
from gateway.core.fuel import fuel_burn, tank
from gateway.core.fuel.consumption import Factor
from gateway.core.fuel.fuel_memory import FuelLoss, FuelMemory
from gateway.core.fuel.reserves import Block, FuelNow, Level
from gateway.core.moments import age_ms
from gateway.core.site import Change, Now

LOSS_PER_H = 2.0
"""Percent of the tank per hour while the set stands."""
LOSS_LEAST = 0.03
"""Of the tank; and three times what one reading may differ from the next."""
LOSS_SD = 3.0
LOSS_MS = 3 * 3_600_000
STEP_MS = 2_400_000
"""While the set runs: as soon as a filling; what falls slower is found by its slope."""
LOSS_HOLDS_MS = 24 * 3_600_000
SETTLING_MS = 600_000
"""After a stop the fuel comes to rest, and what the engine sent back runs down."""
SETTLED = 0.01
FAST = 0.02
"""Of the tank: a fall that should have gone so far, and did not go a quarter of it, is over."""
WINDOWS_MS = (540_000, 1_140_000, 1_740_000)
"""Ten, twenty and thirty minutes, by readings that come a little early."""
LASTING_MS = 3_600_000
LEAK_SD = 0.3
"""Relative: how well the pace of a fall is known after an hour."""

Found = tuple[FuelNow, FuelMemory, list[Change]]


def fall(fuel: FuelNow, memory: FuelMemory, block: Block, sender: Level, facts: Facts, now: Now) -> Found:
    """Five minutes more: does the tank fall, does it still, has it ended?"""
    lost = memory.lost
    if lost is not None and not lost.ended:
        return _open(fuel, memory, lost, block, facts, now)
    fuel, memory = _held(fuel, memory, block, facts, now)
    explained = _explained(fuel, memory, facts)
    blocks = _comparable(fuel, block)
    if blocks is None:
        return msgspec.structs.replace(fuel, loss_percent_per_h=None, sinking=False), memory, []
    full = tank.full_l(facts.tank)
    least = max(LOSS_LEAST * full, LOSS_SD * fuel_burn.unrest_l(fuel, memory, sender.noise_l))
    alone = _beyond(blocks[-2:], explained) if block.turning else 0.0
    fuel = msgspec.structs.replace(
        fuel, sinking=alone > least or (fuel.sinking and _beyond(blocks[-3:], explained) > least)
    )
    found = _steepest(blocks, least, full, explained, 0.0 if block.turning else LOSS_PER_H)
    if found is None:
        rate = memory.lost.percent_per_h if memory.lost is not None else 0.0
        return msgspec.structs.replace(fuel, loss_percent_per_h=rate), memory, []
    before_l, rate = found
    lost = FuelLoss(
        before_l=round(before_l, 1),
        after_l=round(block.level_l, 1),
        percent_per_h=round(rate, 1),
        at=now.moment(),
        ended=False,
    )
    fuel, memory = fuel_burn.afresh(fuel, msgspec.structs.replace(memory, lost=lost), keep_load=True)
    fuel = msgspec.structs.replace(fuel, loss_percent_per_h=rate, sinking=True)
    memory = fuel_burn.saved(memory, fuel, now)
    if block.level_l <= tank.dead_l(facts.tank) or _rests(fuel, lost, block, facts):
        return ended(fuel, memory, block.level_l, now)
    return fuel, memory, []


def goes_on(memory: FuelMemory) -> bool:
    """Has a fall been found that has not ended?"""
    return memory.lost is not None and not memory.lost.ended


def ended(fuel: FuelNow, memory: FuelMemory, after_l: float, now: Now) -> Found:
    """The fall is over, whatever ended it: tell what has not been told, and measure anew."""
    lost = memory.lost
    if lost is None or lost.ended:
        return fuel, memory, []
    fuel, memory = fuel_burn.afresh(fuel, memory, keep_load=True)
    changes = _told(lost, after_l)
    lost = msgspec.structs.replace(lost, after_l=round(after_l, 1), told_l=round(after_l, 1), ended=True)
    told = memory.told
    if told is not None:
        # what somebody read before the fall is so much less now
        told = msgspec.structs.replace(told, litres=max(0.0, told.litres - max(0.0, lost.before_l - after_l)))
    memory = msgspec.structs.replace(memory, lost=lost, told=told)
    fuel = msgspec.structs.replace(fuel, sinking=False, blocks=(), samples=())
    return fuel, fuel_burn.saved(memory, fuel, now), changes


def _open(fuel: FuelNow, memory: FuelMemory, lost: FuelLoss, block: Block, facts: Facts, now: Now) -> Found:
    """It has been found, and may still go on."""
    fuel = msgspec.structs.replace(fuel, loss_percent_per_h=lost.percent_per_h)
    if block.level_l <= tank.dead_l(facts.tank) or _rests(fuel, lost, block, facts):
        return ended(fuel, memory, block.level_l, now)
    fuel = msgspec.structs.replace(fuel, sinking=True)
    age = age_ms(lost.at, now)
    if age is not None and age < LASTING_MS:
        return fuel, memory, []
    fuel = _lasting(fuel, block) if block.turning else fuel
    if lost.told_l is not None:
        return fuel, memory, []
    changes = _told(lost, block.level_l)
    lost = msgspec.structs.replace(lost, after_l=round(block.level_l, 1), told_l=round(block.level_l, 1))
    return fuel, fuel_burn.saved(msgspec.structs.replace(memory, lost=lost), fuel, now), changes


def _told(lost: FuelLoss, after_l: float) -> list[Change]:
    """The event, of what has not been told yet."""
    before_l = lost.before_l if lost.told_l is None else lost.told_l
    if before_l - after_l <= SETTLED * lost.before_l and lost.told_l is not None:
        return []
    body = {"before_l": before_l, "after_l": round(after_l, 1), "detail": f"{lost.percent_per_h:.0f} %/h"}
    return [Change(Event.FUEL_LOST, body)]


def _held(fuel: FuelNow, memory: FuelMemory, block: Block, facts: Facts, now: Now) -> tuple[FuelNow, FuelMemory]:
    """A loss that has ended is remembered until the tank is as full as before, or for a day."""
    lost = memory.lost
    if lost is None:
        return fuel, memory
    age = age_ms(lost.at, now)
    full = tank.full_l(facts.tank)
    if block.level_l < lost.before_l - SETTLED * full and (age is None or age <= LOSS_HOLDS_MS):
        return fuel, memory
    memory = fuel_burn.saved(msgspec.structs.replace(memory, lost=None), fuel, now)
    return msgspec.structs.replace(fuel, loss_percent_per_h=0.0), memory


def _comparable(fuel: FuelNow, block: Block) -> list[Block] | None:
    """The readings this one may be compared with: of the same rest or the same run. None: it is too early to say."""
    if block.turning:
        found = list(fuel.blocks)
        last = next((place for place in range(len(found) - 1, -1, -1) if not found[place].turning), -1)
        return [*(one for one in found[last + 1 :] if block.up_ms - one.up_ms <= STEP_MS), block]
    stopped_ms = fuel.burning.stopped_ms if fuel.burning is not None else None
    if stopped_ms is not None and block.up_ms - stopped_ms < SETTLING_MS:
        return None
    rest_ms = 0 if stopped_ms is None else stopped_ms + SETTLING_MS
    since_ms = max(rest_ms, block.up_ms - LOSS_MS)
    return [*(one for one in fuel.blocks if one.up_ms >= since_ms and not one.turning), block]


def _explained(fuel: FuelNow, memory: FuelMemory, facts: Facts) -> float:
    """How much a modelled litre may be at most, before it is no set any more."""
    if fuel.burning is None:
        return fuel_burn.LEAK
    alone = msgspec.structs.replace(fuel.burning, tank=None)
    return fuel_burn.LEAK * fuel_burn.factor_of(alone, memory, facts).k


def _beyond(blocks: Sequence[Block], explained: float) -> float:
    """Litres that the first of them had more than the last, beyond what may have been burnt."""
    first, last = blocks[0], blocks[-1]
    return first.level_l - last.level_l - explained * (last.line_l - first.line_l)


def _steepest(
    blocks: Sequence[Block], least_l: float, full: float, explained: float, least_rate: float
) -> tuple[float, float] | None:
    """(litres before, % per hour) of the fastest fall that is large enough; two blocks must agree at either end."""
    if len(blocks) < 4:
        return None
    last = blocks[-1]
    found, fastest = None, least_rate
    for place in range(1, len(blocks) - 2):
        ends = [(one, other) for one in blocks[place - 1 : place + 1] for other in blocks[-2:]]
        gone_l = min(_beyond(pair, explained) for pair in ends)
        hours = max(fuel_burn.BLOCK_MS, last.up_ms - blocks[place].up_ms) / 3_600_000
        rate = gone_l / full * 100 / hours
        if gone_l > least_l and rate > fastest:
            found, fastest = (_began(blocks[: place + 1], full), rate), rate
    return found


def _began(blocks: Sequence[Block], full: float) -> float:
    """The litres before the fall, of blocks up to its steepest part: it may have begun a little earlier."""
    place = len(blocks) - 1
    while place > 0 and blocks[place - 1].level_l - blocks[place].level_l > SETTLED * full:
        place -= 1
    return blocks[place].level_l if place < len(blocks) - 1 else min(one.level_l for one in blocks[-2:])


def _rests(fuel: FuelNow, lost: FuelLoss, block: Block, facts: Facts) -> bool:
    """Has the fall ended? A fast one is seen to in ten minutes, a slow one in half an hour."""
    full = tank.full_l(facts.tank)
    for width_ms in WINDOWS_MS:
        then = next((one for one in reversed(fuel.blocks) if block.up_ms - one.up_ms >= width_ms), None)
        if then is None:
            return False
        gone_l = _beyond([then, block], 1.0)
        due_l = lost.percent_per_h / 100 * full * (block.up_ms - then.up_ms) / 3_600_000
        if due_l >= FAST * full and gone_l <= due_l / 4:
            return True
    return gone_l < SETTLED * full


def _lasting(fuel: FuelNow, block: Block) -> FuelNow:
    """What falls for an hour while the set runs is taken to go on: the hours follow the tank."""
    first = next((one for one in fuel.blocks if block.up_ms - one.up_ms <= LASTING_MS), block)
    line_l, gone_l = block.line_l - first.line_l, first.level_l - block.level_l
    if fuel.burning is None or line_l <= 0 or gone_l <= 0:
        return fuel
    k = gone_l / line_l
    burning = msgspec.structs.replace(fuel.burning, tank=Factor(k, LEAK_SD * k, "measured"))
    return msgspec.structs.replace(fuel, burning=burning, leak=True)
