"""What `key=value` of a story makes a device read."""

import pytest

from contract.words import Origin, Quality
from gateway.core.story.story_text import StoryFault, When
from gateway.core.story.story_values import as_read, given

SET = "generator_controller"
HOUR_MS = 3_600_000


def read(text: str, at_ms: int = 0, kind: str = SET) -> dict[str, object]:
    """Signals that the text gives, read at a moment."""
    told = given(tuple(text.split()), "dev", kind, When(0, 1000), 1)
    return {one.key: as_read(one, at_ms, at_ms, Origin.MEASURED).value for one in told}


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("fuel.level=60", SET, {"fuel.level": 60.0}),
        ("power=12kW", SET, {"generator.power": 12_000.0}),
        ("power=-0.5kW", "meter", {"meter.power": -500.0}),
        ("state=running", SET, {"engine.state": "running"}),
        ("mode=auto", SET, {"controller.mode": "auto"}),
        ("mains.voltage_l2n=229", SET, {"mains.voltage_l2n": 229.0}),
        ("voltage=0", "meter", {f"meter.voltage_l{phase}n": 0.0 for phase in (1, 2, 3)}),
        ("generator.current=12A", SET, {f"generator.current_l{phase}": 12.0 for phase in (1, 2, 3)}),
        ("charge=80%", "ups", {"ups.charge": 80.0}),
        ("position=generator", "transfer_switch", {"switch.position": "generator"}),
        ("mains.present=no", "inputs", {"mains.present": 0}),
        ("maintenance_due_in=2h", SET, {"engine.maintenance_due_in": 7200.0}),
        ("oil_pressure=4bar", SET, {"engine.oil_pressure": 400.0}),
        ("alarm.fail-to-start=shutdown", SET, {"alarm.fail-to-start": "shutdown"}),
        ("fuel.level=?sensor_fault", SET, {"fuel.level": None}),
        ("fuel.level=sensor_fault", SET, {"fuel.level": None}),
    ],
)
def test_values_are_read_as_documented(text: str, kind: str, values: dict[str, object]) -> None:
    """Short keys, units, phases, words, flags, controller's alarms and missing values."""
    assert values == read(text, kind=kind)


def test_a_missing_value_has_its_reason() -> None:
    """Any quality can be said."""
    (one,) = given(("fuel.level=?over_range",), "dev", SET, When(0, 1000), 1)

    assert Quality.OVER_RANGE is as_read(one, 0, 0, Origin.MEASURED).quality


@pytest.mark.parametrize(("hour", "level"), [(0, 60.0), (1.5, 50.0), (3, 40.0), (9, 40.0)])
def test_a_ramp_goes_evenly_and_stays(hour: float, level: float) -> None:
    """From 60 to 40 in three hours, then 40."""
    assert {"fuel.level": level} == read("fuel.level=60->40 over 3h", round(hour * HOUR_MS))


def test_a_ramp_until_a_time() -> None:
    """`until` is a time of the story."""
    assert {"fuel.level": 50.0} == read("fuel.level=60->40 until 02:00", HOUR_MS)


def test_noise_is_bounded_and_the_same_again() -> None:
    """A story that is played twice tells the same."""
    seen = [read("fuel.level=60±1", at_ms)["fuel.level"] for at_ms in range(0, 100_000, 1000)]

    assert seen == [read("fuel.level=60+-1", at_ms)["fuel.level"] for at_ms in range(0, 100_000, 1000)]
    assert 59 <= min(seen) < 59.5 < 60.5 < max(seen) <= 61


def test_a_coarse_sender_tells_steps() -> None:
    """`by 1` rounds what is read, ramp and noise included."""
    seen = {read("fuel.level=60->50±0.4 over 1h by 1", at_ms)["fuel.level"] for at_ms in range(0, HOUR_MS, 60_000)}

    assert seen <= {float(level) for level in range(49, 62)}
    assert 10 <= len(seen)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fuel.lvl=3", "did you mean fuel.level?"),
        ("fuel.level=3L", "fuel.level is told in %, not in L"),
        ("fuel.level=full", "'full' is not a number"),
        ("fuel.level=?broken", "say why it is missing"),
        ("fuel.level=?good", "say why it is missing"),
        ("engine.state=runing", "did you mean running?"),
        ("alarm.fuel-low=shutdown", "no controller reports such an alarm"),
        ("alarm.earth-fault=on", "there is no such word"),
        ("fuel.level=60->40", "how long does it take?"),
        ("fuel.level=60 over 3h", "belong to a ramp"),
        ("fuel.level=60->40 over x", "is not a duration"),
        ("fuel.level=60->40 over", "'over' is not understood"),
        ("fuel.level=60 soon", "'soon' is not understood"),
    ],
)
def test_mistakes_are_one_sentence(text: str, says: str) -> None:
    """With what to write instead."""
    with pytest.raises(StoryFault) as caught:
        read(text)

    assert says in caught.value.sentence
