"""What the set burns, counted from step to step, and what a run teaches. Facts: reserve power, section 7.3.

Between two steps the load of the first one holds. Every ten minutes of a run become one entry that survives a restart.
"""

from collections.abc import Sequence

import msgspec

from contract.words import Place
from gateway.core.facts import Facts
from gateway.core.fuel import consumption, tank
from gateway.core.fuel.consumption import Factor
from gateway.core.fuel.fuel_memory import FuelMemory, Ten
from gateway.core.fuel.reserves import Block, Burning, FuelNow, Sums
from gateway.core.moments import age_ms
from gateway.core.set_words import AT_REST, CRANKING, LOADED_SHARE, TURNING
from gateway.core.site import Now, Site, number_of

STANDING = (*AT_REST, *CRANKING)
"""Of rated power; less is an unloaded set."""
MOST_LOAD = 1.5
"""Of rated power; more is no load but a fault of the meter."""
BLOCK_MS = 300_000
TEN_MS = 600_000
LEAST_TEN_S = 240.0
MOST_TENS = 144
HOUR_TENS = 5
"""With the entry that is being filled: one hour."""
SAME_RUN_MS = 6 * 3_600_000
"""A set that stands longer begins a new run, for a tank changes by itself too."""
LAST_LOAD_S = 3600.0
"""So long it must have carried the site for its load to be remembered."""
STEP_AND_HALF = 0.015
"""Of the tank."""
MOST_NOISE = 5.0
"""Times what such a sender should have: what scatters more is no noise."""
LEAK = 1.5
LEAK_SD, STAYS_SD = 3.0, 1.0
"""So sure it must be at first; and not that again, lest the alarm comes and goes."""
LEAK_TENS = (12, 36)
"""Two hours, six; and all."""


def awakened(memory: FuelMemory, facts: Facts, now: Now) -> tuple[Burning, FuelMemory]:
    """Where the count goes on after a restart: what was burnt meanwhile is reckoned while its time is known."""
    burnt_l, line_l = memory.burnt_l, memory.line_l
    if memory.turning and memory.saved is not None:
        age = age_ms(memory.saved, now)
        if age is None:
            # it may have run for an hour or a week: only a new reading can tell what is left
            memory = msgspec.structs.replace(memory, measured=None, told=None)
        else:
            burnt_l += memory.rate_lh * age / 3_600_000
            line_l += memory.rate_lh * age / 3_600_000
    burning = Burning(
        up_ms=now.up_ms,
        turning=memory.turning,
        load_kw=memory.last_kw,
        rate_lh=memory.rate_lh,
        line_lh=memory.rate_lh,
        burnt_l=burnt_l,
        line_l=line_l,
        ten_ms=now.up_ms,
        sums=summed(memory.tens),
        tank=consumption.from_tank(memory.tens, tank.GAUGE_STEP * tank.full_l(facts.tank)),
        bridge=bool(memory.tens),
    )
    return burning, memory


def count(site: Site, was: Burning, facts: Facts, factor: Factor, now: Now) -> Burning:
    """What was burnt since the last step, and what is being burnt now."""
    gone_s = max(0.0, (now.up_ms - was.up_ms) / 1000)
    turning = turns(site, was, facts)
    if not was.turning and not turning:
        return msgspec.structs.replace(was, up_ms=now.up_ms)
    load = load_kw(site, facts)
    if load is None:
        load = was.load_kw if was.load_kw is not None else facts.set.design_load_kw
    line_lh = consumption.litres_per_hour(load, facts)
    ecu = number_of(site, facts.controller, "fuel.rate")
    parts = _added(was, facts, gone_s) if was.turning else {}
    if turning and not was.turning:
        parts["ten_ms"] = now.up_ms
    return msgspec.structs.replace(
        was,
        up_ms=now.up_ms,
        turning=turning,
        stopped_ms=None if turning else (now.up_ms if was.turning else was.stopped_ms),
        load_kw=load,
        line_lh=line_lh,
        rate_lh=factor.k * line_lh,
        ecu_lh=ecu if ecu is not None and ecu > 0 else None,
        **parts,
    )


def turns(site: Site, was: Burning, facts: Facts) -> bool:
    """Does the set burn fuel? When nobody knows it goes on as before, unless the mains are there."""
    engine = site.evidence.engine
    if engine in TURNING or loaded(load_kw(site, facts), facts):
        return True
    if engine in STANDING:
        return False
    return was.turning and site.evidence.mains is not True


def load_kw(site: Site, facts: Facts) -> float | None:
    """What the set delivers: as its controller says, else as the meter of the load says while the set carries it."""
    watts = number_of(site, facts.controller, "generator.power")
    if watts is None and site.evidence.on_set is True:
        meters = [one.name for one in facts.devices if one.kind == "meter" and one.place in (None, Place.LOAD)]
        watts = next((found for name in meters if (found := number_of(site, name, "meter.power")) is not None), None)
    return None if watts is None else min(max(0.0, watts / 1000), MOST_LOAD * facts.set.rated_kw)


def loaded(load: float | None, facts: Facts) -> bool:
    """Does it carry anything?"""
    return load is not None and load > LOADED_SHARE * facts.set.rated_kw


def mean_load(burning: Burning) -> float | None:
    """The higher of the means of the last hour and the last day; None before it carried anything."""
    return max(_means(burning), default=None)


def day_load(burning: Burning) -> float | None:
    """The mean of the last day, or of so much of it as was carried."""
    return _means(burning)[-1] if _means(burning) else None


def _means(burning: Burning) -> list[float]:
    sums = burning.sums
    means = []
    if (hour_s := sums.hour_s + burning.loaded_s) > 0:
        means.append((sums.hour_kws + burning.load_kws) / hour_s)
    if (day_s := sums.day_s + burning.loaded_s) > 0:
        means.append((sums.day_kws + burning.load_kws) / day_s)
    return means


def factor_of(burning: Burning | None, memory: FuelMemory, facts: Facts, *, leak: bool = False) -> Factor:
    """How the consumption differs from the model's, by the best that is known."""
    model = consumption.prior(memory.calibration, facts)
    if burning is None:
        return model
    sums = burning.sums
    ecu = consumption.from_ecu(
        sums.ecu_l + burning.ecu_l, sums.ecu_line_l + burning.ecu_line_l, sums.ecu_s + burning.ecu_s
    )
    if leak and burning.tank is not None:
        # the engine burns what it burns: what leaves the tank is what counts
        return burning.tank
    if ecu is None:
        return consumption.blend(model, burning.tank)
    return ecu if sums.ecu_s + burning.ecu_s >= consumption.ECU_SURE_S else consumption.blend(model, ecu)


def leaks(memory: FuelMemory, facts: Facts, burning: Burning, noise_l: float, *, was: bool) -> bool | None:
    """Does the tank fall more than half faster than the set can burn, for two hours or more, and surely?"""
    model = factor_of(msgspec.structs.replace(burning, tank=None), memory, facts)
    level = [one for one in memory.tens if one.level_l is not None]
    if len(level) < LEAK_TENS[0]:
        return None
    windows = [
        burning.tank,
        *(consumption.from_tank(level[-width:], noise_l) for width in LEAK_TENS if width < len(level)),
    ]
    sure = STAYS_SD if was else LEAK_SD
    return any(one is not None and one.k - sure * one.sd > LEAK * model.k for one in windows)


def with_ten(fuel: FuelNow, memory: FuelMemory, facts: Facts, noise_l: float) -> tuple[FuelNow, FuelMemory]:
    """The ten minutes are over: keep them, and learn what the tank says."""
    burning = fuel.burning
    if burning is None or burning.turned_s < LEAST_TEN_S:
        return fuel, memory
    blocks = [one for one in fuel.blocks if one.turning and one.up_ms > burning.ten_ms]
    if fuel.stuck or fuel.sinking:
        blocks = []
    samples = () if burning.bridge and blocks else fuel.samples
    burning, ten = _closed(burning, blocks, memory, factor_of(burning, memory, facts).k)
    tens = (*memory.tens, ten)[-MOST_TENS:]
    measured = None if _stands(fuel, facts) else consumption.from_tank(tens, noise_l)
    memory = msgspec.structs.replace(memory, tens=tens)
    lasting = fuel.sinking and fuel.leak is True
    # a fall that lasts is measured by itself (`fuel_loss.py`)
    burning = msgspec.structs.replace(burning, sums=summed(tens), tank=burning.tank if lasting else measured)
    leak = True if lasting else leaks(memory, facts, burning, noise_l, was=fuel.leak is True)
    return msgspec.structs.replace(fuel, burning=burning, leak=leak, samples=samples), memory


def noise_l(fuel: FuelNow, memory: FuelMemory, stated_l: float) -> float:
    """What one reading may differ from the next: of such a sender, or more where this one has shown it. Litres."""
    shown = fuel.burning.sums.noise_l if fuel.burning is not None else 0.0
    return max(stated_l, min(MOST_NOISE * stated_l, shown or memory.noise_l))


def unrest_l(fuel: FuelNow, memory: FuelMemory, stated_l: float) -> float:
    """The same with what the last hours have shown, also while the set stands: what more must move to be news."""
    shown = consumption.scatter([(float(place), one.level_l) for place, one in enumerate(fuel.blocks)])
    return max(noise_l(fuel, memory, stated_l), min(MOST_NOISE * stated_l, shown))


def _stands(fuel: FuelNow, facts: Facts) -> bool:
    """Has the level stood for longer than a step of the sender explains? Then it says nothing of the consumption."""
    if fuel.held is None or fuel.burning is None:
        return False
    return fuel.burning.burnt_l - fuel.held.burnt_l > STEP_AND_HALF * tank.full_l(facts.tank)


def afresh(fuel: FuelNow, memory: FuelMemory, *, keep_load: bool) -> tuple[FuelNow, FuelMemory]:
    """Forget what the tank said of the consumption: it was filled, or another sender speaks, or it is another run."""
    tens = tuple(msgspec.structs.replace(one, level_l=None) for one in memory.tens) if keep_load else ()
    if fuel.burning is not None:
        memory = _shown(memory, fuel.burning.sums)
        burning = msgspec.structs.replace(fuel.burning, tank=None, bridge=False, sums=summed(tens))
        fuel = msgspec.structs.replace(fuel, burning=burning, leak=None, held=None)
    return fuel, msgspec.structs.replace(memory, tens=tens)


def _shown(memory: FuelMemory, sums: Sums) -> FuelMemory:
    """What the entries have shown of sender and load is kept when they go."""
    swing = consumption.swing_after(memory.swing, sums.swing, sums.day_s)
    noise = sums.noise_l or memory.noise_l
    return msgspec.structs.replace(memory, noise_l=round(noise, 2), swing=None if swing is None else round(swing, 4))


def run_ended(fuel: FuelNow, memory: FuelMemory, now: Now) -> tuple[FuelNow, FuelMemory]:
    """What the run taught: its load, and what the set really burns."""
    burning = fuel.burning
    if burning is None:
        return fuel, memory
    run: Factor | None = None
    if not fuel.leak:
        sums = burning.sums
        seconds = sums.ecu_s + burning.ecu_s
        if seconds >= consumption.LEARN_ECU_S:
            run = consumption.from_ecu(sums.ecu_l + burning.ecu_l, sums.ecu_line_l + burning.ecu_line_l, seconds)
        run = run or burning.tank
    calibration = consumption.learned(memory.calibration, run)
    last_kw = memory.last_kw
    if burning.sums.day_s + burning.loaded_s >= LAST_LOAD_S:
        last_kw = mean_load(burning)
    memory = msgspec.structs.replace(memory, calibration=calibration, last_kw=last_kw, stopped=now.moment())
    if calibration is not None and run is not None and run.sd <= consumption.LEARN_SD:
        # what is learned once is not measured once more
        fuel, memory = afresh(fuel, memory, keep_load=True)
    cleared = _cleared(fuel.burning or burning)
    return msgspec.structs.replace(fuel, burning=cleared, held=None, leak=None), memory


def run_began(fuel: FuelNow, memory: FuelMemory, now: Now, *, outage: bool) -> tuple[FuelNow, FuelMemory]:
    """A new run measures anew; one that goes on after a short stop, or in the same outage, goes on."""
    if memory.stopped is None or not memory.tens:
        return fuel, memory
    age = age_ms(memory.stopped, now)
    if outage if age is None else age <= SAME_RUN_MS:
        return fuel, memory
    return afresh(fuel, memory, keep_load=False)


def summed(tens: Sequence[Ten]) -> Sums:
    """The sums of the entries, counted once when they change."""
    hour = tens[-HOUR_TENS:]
    return Sums(
        hour_kws=sum(one.load_kws for one in hour),
        hour_s=sum(one.loaded_s for one in hour),
        day_kws=sum(one.load_kws for one in tens),
        day_s=sum(one.loaded_s for one in tens),
        ecu_l=sum(one.ecu_l for one in tens),
        ecu_line_l=sum(one.ecu_line_l for one in tens),
        ecu_s=sum(one.ecu_s for one in tens),
        noise_l=consumption.scatter([(one.line_l, one.level_l) for one in tens if one.level_l is not None]),
        swing=consumption.swing(tens),
    )


def saved(memory: FuelMemory, fuel: FuelNow, now: Now) -> FuelMemory:
    """The memory with where the count stands."""
    burning = fuel.burning
    if burning is None:
        return memory
    return msgspec.structs.replace(
        memory,
        turning=burning.turning,
        saved=now.moment(),
        rate_lh=round(burning.rate_lh, 4) if burning.turning else 0.0,
        burnt_l=round(burning.burnt_l, 3),
        line_l=round(burning.line_l, 3),
        measured=fuel.seen,
    )


def _added(was: Burning, facts: Facts, gone_s: float) -> dict[str, float]:
    """What the totals become when the present goes on for so long."""
    hours = gone_s / 3600
    ecu = was.ecu_lh
    parts = {
        "burnt_l": was.burnt_l + (ecu if ecu is not None else was.rate_lh) * hours,
        "line_l": was.line_l + was.line_lh * hours,
        "turned_s": was.turned_s + gone_s,
    }
    if loaded(was.load_kw, facts):
        parts["loaded_s"] = was.loaded_s + gone_s
        parts["load_kws"] = was.load_kws + (was.load_kw or 0.0) * gone_s
    if ecu is not None:
        parts["ecu_l"] = was.ecu_l + ecu * hours
        parts["ecu_line_l"] = was.ecu_line_l + was.line_lh * hours
        parts["ecu_s"] = was.ecu_s + gone_s
    return parts


def _closed(burning: Burning, blocks: Sequence[Block], memory: FuelMemory, k: float) -> tuple[Burning, Ten]:
    """The entry of these ten minutes, and the count for the next. After a restart it is joined on by its level."""
    level = sum(one.level_l for one in blocks) / len(blocks) if blocks else None
    line = sum(one.line_l for one in blocks) / len(blocks) if blocks else burning.line_l
    last = next((one for one in reversed(memory.tens) if one.level_l is not None), None)
    if burning.bridge and level is not None and last is not None and last.level_l is not None:
        # how much was burnt while the box was away only the tank knows: so much that the slope stays what it was
        joined = last.line_l + max(0.0, last.level_l - level) / k
        burning = msgspec.structs.replace(burning, bridge=False, line_l=burning.line_l + joined - line)
        line = joined
    ten = Ten(
        line_l=round(line, 3),
        level_l=None if level is None else round(level, 2),
        load_kws=round(burning.load_kws, 1),
        loaded_s=round(burning.loaded_s, 1),
        ecu_l=round(burning.ecu_l, 4),
        ecu_line_l=round(burning.ecu_line_l, 4),
        ecu_s=round(burning.ecu_s, 1),
    )
    return _cleared(burning), ten


def _cleared(burning: Burning) -> Burning:
    """Ready for the next ten minutes."""
    return msgspec.structs.replace(
        burning,
        ten_ms=burning.up_ms,
        turned_s=0.0,
        loaded_s=0.0,
        load_kws=0.0,
        ecu_l=0.0,
        ecu_line_l=0.0,
        ecu_s=0.0,
    )
