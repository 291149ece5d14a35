"""Which power state the site is in, from its witnesses. Facts: reserve power, sections 3 and 4.

Voltage on the load side never proves mains; without a witness on the grid side the mains are unknown while the set
runs. People are witnesses where no instrument answers. Missing data leads to `unknown` and to nothing else.
"""

from collections.abc import Callable

import msgspec

from contract import freshness
from contract.freshness import Contact
from contract.messages import Witness
from contract.words import Event, Origin, Place, Power
from gateway.core.site import Change, Facts, Judged, Now, Site, Witnessed, number_of, value_of, word_of

PRESENT_V = 173.0
"""75 % of 230 V, above which mains are back; below 65 % (150 V) they are lost; between, nothing changes (section 4)."""
LOST_V = 150.0
LOADED_SHARE = 0.02
"""Of rated power; less is an unloaded set (section 15, no_transfer)."""
RUNNING_RPM = 100.0
REPORT_HOLDS_MS = 4 * 3600 * 1000
"""What a person saw is believed for four hours when no instrument speaks; then it is unknown."""

STARTING = ("pre_start", "warming_up")
STOPPED = ("stopped", "post_run")
ENGINE_EVENTS = {
    "pre_start": Event.ENGINE_STARTING,
    "warming_up": Event.ENGINE_WARMING,
    "running": Event.ENGINE_RUNNING,
    "cooling_down": Event.ENGINE_COOLING,
    "stopped": Event.ENGINE_STOPPED,
    "post_run": Event.ENGINE_STOPPED,
}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the witnesses say, question by question; None where nobody knows."""

    mains: bool | None
    engine: str | None
    on_set: bool | None
    """Does the set carry the load?"""
    load_live: bool | None
    """Is there voltage on the load side?"""
    witnesses: tuple[Witness, ...]
    contradictions: tuple[str, ...]
    mains_quarrel_ms: int | None
    outage: bool
    """Mains were lost before and the site has not been back on them since."""
    mains_ms: int


def evidence(site: Site, facts: Facts, now: Now) -> Evidence:
    """Ask every witness."""
    was = site.memory.judged
    report = _report(site, now)
    grid = _voltages(site, facts, Place.GRID)
    mains, quarrel, contradictions = _agree(grid, was)
    load = _voltages(site, facts, Place.LOAD)
    changed_ms = _changed_ms(mains, grid, was)
    load_live = next((says for _, says, up_ms in sorted(load, key=lambda one: -one[2]) if up_ms >= changed_ms), None)
    engine, engine_source = _engine(site, facts)
    on_set = _on_set(site, facts)
    witnesses = [_says(source, "mains present" if says else "no mains", up_ms, site) for source, says, up_ms in grid]
    witnesses += [_says(source, "load live" if says else "load dead", up_ms, site) for source, says, up_ms in load]
    if engine is not None:
        witnesses.append(_says(engine_source, f"engine {engine}", now.up_ms, site))
    if report is not None:
        witnesses.append(_told(report))
        if mains is None and not contradictions:
            mains = _told_mains(report)
        engine = engine if engine is not None else _told_engine(report)
        on_set = on_set if on_set is not None else _told_on_set(report)
        if load_live is None and _after(report, changed_ms, now):
            load_live = _told_live(report)
    contradictions += _impossible(mains, engine, on_set, load_live)
    return Evidence(
        mains=mains,
        engine=engine,
        on_set=on_set,
        load_live=load_live,
        witnesses=tuple(witnesses),
        contradictions=tuple(contradictions),
        mains_quarrel_ms=quarrel,
        outage=was.outage,
        mains_ms=changed_ms,
    )


def judge(seen: Evidence, was: Judged, now: Now) -> Judged:
    """The next state. `since` moves only when the state does."""
    power = _power(seen)
    outage = was.outage
    if seen.mains is False:
        outage = True
    elif power is Power.ON_MAINS:
        outage = False
    return Judged(
        power=power,
        since=was.since if power is was.power and was.since is not None else now.moment(),
        known=was.known if power is Power.UNKNOWN else power,
        outage=outage,
        mains=was.mains if seen.mains is None else seen.mains,
        mains_ms=seen.mains_ms,
        engine=seen.engine or was.engine,
        mains_quarrel_ms=seen.mains_quarrel_ms,
    )


def awakened(judged: Judged) -> Judged:
    """What is remembered after a restart, without the uptimes: they belong to another run, perhaps another boot."""
    return msgspec.structs.replace(judged, mains_ms=0, mains_quarrel_ms=None)


def events(was: Judged, new: Judged, source: str) -> list[Change]:
    """What happened between two judgements, in the order in which it happens at a site."""
    changes = []

    def tell(kind: Event) -> None:
        body = {"power": new.power.value, "was": was.power.value, "source": source}
        changes.append(Change(kind, body))

    if was.mains is not None and new.mains is not was.mains:
        tell(Event.MAINS_BACK if new.mains else Event.MAINS_LOST)
    if was.engine and new.engine != was.engine:
        told = ENGINE_EVENTS.get(new.engine)
        if told is not None and told is not ENGINE_EVENTS.get(was.engine):
            tell(told)
    if new.power is not was.power:
        tell(Event.POWER_CHANGED)
        if new.power is Power.ON_RESERVE and was.known is not Power.ON_RESERVE:
            tell(Event.ON_RESERVE)
        if new.power is Power.ON_MAINS and was.outage:
            tell(Event.BACK_ON_MAINS)
    return changes


Test = Callable[[Evidence], bool]

TABLE: tuple[tuple[Test, Power], ...] = (
    # the first line that is true decides
    (lambda seen: bool(seen.contradictions), Power.UNKNOWN),
    (lambda seen: seen.on_set is True and seen.mains is True and seen.outage, Power.RETURNING),
    (lambda seen: seen.on_set is True, Power.ON_RESERVE),
    (lambda seen: seen.mains is True and seen.load_live is not False, Power.ON_MAINS),
    (lambda seen: seen.mains is False and seen.engine == "running" and seen.load_live is True, Power.ON_RESERVE),
    (lambda seen: seen.engine in STARTING and seen.mains is not True, Power.STARTING),
    (lambda seen: seen.mains is False and seen.on_set is False and seen.engine == "running", Power.STARTING),
    (lambda seen: seen.mains is False and seen.on_set is False and seen.engine == "cooling_down", Power.DEAD),
    (lambda seen: seen.mains is False and seen.engine in STOPPED, Power.DEAD),
    (lambda seen: seen.load_live is False, Power.DEAD),
)
"""Power states from evidence; when no line is true the state is unknown."""


def _power(seen: Evidence) -> Power:
    return next((power for test, power in TABLE if test(seen)), Power.UNKNOWN)


Seen = tuple[str, bool, int]
"""source, says, uptime of acquisition in ms"""


def _voltages(site: Site, facts: Facts, place: Place) -> list[Seen]:
    """What each voltage witness of a place says: is there voltage? Between the limits it says nothing."""
    found = []
    for device in facts.devices:
        prefix = "mains" if place is Place.GRID else ""
        if device.kind == "meter" and device.place is place:
            prefix = "meter"
        if not prefix:
            continue
        keys = [f"{prefix}.voltage_l{phase}n" for phase in (1, 2, 3)]
        values = [value for key in keys if (value := value_of(site, device.name, key)) is not None]
        volts = [float(value.value) for value in values if isinstance(value.value, (int, float))]
        if not volts:
            continue
        up_ms = max(value.up_ms for value in values)
        # one dead phase of three is a lost mains: the shop's machines do not run on two
        if min(volts) >= PRESENT_V:
            found.append((f"{device.name}/{prefix}.voltage", True, up_ms))
        elif min(volts) < LOST_V:
            found.append((f"{device.name}/{prefix}.voltage", False, up_ms))
    return found


def _agree(seen: list[Seen], was: Judged) -> tuple[bool | None, int | None, list[str]]:
    """One answer from several witnesses: the newest, unless they still disagree after each has looked again."""
    if not seen:
        return None, None, []
    newest = max(seen, key=lambda one: one[2])
    if all(one[1] is newest[1] for one in seen):
        return newest[1], None, []
    since = was.mains_quarrel_ms if was.mains_quarrel_ms is not None else newest[2]
    if min(one[2] for one in seen) <= since:
        return newest[1], since, []
    yes = ", ".join(one[0] for one in seen if one[1])
    no = ", ".join(one[0] for one in seen if not one[1])
    return None, since, [f"mains: {yes} says present, {no} says absent"]


def _changed_ms(mains: bool | None, grid: list[Seen], was: Judged) -> int:
    """Uptime at which the mains last changed; a load-side reading from before it is no witness."""
    if mains is None or mains is was.mains:
        return was.mains_ms
    return max((up_ms for _, says, up_ms in grid if says is mains), default=was.mains_ms)


def _engine(site: Site, facts: Facts) -> tuple[str | None, str]:
    """The controller's own word, or its speed; another controller only when the first one is silent."""
    sets = [device.name for device in facts.devices if device.kind == "generator_controller"]
    for device in sorted(sets, key=lambda name: name != facts.controller):
        word = word_of(site, device, "engine.state")
        if word is not None:
            return word, f"{device}/engine.state"
        speed = number_of(site, device, "engine.speed")
        if speed is not None:
            return ("running" if speed > RUNNING_RPM else "stopped"), f"{device}/engine.speed"
    return None, ""


def _on_set(site: Site, facts: Facts) -> bool | None:
    """Does the set deliver power? Its own measurement, from the controller."""
    watts = number_of(site, facts.controller, "generator.power")
    if watts is None:
        return None
    return abs(watts) > LOADED_SHARE * facts.rated_kw * 1000


def _impossible(mains: bool | None, engine: str | None, on_set: bool | None, live: bool | None) -> list[str]:
    """Facts that cannot be true together."""
    found = []
    if on_set is True and engine in STOPPED:
        found.append("the set delivers power but its engine is stopped")
    if mains is False and engine in STOPPED and live is True:
        found.append("the load side is live but there is neither mains nor a running set")
    return found


def _says(source: str, says: str, up_ms: int, site: Site) -> Witness:
    device, _, signal = source.partition("/")
    value = value_of(site, device, signal) or next(iter(site.values.get(device, {}).values()), None)
    origin = value.origin if value is not None else Origin.MEASURED
    return Witness(source=source, says=says, origin=origin, up_ms=up_ms)


def _report(site: Site, now: Now) -> Witnessed | None:
    """The newest report that still holds; one whose age nobody can tell does not."""
    here = Contact(boot=now.boot, up_ms=now.up_ms, mono_ms=now.up_ms)
    reader = freshness.Now(mono_ms=now.up_ms, wall_ms=now.wall_ms, clock=now.clock)
    aged = [(freshness.age_ms(told.at, here, reader), told) for told in site.memory.reports]
    held = [(age, told) for age, told in aged if age is not None and age <= REPORT_HOLDS_MS]
    # a form knows minutes: of two from the same one, what was said last holds
    return min(reversed(held), key=lambda one: one[0])[1] if held else None


def _told(told: Witnessed) -> Witness:
    parts = [f"power {told.report.power}"] if told.report.power else []
    parts += (
        ["set running" if told.report.set_running else "set stopped"] if told.report.set_running is not None else []
    )
    says = ", ".join(parts) or "present"
    return Witness(source=f"person/{told.who}"[:80], says=says, origin=Origin.REPORTED, up_ms=told.at.up_ms)


def _told_mains(told: Witnessed) -> bool | None:
    return {"mains": True, "reserve": None, "none": False}.get(told.report.power or "")


def _told_engine(told: Witnessed) -> str | None:
    if told.report.set_running is None:
        return "running" if told.report.power == "reserve" else None
    return "running" if told.report.set_running else "stopped"


def _told_on_set(told: Witnessed) -> bool | None:
    if told.report.load_connected is not None and told.report.set_running is not None:
        return told.report.load_connected and told.report.set_running
    return {"reserve": True, "mains": False, "none": False}.get(told.report.power or "")


def _after(told: Witnessed, changed_ms: int, now: Now) -> bool:
    """What a person saw of the load side before the mains changed says nothing of now, as with an instrument."""
    return changed_ms == 0 or (told.at.boot == now.boot and told.at.up_ms >= changed_ms)


def _told_live(told: Witnessed) -> bool | None:
    return {"reserve": True, "mains": True, "none": False}.get(told.report.power or "")
