"""Curves: a value holds as long as anybody knows it, a gap is a gap, and no peak vanishes however much is drawn."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Endurance
from contract.words import Power
from dashboard.core.site.charts import Line, charts, of_judged
from dashboard.core.site.knowledge import Span
from dashboard.core.site.periods import DAY_MS, HOUR_MS, LENGTHS, Period, begin_of
from dashboard.core.site.quarters import QUARTER_MS, ranges, spread, summed, together
from dashboard.core.site.series import HOLD_MS, Bucket, Held, Sample, buckets, curve, held, silences
from dashboard.io.store.chunks import packed, unpacked

ALWAYS = [Span(0, 10**14)]
VALUES = st.lists(
    st.tuples(st.integers(0, 2 * DAY_MS), st.one_of(st.none(), st.floats(-50, 50))), max_size=60
)  # fmt: skip


def _samples(pairs: Any) -> list[Sample]:
    return [Sample(at, value) for at, value in pairs]


def test_value_that_rests_is_a_line_and_not_a_gap() -> None:
    """A calm site tells what moved, and all of it twice a day."""
    points = curve(_samples([(0, 80.0), (12 * HOUR_MS, 80.0), (24 * HOUR_MS, 79.0)]), ALWAYS)

    assert [80.0, 80.0, 79.0] == [value for _, value in points]


def test_missing_value_and_silence_are_gaps() -> None:
    """None is told as it came; after a time of which nothing is known the line begins anew."""
    known = [Span(0, 2000), Span(9000, 20_000)]

    points = curve(_samples([(0, 1.0), (1000, None), (1500, 2.0), (9000, 3.0)]), known)

    assert [(0.0, 1.0), (1.0, None), (1.5, 2.0), (2.001, None), (9.0, 3.0)] == points


def test_value_is_never_held_for_longer_than_a_site_is_silent() -> None:
    """Nothing told for thirteen hours: nobody knows, whatever the run says."""
    (one,) = held([Sample(0, 5.0)], ALWAYS)

    assert (0, HOLD_MS) == (one.from_ms, one.until_ms)


def test_value_measured_just_before_its_record_belongs_to_it() -> None:
    """A run begins with a record; the reading in it is some seconds older."""
    (one,) = held([Sample(58_000, 5.0)], [Span(60_000, 90_000)])

    assert (58_000, 90_000) == (one.from_ms, one.until_ms)


def test_sample_outside_of_all_that_is_known_is_a_point() -> None:
    """It is shown where it was measured, and says nothing of the time around it."""
    (one,) = held([Sample(5_000_000, 5.0)], [Span(0, 1000)])

    assert one.from_ms == one.until_ms


def test_bucket_holds_lowest_and_highest_and_what_holds_on() -> None:
    """A dip of one sample is there; a bucket without a sample holds the value before it; one in a gap is empty."""
    steps = held(_samples([(0, 10.0), (1200, 2.0), (1300, 10.0), (5100, 4.0)]), [Span(0, 4000), Span(5100, 9000)])

    found = buckets(steps, 0, 1000, 7)

    assert [Bucket(10, 10), Bucket(2, 10), Bucket(10, 10), Bucket(10, 10), Bucket(None, None), Bucket(4, 4),
            Bucket(4, 4)] == found  # fmt: skip


@given(VALUES, st.integers(1, 400))
def test_no_peak_and_no_dip_is_lost(pairs: Any, count: int) -> None:
    """However few buckets: the extremes of all samples are the extremes of all buckets."""
    values = [one.value for one in {at: Sample(at, value) for at, value in pairs}.values() if one.value is not None]

    found = buckets(held(_samples(dict(pairs).items()), ALWAYS), 0, 2 * DAY_MS // count + 1, count)

    lows = [one.low for one in found if one.low is not None]
    highs = [one.high for one in found if one.high is not None]
    assert (min(values, default=None), max(values, default=None)) == (min(lows, default=None), max(highs, default=None))


@given(VALUES)
def test_summed_up_a_day_keeps_its_extremes_and_its_end(pairs: Any) -> None:
    """Quarters: lowest, highest and last of each; packed and unpacked they are the same."""
    samples = _samples({at % DAY_MS: value for at, value in pairs}.items())

    quarters = summed(samples)

    values = [one.value for one in samples if one.value is not None]
    assert quarters == unpacked(packed(quarters))
    assert min(values, default=None) == min((one.low for one in quarters if one.low is not None), default=None)
    assert max(values, default=None) == max((one.high for one in quarters if one.high is not None), default=None)
    if samples:
        assert max(samples).value == quarters[-1].last


@given(VALUES, st.integers(0, 60))
def test_day_told_in_two_parts_is_summed_up_the_same(pairs: Any, cut: int) -> None:
    """What comes late is added to what was summed up before."""
    samples = sorted(_samples({at % DAY_MS: value for at, value in pairs}.items()))

    assert summed(samples) == together(summed(samples[:cut]), summed(samples[cut:]))


def test_day_that_was_changed_on_the_disk_is_a_gap() -> None:
    """No wrong value, and no fault of the page; a bomb is not unpacked either."""
    assert [] == unpacked(b"not packed at all")
    assert [] == unpacked(packed(summed(_samples([(0, 1.0)])))[:-3] + b"xyz")


def test_quarters_hold_on_until_the_next_and_not_over_a_gap() -> None:
    """Of a day of which nothing is known after ten, nothing is drawn after ten."""
    quarters = summed(_samples([(8 * HOUR_MS, 5.0), (8 * HOUR_MS + 60_000, 9.0)]))

    steps = spread(ranges(0, quarters), [Span(0, 10 * HOUR_MS)])

    assert Held(8 * HOUR_MS, 8 * HOUR_MS + 60_000, 5.0, 9.0, 9.0) == steps[0]
    assert (10 * HOUR_MS, 9.0) == (steps[1].until_ms, steps[1].last)
    assert QUARTER_MS * 96 == DAY_MS


def test_silence_is_where_no_curve_of_a_chart_says_anything() -> None:
    """One that speaks is enough for a chart not to be striped there."""
    one, other = [Held(0, 10, 1, 1, 1)], [Held(5, 20, 1, 1, 1), Held(20, 30, None, None, None), Held(40, 50, 1, 1, 1)]

    assert [Span(20, 40), Span(50, 60)] == silences([one, other], 0, 60)


def test_year_ends_with_the_present() -> None:
    """The last bucket holds now; the first lies a year back."""
    now = 20_000 * DAY_MS + 7
    begin = begin_of(Period.YEAR, now)

    assert begin <= now - 365 * DAY_MS
    assert now <= begin + LENGTHS[Period.YEAR].whole_ms < now + LENGTHS[Period.YEAR].step_ms


def _charts(kall: Any, reader: Any, lines: list[Line], judged: Any = None, **state: Any) -> Any:
    read = reader()
    end = read.now.wall_ms
    told = charts(
        lines, judged or {"usable": [], "hours": []}, Period.DAY, begin_of(Period.DAY, end), end,
        kall.picture(state.pop("power", Power.ON_RESERVE), **state), read,
    )  # fmt: skip
    return {one.key: one for one in told.charts}


def test_chart_is_in_units_of_people_and_knows_its_gaps(kall: Any, reader: Any) -> None:
    """Watts are drawn as kW with one decimal; where nothing was told there is null and a stripe."""
    noon = reader().now.wall_ms
    steps = [Held(noon - 4 * HOUR_MS, noon - 2 * HOUR_MS, 14_960.0, 15_040.0, 15_000.0)]

    found = _charts(kall, reader, [Line(signal="generator.power", device="genset", steps=steps)])

    load = found["load"]
    assert ("kW", 0.1, 1) == (load.unit, load.digit, load.decimals)
    assert {None, 150} == set(load.series[0].low)
    assert [(noon / 1000 - 7200, noon / 1000)] == [load.gaps[-1]]
    assert ["load"] == list(found)


def test_two_devices_of_one_kind_are_two_lines(kall: Any, reader: Any) -> None:
    """Each with its device's name; never one line made of both."""
    noon = reader().now.wall_ms
    steps = [Held(noon - HOUR_MS, noon, 230.0, 230.0, 230.0)]
    lines = [Line(signal="meter.voltage_l1n", device=name, steps=steps) for name in ("meter", "genset")]

    names = [one.name for one in _charts(kall, reader, lines)["voltage"].series]

    assert ["Mätare, spänning L1–N (Elverk)", "Mätare, spänning L1–N (Elmätare)"] == names


def test_fuel_is_projected_only_from_what_the_site_judged_while_it_burns(kall: Any, reader: Any) -> None:
    """Both ends of the interval as clock times, said to be calculated; on mains nothing is projected."""
    noon = reader().now.wall_ms
    usable = {"usable": of_judged([(noon - HOUR_MS, 600.0, 600.0)], ALWAYS), "hours": []}
    lasts = Endurance(low_h=75.0, high_h=111.0, basis="model", at=kall.at(), usable_l=594.0)

    burning = _charts(kall, reader, [], usable, endurance=lasts)["fuel"]
    calm = _charts(kall, reader, [], usable, endurance=lasts, power=Power.ON_MAINS)["fuel"]
    silent = _charts(kall, reader, [], usable)["fuel"]

    assert (noon / 1000 + 75 * 3600, noon / 1000 + 111 * 3600) == (burning.ahead.low, burning.ahead.high)
    assert burning.ahead.words.startswith("Beräknat: slut tidigast")
    assert (None, None) == (calm.ahead, silent.ahead)
    assert "L" == burning.unit


def test_endurance_band_is_what_was_judged_and_nothing_else(kall: Any, reader: Any) -> None:
    """At least and at most; where the site said no most, there is none."""
    noon = reader().now.wall_ms
    hours = of_judged([(noon - 2 * HOUR_MS, 75.0, 111.0), (noon - HOUR_MS, 74.0, None)], ALWAYS)

    lasts = _charts(kall, reader, [], {"usable": [], "hours": hours})["lasts"].series[0]

    assert {36, 0} == set(lasts.over)
    assert (74, 0) == (lasts.low[-1], lasts.over[-1])


def test_numbers_beyond_reason_are_a_gap(kall: Any, reader: Any) -> None:
    """What no screen can show is not drawn."""
    noon = reader().now.wall_ms
    steps = [Held(noon - HOUR_MS, noon, 1e300, 1e300, 1e300)]

    assert {} == _charts(kall, reader, [Line(signal="fuel.level", device="genset", steps=steps)])
