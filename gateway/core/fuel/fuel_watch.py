"""What the level tells besides hours: refuelling, a sender that lies (a loss: `fuel_loss.py`). Sheet: 7.3.

Readings become medians of five minutes, and nothing is told before two of them say so: a slosh, a step of the sender or
one wild reading is neither a thief nor a tanker.
"""

from statistics import median

import msgspec

from contract.words import Event, Origin
from gateway.core.facts import Facts
from gateway.core.fuel import fuel_burn, fuel_loss, tank
from gateway.core.fuel.fuel_burn import BLOCK_MS
from gateway.core.fuel.fuel_memory import FuelMemory, Known
from gateway.core.fuel.reserves import Block, Filling, FuelNow, Level, Sample
from gateway.core.moments import age_ms
from gateway.core.site import Change, Now, Site

SAMPLE_MS = 25_000
MOST_SAMPLES = 12
MOST_BLOCKS = 42
"""Three and a half hours."""
RISE = 0.03
"""Of the tank, within half an hour: somebody fills it."""
RISE_SD = 3.0
RISE_MS = 2_100_000
SETTLED = 0.01
STUCK = 0.002
STUCK_MS = 4 * 3_600_000
STUCK_BURNT = 0.02
"""Of the tank: so much must be burnt, or a sender of one percent steps may well stand still."""
END = 0.02
JUMP = 0.10
"""Of the tank."""
FASTEST_L_MIN = 100.0
"""No thief pumps faster; what jumps further, and to its end, is a broken sender."""
DELIVERY_MS = 24 * 3_600_000
SAVE_LEVEL = 0.015
SAVE_MS = 24 * 3_600_000

Found = tuple[FuelNow, FuelMemory, list[Change]]


def look(site: Site, fuel: FuelNow, memory: FuelMemory, sender: Level | None, facts: Facts, now: Now) -> Found:
    """One reading of the tank."""
    changes: list[Change] = []
    burning = fuel.burning
    if sender is None or tank.full_l(facts.tank) <= 0 or sender.at.up_ms == fuel.level_ms or burning is None:
        if fuel.suspect and sender is None:
            fuel = msgspec.structs.replace(fuel, suspect=False)
        return fuel, memory, changes
    if sender.source != fuel.source:
        fuel, memory, changes = _other_sender(fuel, memory, sender, now)
    before_ms = fuel.level_ms
    suspect = _jumps(fuel, sender, facts, now)
    fuel = msgspec.structs.replace(fuel, suspect=suspect, level_ms=sender.at.up_ms)
    if suspect:
        return fuel, memory, changes
    last = fuel.samples[-1].up_ms if fuel.samples else None
    if last is not None and sender.at.up_ms - last < SAMPLE_MS:
        return fuel, memory, changes
    sample = Sample(sender.at.up_ms, sender.litres, burning.line_l)
    if fuel.samples and sample.up_ms - fuel.samples[0].up_ms >= BLOCK_MS:
        fuel, memory, more = _block(site, fuel, memory, sender, facts, now)
        changes = changes + more
        fuel = msgspec.structs.replace(fuel, samples=())
    fuel = msgspec.structs.replace(fuel, samples=(*fuel.samples, sample)[-MOST_SAMPLES:])
    if before_ms >= 0 and sample.up_ms - before_ms >= BLOCK_MS:
        # readings come so seldom that each one stands for itself
        fuel, memory, more = _block(site, fuel, memory, sender, facts, now)
        changes = changes + more
        fuel = msgspec.structs.replace(fuel, samples=())
    return fuel, memory, changes


def _other_sender(fuel: FuelNow, memory: FuelMemory, sender: Level, now: Now) -> Found:
    """Another one speaks: its scale is another, and a step between the two is no fuel."""
    first, changes = not fuel.source, list[Change]()
    if fuel.blocks:
        fuel, memory, changes = fuel_loss.ended(fuel, memory, fuel.blocks[-1].level_l, now)
    fuel = msgspec.structs.replace(fuel, source=sender.source, samples=(), blocks=(), filling=None, held=None)
    if not first:
        fuel, memory = fuel_burn.afresh(fuel, memory, keep_load=True)
    return fuel, memory, changes


def _jumps(fuel: FuelNow, sender: Level, facts: Facts, now: Now) -> bool:
    """Did the sender jump to one of its ends, faster than fuel can come or go?"""
    full = tank.full_l(facts.tank)
    if not (sender.beyond or sender.litres <= END * full):
        return False
    if fuel.suspect:
        return True
    if fuel.samples:
        level, gone_ms = fuel.samples[-1].level_l, now.up_ms - fuel.samples[-1].up_ms
    elif fuel.blocks:
        level, gone_ms = fuel.blocks[-1].level_l, now.up_ms - fuel.blocks[-1].up_ms
    elif fuel.seen is not None and (age := age_ms(fuel.seen.at, now)) is not None:
        level, gone_ms = fuel.seen.litres, age
    else:
        return False
    return abs(sender.litres - level) > max(JUMP * full, FASTEST_L_MIN * gone_ms / 60_000)


def _block(site: Site, fuel: FuelNow, memory: FuelMemory, sender: Level, facts: Facts, now: Now) -> Found:
    """Five minutes are over: what do they say?"""
    samples, burning = fuel.samples, fuel.burning
    if not samples or burning is None:
        return fuel, memory, []
    block = Block(
        up_ms=samples[-1].up_ms,
        level_l=median(one.level_l for one in samples),
        line_l=sum(one.line_l for one in samples) / len(samples),
        turning=burning.turning,
    )
    fuel, memory, changes = _rise(site, fuel, memory, block, sender, facts, now)
    if not changes and fuel.filling is None:
        fuel, memory, changes = fuel_loss.fall(fuel, memory, block, sender, facts, now)
    fuel = _stands_still(fuel, block, facts, now)
    if not fuel.stuck and fuel.filling is None:
        fuel = msgspec.structs.replace(fuel, seen=_known(block, sender, fuel))
    fuel = msgspec.structs.replace(fuel, blocks=(*fuel.blocks, block)[-MOST_BLOCKS:])
    if _worth_saving(fuel, memory, facts, now):
        memory = fuel_burn.saved(memory, fuel, now)
    return fuel, memory, changes


def _known(block: Block, sender: Level, fuel: FuelNow) -> Known:
    burnt_l = fuel.burning.burnt_l if fuel.burning is not None else 0.0
    return Known(
        litres=round(block.level_l, 2),
        sd_l=round(sender.sd_l, 2),
        at=sender.at,
        origin=sender.origin,
        burnt_l=burnt_l,
        source=sender.source,
    )


def _rise(site: Site, fuel: FuelNow, memory: FuelMemory, block: Block, sender: Level, facts: Facts, now: Now) -> Found:
    """A rise that stays is a refuelling, told once it has come to rest."""
    full = tank.full_l(facts.tank)
    least = max(RISE * full, RISE_SD * fuel_burn.unrest_l(fuel, memory, sender.noise_l))
    filling = fuel.filling
    if filling is None:
        before = _before(fuel, memory, block, sender.source)
        if before is not None and block.level_l - before > least:
            filling = Filling(before, block.level_l)
        return msgspec.structs.replace(fuel, filling=filling), memory, []
    if block.level_l - filling.before_l <= least:
        return msgspec.structs.replace(fuel, filling=None), memory, []
    if block.level_l - filling.last_l > SETTLED * full + sender.noise_l / 2:
        return msgspec.structs.replace(fuel, filling=Filling(filling.before_l, block.level_l)), memory, []
    fuel, memory, changes = fuel_loss.ended(fuel, memory, filling.before_l, now)
    body = {
        "before_l": round(filling.before_l, 1),
        "after_l": round(block.level_l, 1),
        "detail": _explained(site, now),
    }
    fuel = msgspec.structs.replace(
        fuel, filling=None, held=None, stuck=False, blocks=(), seen=_known(block, sender, fuel)
    )
    # a filled tank makes what somebody read before it, and any loss before it, a thing of the past
    memory = msgspec.structs.replace(memory, lost=None, told=_still(memory.told, now))
    fuel, memory = fuel_burn.afresh(fuel, memory, keep_load=True)
    return fuel, fuel_burn.saved(memory, fuel, now), [*changes, Change(Event.REFUELLED, body)]


def _before(fuel: FuelNow, memory: FuelMemory, block: Block, source: str) -> float | None:
    """The level of the last half hour; after a longer silence what must be left of what the same sender said last."""
    recent = [one.level_l for one in fuel.blocks if block.up_ms - one.up_ms <= RISE_MS][-6:]
    if recent:
        # of a tank that falls the last: it was filled before anybody saw the fall end
        return recent[-1] if fuel_loss.goes_on(memory) else median(recent)
    if fuel.seen is None or fuel.burning is None or fuel.seen.source != source:
        return None
    # what was burnt meanwhile is only reckoned: half of it may not have been
    return max(0.0, fuel.seen.litres - max(0.0, fuel.burning.burnt_l - fuel.seen.burnt_l) / 2)


def _still(told: Known | None, now: Now) -> Known | None:
    """What a person said, unless it was before the tank was filled."""
    age = None if told is None else age_ms(told.at, now)
    return told if age is not None and age <= RISE_MS else None


def _explained(site: Site, now: Now) -> str:
    """The delivery that somebody entered in the last day, if any."""
    for filled in reversed(site.memory.deliveries):
        age = age_ms(filled.at, now)
        if age is not None and age <= DELIVERY_MS:
            return f"{filled.delivery.litres:.0f} L, {filled.who}"
    return ""


def _stands_still(fuel: FuelNow, block: Block, facts: Facts, now: Now) -> FuelNow:
    """A sender that stands still for four hours while the set carries the site is stuck, if enough was burnt."""
    full = tank.full_l(facts.tank)
    held, burning = fuel.held, fuel.burning
    if burning is None or not block.turning:
        return fuel
    if held is None or abs(block.level_l - held.litres) > STUCK * full:
        return msgspec.structs.replace(fuel, stuck=False, held=_held(block, burning.burnt_l, now))
    if fuel.stuck:
        return fuel
    long = block.up_ms - held.at.up_ms >= STUCK_MS
    if not long or burning.burnt_l - held.burnt_l < STUCK_BURNT * full or not fuel_burn.loaded(burning.load_kw, facts):
        return fuel
    # the last that can be believed is what it said when it began to stand
    seen = (
        None
        if fuel.seen is None
        else msgspec.structs.replace(fuel.seen, litres=held.litres, at=held.at, burnt_l=held.burnt_l)
    )
    return msgspec.structs.replace(fuel, stuck=True, seen=seen)


def _held(block: Block, burnt_l: float, now: Now) -> Known:
    at = msgspec.structs.replace(now.moment(), up_ms=block.up_ms)
    return Known(litres=block.level_l, sd_l=0.0, at=at, origin=Origin.MEASURED, burnt_l=burnt_l)


def _worth_saving(fuel: FuelNow, memory: FuelMemory, facts: Facts, now: Now) -> bool:
    """While the set stands a level is written when it has moved, or once a day."""
    if fuel.seen is None or (fuel.burning is not None and fuel.burning.turning):
        return False
    was = memory.measured
    if was is None or abs(was.litres - fuel.seen.litres) > SAVE_LEVEL * tank.full_l(facts.tank):
        return True
    age = age_ms(was.at, now)
    return age is None or age > SAVE_MS
