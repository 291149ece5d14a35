"""Every thought in one order: records without gaps, silence as a batch, the same answer for the same input."""

from collections import defaultdict

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Value
from contract.orders import Activation, Report, What
from contract.records import BODIES
from contract.words import PUBLIC_EVENTS, Origin, Quality, Stream
from gateway.core import pipeline
from gateway.core.pipeline import Batch, Happening, Tick
from gateway.core.remembered import MAX_PUBLIC_EVENTS

from .conftest import WALL_MS, Story, at, facts, genset, gone, good, order, silence, volts

LACKS = st.sampled_from([quality for quality in Quality if quality not in (Quality.GOOD, Quality.SUBSTITUTED)])
VALUE = st.one_of(
    st.integers(-70_000, 70_000).map(good), st.sampled_from(["auto", "running", "stopped", "trip", ""]).map(good),
    LACKS.map(gone),
)  # fmt: skip
KEYS = [*genset(0), *volts("meter", 0, 0), "alarm.earth-fault", "alarm.fail-to-start"]
BATCH = st.builds(
    Batch, device=st.sampled_from(["genset", "meter"]), values=st.dictionaries(st.sampled_from(KEYS), VALUE)
)
WHAT: st.SearchStrategy[What] = st.one_of(
    st.builds(Activation, active=st.booleans(), reason=st.just("")),
    st.builds(Report, observed_ms=st.just(WALL_MS), power=st.sampled_from(["mains", "reserve", "none", None])),
)
ORDER = st.builds(order, st.integers(0, 5), WHAT)
STEPS = st.lists(st.tuples(st.integers(0, 120), BATCH | ORDER | st.just(Tick())), max_size=25)


def play(story: Story, steps: list[tuple[int, Happening]]) -> None:
    """Lead the site through all steps, so many seconds apart."""
    second = 0
    for pause, what in steps:
        second += pause
        story.step(at(second), what)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_records_are_gapless_and_readable_whatever_happens(steps: list[tuple[int, Happening]]) -> None:
    """Each stream counts from one without gaps, each body is what its kind promises, the memory can be read back."""
    story = Story(facts())
    play(story, steps)
    seqs: dict[Stream, list[int]] = defaultdict(list)
    for one in story.told:
        seqs[one.stream].append(one.seq)
        msgspec.convert(msgspec.json.decode(msgspec.json.encode(one.body)), BODIES[one.kind])

    assert all(list(range(1, len(found) + 1)) == found for found in seqs.values())
    assert {stream: len(found) for stream, found in seqs.items()} == story.site.seqs
    assert pipeline.awakened(story.site.memory) == story.restarted().site


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_the_same_steps_lead_to_the_same_site(steps: list[tuple[int, Happening]]) -> None:
    """Nothing but the arguments counts: no clock, no chance."""
    first, second = Story(facts()), Story(facts())
    play(first, steps)
    play(second, steps)

    assert first.site == second.site
    assert first.told == second.told


def test_silence_is_a_batch_and_is_told_once() -> None:
    """All values lose their number, also those of the slow round; each event comes once; then they are back."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1) | {"engine.speed": good(0, 1)})
    for second in (6, 11, 16):
        story.poll(at(second), "genset", silence(genset(1), second))
    lost = story.site.values["genset"]
    story.poll(at(21), "genset", genset(21))

    assert {Quality.COMM_ERROR} == {value.quality for value in lost.values()}
    assert "engine.speed" in lost
    assert ["device_silent", "device_back"] == story.kinds("power_changed")
    assert Quality.GOOD is story.site.values["genset"]["fuel.level"].quality
    assert Quality.COMM_ERROR is story.site.values["genset"]["engine.speed"].quality


@pytest.mark.parametrize(
    ("quality", "told"),
    [
        *((one, ["sensor_fault", "sensor_back"]) for one in pipeline.BROKEN),
        *((one, []) for one in Quality if one not in (*pipeline.BROKEN, Quality.GOOD, Quality.SUBSTITUTED)),
    ],
)
def test_only_some_missing_values_are_the_sensors_fault(quality: Quality, told: list[str]) -> None:
    """What is beyond its range or bad is one; what is open, not fitted or not yet read says nothing of the sensor."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    for second in (6, 11):
        story.poll(at(second), "genset", genset(second) | {"fuel.level": gone(quality, second)})
    story.poll(at(16), "genset", genset(16))

    assert told == [kind for kind in story.kinds() if kind.startswith("sensor_")]


def test_one_missing_value_is_not_a_silent_device() -> None:
    """The device goes on; only what is missing is missing."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1) | {"fuel.level": gone(Quality.COMM_ERROR, 1)})

    assert [] == story.kinds("power_changed")
    assert 0 == story.site.polls_failed["genset"]


def test_a_silence_that_outlives_the_gateway_is_told_once() -> None:
    """The new run does not tell it anew, and tells when the device is back."""
    story = Story(facts())
    story.poll(at(1), "genset", silence(genset(1), 1))
    after = story.restarted()
    after.poll(at(30, run="run-2"), "genset", silence(genset(1), 30))
    after.poll(at(35, run="run-2"), "genset", genset(35))

    assert ["device_silent"] == story.kinds("power_changed")
    assert ["device_back"] == after.kinds("power_changed")


def test_the_public_list_keeps_the_newest_events() -> None:
    """Bounded, in order, and each with the run and number of its record."""
    story = Story(facts())
    for number in range(120):
        story.poll(at(number * 300), "genset", genset(number * 300, mains=230 if number % 2 else 0))
    public = story.site.memory.public_events
    told = {one.seq: one.kind for one in story.told if one.stream is Stream.EVENT}

    assert MAX_PUBLIC_EVENTS == len(public)
    assert all(event.kind in PUBLIC_EVENTS and told[event.seq] == event.kind for event in public)
    assert sorted(event.seq for event in public) == [event.seq for event in public]


def test_an_alarm_that_moves_shows_in_the_readiness_of_the_same_step() -> None:
    """No step publishes an alarm and a verdict that does not know of it."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, controller__shutdown_alarm=good(1)))

    assert "shutdown_latched" in [one.key for one in story.site.reasons]


def test_values_of_a_simulated_site_are_marked() -> None:
    """Every value read from a machine of such a site says so."""
    assert Origin.SIMULATED is pipeline.origin_of(facts(simulated=True))
    assert Origin.MEASURED is pipeline.origin_of(facts())


def test_a_receipt_has_its_own_stream() -> None:
    """It never delays, and is never delayed by, an event."""
    site, one = pipeline.number_receipt(Story(facts()).site, {})

    assert (Stream.RECEIPT, 1, "receipt") == (one.stream, one.seq, one.kind)
    assert {Stream.RECEIPT: 1} == site.seqs


def test_a_number_can_be_told_as_it_was_read() -> None:
    """Zero is a value; missing is none."""
    story = Story(facts())
    values: dict[str, Value] = {"fuel.level": good(0, 1), "engine.speed": gone(Quality.OVER_RANGE, 1)}
    story.poll(at(1), "genset", values)
    told = next(one for one in story.told if one.kind == "sample").body["values"]

    assert 0 == told["fuel.level"]["value"]  # type: ignore[index]
    assert (None, "over_range") == (told["engine.speed"]["value"], told["engine.speed"]["quality"])  # type: ignore[index]


def test_polls_judged_together_say_what_they_say_one_by_one() -> None:
    """What waited for others is judged as if it had come alone: the same site, the same events with their device."""
    alone, together = Story(facts()), Story(facts())
    for story in (alone, together):
        story.poll(at(1), "genset", genset(1))
        story.poll(at(2), "meter", volts("meter", 230, 2))
    alone.poll(at(7), "meter", volts("meter", 229, 6))
    alone.poll(at(7), "genset", genset(7, mains=0))
    batches = [Batch(device="meter", values=volts("meter", 229, 6)), Batch(device="genset", values=genset(7, mains=0))]
    together.site, told = pipeline.step(together.site, batches[1], together.facts, at(7), batches[:1])
    together.told += told

    assert alone.site.values == together.site.values
    assert alone.site.memory == together.site.memory
    assert sorted(alone.kinds()) == sorted(together.kinds())
    assert ["genset"] == [one.body["source"] for one in told if one.kind == "mains_lost"]


def test_each_device_of_one_judgement_has_its_own_sample() -> None:
    """Samples of devices that were read together are as many as the devices."""
    story = Story(facts())
    batches = [Batch(device="meter", values=volts("meter", 229, 6)), Batch(device="genset", values=genset(6))]
    _, told = pipeline.step(story.site, Tick(), story.facts, at(6), batches)

    assert ["meter", "genset"] == [one.body["device"] for one in told if one.kind == "sample"]
