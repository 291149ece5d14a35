"""What each witness of the power says: meters, controllers, switches, UPS, dry contacts. People: `people_seen.py`.

Every voltage has a place. Grid side: are there mains? Generator side: does the set give voltage? Load side: is the shop
live? Load-side voltage never proves mains. Facts: reserve power, sections 3 and 4.
"""

from collections.abc import Mapping

import msgspec

from contract.judgement import Witness
from contract.messages import Value
from contract.words import Origin, Place
from gateway.core.facts import DeviceFacts, Facts
from gateway.core.set_words import LOADED_SHARE
from gateway.core.site import Site, number_of, value_of, word_of

PRESENT_V = 173.0
"""75 % of 230 V, above which mains are back; below 65 % (150 V) they are lost; between, what was stays (section 4)."""
LOST_V = 150.0
RUNNING_RPM = 100.0
PREFIXES = {Place.GRID: "mains", Place.GENERATOR: "generator"}
PHASES = {
    prefix: tuple(f"{prefix}.voltage_l{phase}n" for phase in (1, 2, 3)) for prefix in ("meter", *PREFIXES.values())
}
FLAGS = (
    ("mains.present", Place.GRID),
    ("load.present", Place.LOAD),
    ("switch.mains_available", Place.GRID),
    ("switch.generator_available", Place.GENERATOR),
)
MOVABLE = ("mains.present", "load.present")
"""A contact stands where it was wired: the device's own place overrules that of the signal."""
ON_BATTERY = "on_battery"


class Seen(msgspec.Struct, frozen=True):
    """One witness: is there voltage at its place? `up_ms`: uptime of acquisition."""

    source: str
    says: bool
    up_ms: int


def voltages(site: Site, facts: Facts, place: Place, was: bool | None = None) -> list[Seen]:
    """All witnesses of a place but the UPS. `was`: what held before, for a voltage between lost and present."""
    found = []
    for device in facts.devices:
        values = site.values.get(device.name)
        if not values:
            continue
        prefix = "meter" if device.kind == "meter" and device.place is place else PREFIXES.get(place, "")
        if prefix and (one := _voltage(values, device, prefix, was)) is not None:
            found.append(one)
        for key, side in FLAGS:
            if key in values and (one := _flag(values[key], device, key, side, place)) is not None:
                found.append(one)
    return found


def _voltage(told: Mapping[str, Value], device: DeviceFacts, prefix: str, was: bool | None) -> Seen | None:
    """Three phases as one. One dead phase of three is a lost mains: the shop's machines do not run on two."""
    values = [told[key] for key in PHASES[prefix] if key in told]
    volts = [float(value.value) for value in values if isinstance(value.value, (int, float))]
    if not volts:
        return None
    lowest = min(volts)
    says = True if lowest >= PRESENT_V else False if lowest < LOST_V else was
    return None if says is None else Seen(f"{device.name}/{prefix}.voltage", says, max(value.up_ms for value in values))


def _flag(value: Value, device: DeviceFacts, key: str, side: Place, place: Place) -> Seen | None:
    if not isinstance(value.value, (int, float)):
        return None
    stands = device.place if key in MOVABLE and device.place is not None else side
    return Seen(f"{device.name}/{key}", value.value != 0, value.up_ms) if stands is place else None


def battery(site: Site, facts: Facts) -> list[Seen]:
    """Every UPS: does it carry what hangs on it?

    One that goes on battery while its input is live (a set with a coarse frequency, its own test) says nothing of the
    site.
    """
    found = []
    for device in facts.devices:
        word = value_of(site, device.name, "ups.state")
        if word is None or not isinstance(word.value, str):
            continue
        volts = number_of(site, device.name, "ups.input_voltage")
        on = word.value == ON_BATTERY and (volts is None or volts < PRESENT_V)
        found.append(Seen(f"{device.name}/ups.state", on, word.up_ms))
    return found


def ups_inputs(site: Site, facts: Facts, place: Place) -> list[Seen]:
    """What the UPSs of a place say of the voltage at their input: they hang behind the changeover unless told."""
    places = {device.name: device.place or Place.LOAD for device in facts.devices}
    return [
        Seen(one.source, not one.says, one.up_ms)
        for one in battery(site, facts)
        if places[one.source.partition("/")[0]] is place
    ]


def engine(site: Site, facts: Facts) -> tuple[str | None, str]:
    """(word, source): the controller's own word, or its speed; another controller only when the first is silent."""
    sets = [device.name for device in facts.devices if device.kind == "generator_controller"]
    for device in sorted(sets, key=lambda name: name != facts.controller):
        word = word_of(site, device, "engine.state")
        if word is not None:
            return word, f"{device}/engine.state"
        speed = number_of(site, device, "engine.speed")
        if speed is not None:
            return ("running" if speed > RUNNING_RPM else "stopped"), f"{device}/engine.speed"
    return None, ""


def on_set(site: Site, facts: Facts, set_live: bool | None) -> bool | None:
    """Does the set carry the load? Its power, measured on its own side; else the switch that stands at a live set."""
    least = LOADED_SHARE * facts.set.rated_kw * 1000
    watts = [number_of(site, facts.controller, "generator.power")]
    watts += [
        number_of(site, device.name, "meter.power")
        for device in facts.devices
        if device.kind == "meter" and device.place is Place.GENERATOR
    ]
    known = [abs(one) for one in watts if one is not None]
    if any(one > least for one in known):
        return True
    position = switch_position(site, facts)
    if position is not None:
        return set_live if position == "generator" else False
    return False if known else None


def switch_position(site: Site, facts: Facts) -> str | None:
    """mains · generator · off, where a transfer switch tells."""
    words = (word_of(site, device.name, "switch.position") for device in facts.devices)
    return next((word for word in words if word is not None), None)


def load_power(site: Site, facts: Facts) -> float | None:
    """Watts behind the changeover; None where no meter sees them."""
    meters = [device.name for device in facts.devices if device.kind == "meter" and device.place is Place.LOAD]
    watts = [number for name in meters if (number := number_of(site, name, "meter.power")) is not None]
    return sum(watts) if watts else None


def as_witness(one: Seen, says: str, place: Place | None, site: Site) -> Witness:
    """As staff read it."""
    device, _, signal = one.source.partition("/")
    value = value_of(site, device, signal) or next(iter(site.values.get(device, {}).values()), None)
    origin = value.origin if value is not None else Origin.MEASURED
    return Witness(source=one.source, says=says, origin=origin, up_ms=one.up_ms, place=place)
