"""Named facts about power and engine that the rules of alarms ask for. Facts: reserve power, sections 3 to 6, 12.

A fact is a number, yes or no, or a word; None where nobody knows. Of fuel and batteries: `alarm_upkeep.py`.
"""

from collections.abc import Callable

from contract.words import ClockQuality, Connection, Power
from gateway.core.alarms import alarm_upkeep
from gateway.core.alarms.alarm_view import Value, View
from gateway.core.nodes import watching as nodes
from gateway.core.power.witnesses import RUNNING_RPM
from gateway.core.set_words import AT_REST, AUTO_WORDS, CRANKING, TEST_WORDS, TURNING
from gateway.core.site import number_of, shut_down, word_of

ALARM = "alarm:"
"""Begins the name of a fact that is an alarm."""
ACTIVE_WORDS = ("warning", "shutdown", "trip", "controlled_shutdown")
AFTER_CRANK_S = 60.0
"""So long after cranking the battery's voltage says nothing (section 9)."""
AFTER_START_S = 12.0
"""So long after the start protections are masked (section 4)."""
RESTED_S = 7200.0
"""A set that stood for two hours has cooled, or its heater keeps it warm (section 10)."""
COLD_C = -10.0
"""Outdoors: below it a failed heater is grave (section 10)."""


def service_visit(view: View) -> bool:
    """Does somebody work on the set? A visit whose age nobody can tell is over: better an alarm too many."""
    visit = view.site.memory.visit
    age = None if visit is None else view.age_s(visit.at)
    return visit is not None and age is not None and age < visit.for_s


def unpowered(view: View) -> bool | None:
    """Neither mains nor the set give power. A set that gives voltage is another matter: nobody has connected it.

    Voltage in the shop proves that one of them is back, also where nobody knows which (section 15).
    """
    seen, power = view.site.evidence, view.site.memory.judged.power
    if seen.load_live is True or seen.live_ms is not None or set_voltage(view):
        return False
    if power is Power.UNKNOWN:
        return None
    if power not in (Power.DEAD, Power.STARTING, Power.ON_BATTERY):
        return False
    return None if power is Power.STARTING and seen.mains is None else True


def start_pending(view: View) -> bool | None:
    """Ought the engine to start, or does it try, without running?"""
    engine = view.site.evidence.engine
    if engine is None:
        return None
    if engine in CRANKING:
        return True
    if engine == "warming_up":
        speed = view.number("engine.speed")
        return None if speed is None else speed <= RUNNING_RPM
    if engine in TURNING or view.facts.connection is Connection.MANUAL:
        return False
    mode, mains = mode_auto(view), view.site.evidence.mains
    return None if mode is None or mains is None else mode and not mains


def mode_auto(view: View) -> bool | None:
    """Does the set start by itself?"""
    word = view.word("controller.mode")
    return None if word is None else word in AUTO_WORDS


def testing(view: View) -> bool | None:
    """Does a test run go on, in a mode made for it?"""
    word = view.word("controller.mode")
    return None if word is None else word in TEST_WORDS and view.site.evidence.engine in (*CRANKING, *TURNING)


def shutdown(view: View) -> bool | None:
    """Has the set shut itself down, or tripped?"""
    return shut_down(view.site, view.facts.controller)


def load_percent(view: View) -> float | None:
    """What the set delivers, in percent of rated power."""
    watts = view.number("generator.power")
    if watts is None:
        return view.number("generator.load_percent")
    return 100 * abs(watts) / (1000 * view.facts.set.rated_kw)


def set_voltage(view: View) -> bool | None:
    """Does the set give voltage? Without an instrument for it, a running set is taken to give some."""
    seen = view.site.evidence
    if seen.set_live is not None or seen.engine is None:
        return seen.set_live
    return seen.engine == "running"


def volts_low(view: View) -> float | None:
    """The lowest phase of the set."""
    return min(_phases(view), default=None)


def volts_high(view: View) -> float | None:
    """The highest phase of the set."""
    return max(_phases(view), default=None)


def _phases(view: View) -> list[float]:
    volts = [view.number(f"generator.voltage_l{phase}n") for phase in (1, 2, 3)]
    return [one for one in volts if one is not None]


def engine_running(view: View) -> bool | None:
    """Has the engine come to run?"""
    engine = view.site.evidence.engine
    if engine == "warming_up":
        pending = start_pending(view)
        return None if pending is None else not pending
    return None if engine is None else engine in TURNING


def stopped_on_mains(view: View) -> bool:
    """Does the set stand while the mains carry the site?"""
    return view.site.evidence.mains is True and view.site.evidence.engine in AT_REST


def mode_not_auto(view: View) -> bool | None:
    """Is an automatic site not in automatic?"""
    mode = mode_auto(view)
    return False if view.facts.connection is Connection.MANUAL else None if mode is None else not mode


def lately_cranked(view: View) -> bool:
    """Does it crank, or has it within the last minute?"""
    ago = view.since_s(view.watching.cranked_ms)
    return ago is not None and ago < AFTER_CRANK_S


def just_started(view: View) -> bool:
    """Has it started so lately that its protections are still masked?"""
    ago = view.since_s(view.watching.started_ms)
    return ago is not None and ago < AFTER_START_S


def rested(view: View) -> bool | None:
    """Has the set stood for two hours?"""
    if view.watching.engine is None:
        return None
    return view.watching.engine in AT_REST and view.now.up_ms - view.watching.engine_ms >= RESTED_S * 1000


def mains_lately_back(view: View) -> bool:
    """Have the mains been back for less than two hours, so that what they heat is still cold?"""
    judged = view.site.memory.judged
    known = judged.boot == view.now.boot and judged.mains_ms > 0 and judged.mains is True
    return known and view.now.up_ms - judged.mains_ms < RESTED_S * 1000


def outdoor_cold(view: View) -> bool:
    """Is it so cold outside that a set without its heater may soon not start? Not knowing makes nothing graver."""
    celsius = view.any_number("outdoor.temperature")
    return celsius is not None and celsius < COLD_C


SITE_FACTS: dict[str, Callable[[View], Value]] = {
    "automatic": lambda view: view.facts.connection is Connection.AUTOMATIC,
    "by_hand": lambda view: view.facts.connection is Connection.MANUAL,
    "call_unanswered": lambda view: view.site.memory.call.unanswered,
    "clock_unknown": lambda view: view.now.clock is ClockQuality.UNSYNCED,
    "engine_running": engine_running,
    "glass_broken": lambda view: view.site.memory.glass is not None,
    "heater_fitted": lambda view: view.facts.set.heater,
    "in_outage": lambda view: view.site.memory.judged.outage,
    "just_started": just_started,
    "lately_cranked": lately_cranked,
    "load_percent": load_percent,
    "loaded": lambda view: view.site.evidence.on_set,
    "mains_absent": lambda view: None if view.site.evidence.mains is None else not view.site.evidence.mains,
    "mains_flapping": lambda view: view.site.memory.judged.flapping,
    "mains_lately_back": mains_lately_back,
    "mains_not_seen": lambda view: view.site.evidence.mains is not True,
    "mode_auto": mode_auto,
    "node_unknown": lambda view: nodes.strange_nodes(view) != "",
    "mode_not_auto": mode_not_auto,
    "on_battery": lambda view: view.site.evidence.battery,
    "outdoor_cold": outdoor_cold,
    "rested": rested,
    "returning": lambda view: _power_is(view, Power.RETURNING),
    "running": lambda view: view.site.memory.judged.engine in TURNING,
    "service_visit": service_visit,
    "link_contested": lambda view: view.site.contested,
    "load_dark": lambda view: view.site.evidence.load_live is not True,
    "set_voltage": set_voltage,
    "shutdown": shutdown,
    "start_pending": start_pending,
    "stopped_on_mains": stopped_on_mains,
    "strange_nodes": nodes.strange_nodes,
    "store_trouble": lambda view: view.site.store_trouble,
    "testing": testing,
    "unpowered": unpowered,
    "volts_high": volts_high,
    "volts_low": volts_low,
} | alarm_upkeep.SITE_FACTS  # fmt: skip
"""Facts of the site and of its one set."""


def _power_is(view: View, power: Power) -> bool | None:
    now = view.site.memory.judged.power
    return None if now is Power.UNKNOWN else now is power


def silent(view: View, device: str) -> bool | None:
    """Does the device not answer? None before it was ever asked."""
    failed = view.site.polls_failed.get(device)
    return None if failed is None else failed > 0


def broken_sensors(view: View, device: str) -> str:
    """Signals whose sensor is in fault. It is whole again when it gives a value, not when that is missing otherwise."""
    start = f"{device}/"
    found = sorted(name.removeprefix(start) for name in view.site.memory.faulty if name.startswith(start))
    return ", ".join(found)[:2000]


DEVICE_FACTS: dict[str, Callable[[View, str], Value]] = {
    "broken_sensors": broken_sensors,
    "crank_12v": alarm_upkeep.crank_12v,
    "doubled": nodes.doubled,
    "places_out": nodes.places_out,
    "sensor_broken": lambda view, device: broken_sensors(view, device) != "",
    "silent": silent,
}
"""Facts of one device."""

WORD_FACTS: dict[str, Callable[[str], Value]] = {
    "reported": lambda word: word in ACTIVE_WORDS,
    "only_warned": lambda word: word == "warning",
    "word": lambda word: word,
}
"""Facts of one condition that a controller names."""


def fact(view: View, name: str, device: str, word: str | None = None) -> Value:
    """One fact, as asked of that device. A name with a dot is a signal of it; `alarm:…`: does that alarm hold?"""
    if name.startswith(ALARM):
        return any(alarm.holds and alarm.key == name.removeprefix(ALARM) for alarm in view.site.memory.alarms)
    if "." in name:
        number = number_of(view.site, device, name)
        return word_of(view.site, device, name) if number is None else number
    if name in WORD_FACTS:
        return None if word is None else WORD_FACTS[name](word)
    if name in DEVICE_FACTS:
        return DEVICE_FACTS[name](view, device)
    return view.once(name, SITE_FACTS[name])


def is_true(view: View, name: str, device: str, word: str | None = None) -> bool | None:
    """The same as yes or no; a number is yes when it is not 0."""
    value = fact(view, name, device, word)
    return None if value is None else bool(value)


def known(name: str) -> bool:
    """Is there such a fact? Signals and alarms are looked up in their own catalogues."""
    catalogued = "." in name or name.startswith(ALARM)
    return catalogued or any(name in facts for facts in (SITE_FACTS, DEVICE_FACTS, WORD_FACTS))
