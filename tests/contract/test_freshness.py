"""Age without a wall clock where possible, and never fresh without proof."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.freshness import DRIFT, Contact, Now, age_ms, heard, hours_left, judge, proven, silence_ms, way_ms
from contract.judgement import Endurance
from contract.messages import Head
from contract.wire import Moment
from contract.words import ClockQuality, Freshness, Power, Status

WALL = 1_764_000_000_000
SYNCED, HOLDOVER, UNSYNCED = ClockQuality.SYNCED, ClockQuality.HOLDOVER, ClockQuality.UNSYNCED
TEN_S = 10_000

MS = st.integers(0, 2**45)
BOOTS = st.sampled_from(["b-1", "b-2"])
MOMENTS = st.builds(Moment, boot=BOOTS, up_ms=MS, wall_ms=st.none() | MS, clock=st.sampled_from(ClockQuality))
CONTACTS = st.none() | st.builds(Contact, boot=BOOTS, up_ms=MS, mono_ms=MS)
NOWS = st.builds(Now, mono_ms=MS, wall_ms=st.none() | MS, clock=st.sampled_from(ClockQuality))


def seen(**changes: Any) -> Moment:
    """A moment 50 s after boot b-1."""
    return msgspec.structs.replace(Moment(boot="b-1", up_ms=50_000, wall_ms=WALL, clock=SYNCED), **changes)


def now(**changes: Any) -> Now:
    """The reader's time when its own clock shows 1 007 000 ms, 12 s after that moment by the wall clock."""
    return msgspec.structs.replace(Now(mono_ms=1_007_000, wall_ms=WALL + 12_000, clock=SYNCED), **changes)


HEARD = Contact(boot="b-1", up_ms=55_000, mono_ms=1_000_000)
"""A live message, 5 s after the moment, 7 s before now: the moment is 12 s old."""


@pytest.mark.parametrize(
    ("expected", "moment", "contact", "reader"),
    [
        # counted on uptime: the wall clocks may say what they like
        (12_000, seen(), HEARD, now()),
        (12_000, seen(wall_ms=None, clock=UNSYNCED), HEARD, now(wall_ms=None, clock=UNSYNCED)),
        (12_000, seen(wall_ms=0), HEARD, now(wall_ms=10)),
        (12_000, seen(), HEARD, now(wall_ms=0, clock=UNSYNCED)),
        # never younger than nothing
        (0, seen(up_ms=70_000), HEARD, now()),
        # not heard live, or heard from another boot: the wall clocks, if both can be believed
        (12_000, seen(), None, now()),
        (12_000, seen(boot="b-0"), HEARD, now()),
        (12_000, seen(clock=HOLDOVER), None, now(clock=HOLDOVER)),
        (0, seen(), None, now(wall_ms=WALL)),
        # and otherwise nobody can tell
        (None, seen(clock=UNSYNCED), None, now()),
        (None, seen(), None, now(clock=UNSYNCED)),
        (None, seen(boot="b-0", clock=UNSYNCED), HEARD, now()),
        (None, seen(boot="b-0"), HEARD, now(clock=UNSYNCED)),
        (None, seen(wall_ms=None), None, now()),
        (None, seen(), None, now(wall_ms=None)),
        # a moment in the future: one of the clocks went backwards
        (None, seen(wall_ms=WALL + 12_001), None, now()),
        (None, seen(boot="b-0"), HEARD, now(wall_ms=WALL - 1)),
    ],
)
def test_age_of_a_moment(expected: int | None, moment: Moment, contact: Contact | None, reader: Now) -> None:
    """Uptime first, believed wall clocks second, else unknown."""
    assert expected == age_ms(moment, contact, reader)


def test_contact_is_the_live_message(head: Head) -> None:
    """Contact takes boot and uptime from the head, and the reader's own time."""
    assert Contact(boot="b-1", up_ms=86_400_000, mono_ms=5) == Contact.of(head, 5)


SAID = st.lists(st.tuples(st.integers(1, 400_000), st.integers(0, 4_000_000)), min_size=2, max_size=12)


@given(said=SAID, first_ms=st.integers(0, 10_000), wait_ms=st.integers(0, 10**7))
def test_no_delay_and_no_order_makes_a_word_younger(said: list[tuple[int, int]], first_ms: int, wait_ms: int) -> None:
    """Messages held up for any time, in any order: no age is below the truth by more than the first one's delay."""
    head = Head(site="s", run="r", boot="b-1", up_ms=0, wall_ms=None, clock=UNSYNCED, status=Status.ACTUAL)
    up_ms, came = 1_000_000, [(1_000_000 + first_ms, 1_000_000)]
    for gap_ms, late_ms in said:
        up_ms += gap_ms
        came.append((max(up_ms + late_ms, came[0][0]), up_ms))
    contact: Contact | None = None
    for mono_ms, told_ms in [came[0], *sorted(came[1:])]:
        contact = heard(contact, msgspec.structs.replace(head, up_ms=told_ms), mono_ms)
        then = Now(mono_ms + wait_ms, None, UNSYNCED)
        moment = msgspec.structs.replace(head, up_ms=told_ms).moment()
        true_ms = then.mono_ms - told_ms
        slack = first_ms + int(DRIFT * (up_ms - 1_000_000)) + len(came)
        age = age_ms(moment, contact, then)
        assert age is not None
        assert true_ms - slack <= age <= true_ms
        silence = silence_ms(contact, then)
        assert silence is not None
        assert silence <= age


@given(
    said=SAID, first_ms=st.integers(0, 10**7), asked_ms=st.lists(st.integers(-5_000, 400_000), min_size=1, max_size=12)
)
def test_a_first_word_of_any_age_makes_nothing_young(
    said: list[tuple[int, int]], first_ms: int, asked_ms: list[int]
) -> None:
    """Nothing is dated before a word answers ours, and then no age is below the truth, however late all of it came."""
    head = Head(site="s", run="r", boot="b-1", up_ms=0, wall_ms=None, clock=UNSYNCED, status=Status.ACTUAL)
    told_ms, mono_ms, answers = 20_000_000, 20_000_000 + first_ms, False
    contact = proven(None, msgspec.structs.replace(head, up_ms=told_ms), mono_ms, "mine", None)
    assert contact is None
    for number, (gap_ms, late_ms) in enumerate(said):
        told_ms += gap_ms
        mono_ms = max(mono_ms, told_ms + late_ms)
        before_ms = asked_ms[number % len(asked_ms)]
        answered = told_ms - before_ms if before_ms >= 0 else None
        answers = answers or answered is not None
        contact = proven(contact, msgspec.structs.replace(head, up_ms=told_ms), mono_ms, "mine", answered)

        assert answers is (contact is not None)
        slack = int(DRIFT * (told_ms - 20_000_000)) + number + 1
        assert contact is None or mono_ms - told_ms <= (silence_ms(contact, Now(mono_ms, None, UNSYNCED)) or 0) + slack


def test_an_answer_that_came_at_once_corrects_one_that_was_slow(head: Head) -> None:
    """The first answer only proves an age of at most a minute; the next one is as young as it is."""
    first = proven(None, msgspec.structs.replace(head, up_ms=1_000_000), 5_060_000, "mine", 5_000_000)
    next_ = proven(first, msgspec.structs.replace(head, up_ms=1_060_000), 5_120_000, "mine", 5_119_990)

    assert Contact(head.boot, 1_000_000, 5_000_000) == first
    assert Contact(head.boot, 1_060_000, 5_119_990) == next_


def test_two_clocks_that_drift_stay_in_contact(head: Head) -> None:
    """A year of heartbeats between crystals that run 100 ppm apart: none of them looks held up."""
    contact: Contact | None = None
    for beat in range(100_000):
        contact = heard(contact, msgspec.structs.replace(head, up_ms=beat * 299_970), beat * 300_000)

    assert contact is not None
    assert 99_999 * 300_000 == contact.mono_ms


@given(moment=MOMENTS, contact=CONTACTS, reader=NOWS)
def test_age_is_unknown_or_not_negative(moment: Moment, contact: Contact | None, reader: Now) -> None:
    """No age is below zero, and none comes from a clock that nobody believes."""
    age = age_ms(moment, contact, reader)

    assert age is None or age >= 0
    if contact is None or contact.boot != moment.boot:
        unbelieved = UNSYNCED in (moment.clock, reader.clock) or None in (moment.wall_ms, reader.wall_ms)
        assert age is None or not unbelieved


@given(
    moment=MOMENTS, contact=CONTACTS.filter(bool), reader=NOWS, wall=st.none() | MS, clock=st.sampled_from(ClockQuality)
)
def test_age_over_uptime_needs_no_wall_clock(
    moment: Moment, contact: Contact, reader: Now, wall: int | None, clock: ClockQuality
) -> None:
    """While the sender has not restarted, no wall clock can change an age."""
    same_boot = msgspec.structs.replace(moment, boot=contact.boot)
    other_clock = msgspec.structs.replace(reader, wall_ms=wall, clock=clock)

    assert age_ms(same_boot, contact, reader) is not None
    assert age_ms(same_boot, contact, reader) == age_ms(same_boot, contact, other_clock)


@given(moment=MOMENTS, contact=CONTACTS.filter(bool), reader=NOWS, later=st.integers(0, 2**40))
def test_what_is_not_told_anew_grows_old(moment: Moment, contact: Contact, reader: Now, later: int) -> None:
    """Time passes at the reader: no age ever shrinks without a new message."""
    moment = msgspec.structs.replace(moment, boot=contact.boot)
    at_once = age_ms(moment, contact, reader)
    afterwards = age_ms(moment, contact, msgspec.structs.replace(reader, mono_ms=reader.mono_ms + later))

    assert at_once is not None
    assert afterwards is not None
    assert at_once <= afterwards


def test_silence_is_counted_by_the_reader_alone() -> None:
    """How long since the last live message; None when there was none."""
    assert 7_000 == silence_ms(HEARD, now(wall_ms=None, clock=UNSYNCED))
    assert silence_ms(None, now()) is None


@pytest.mark.parametrize(
    ("expected", "age", "silence"),
    [
        # signal every 10 s, heartbeat every 300 s
        (Freshness.FRESH, 0, 0),
        (Freshness.FRESH, 30_000, 900_000),
        (Freshness.STALE, 30_001, 0),
        (Freshness.STALE, 10**12, 900_000),
        (Freshness.UNKNOWN, 0, 900_001),
        (Freshness.UNKNOWN, 30_001, 900_001),
        (Freshness.UNKNOWN, None, 0),
        (Freshness.UNKNOWN, 0, None),
        (Freshness.UNKNOWN, None, None),
    ],
)
def test_judgement(expected: Freshness, age: int | None, silence: int | None) -> None:
    """Three periods are fresh, three heartbeats of silence are unknown, no age is unknown."""
    assert expected is judge(age, 10.0, 300.0, silence)


@given(moment=MOMENTS, reader=NOWS, period=st.floats(0.1, 3600), heartbeat=st.floats(1, 3600))
def test_nothing_is_fresh_without_contact(moment: Moment, reader: Now, period: float, heartbeat: float) -> None:
    """A retained message alone, however young by the wall clock, is never shown as now."""
    age = age_ms(moment, None, reader)

    assert Freshness.UNKNOWN is judge(age, period, heartbeat, silence_ms(None, reader))


@given(
    moment=MOMENTS,
    contact=CONTACTS,
    reader=NOWS,
    period=st.floats(0.1, 3600),
    heartbeat=st.floats(1, 3600),
    later=st.integers(0, 2**40),
)
def test_silence_makes_nothing_fresh(
    moment: Moment, contact: Contact | None, reader: Now, period: float, heartbeat: float, later: int
) -> None:
    """What is not fresh now is not fresh later without a new message, and in the end everything is unknown."""
    order = [Freshness.FRESH, Freshness.STALE, Freshness.UNKNOWN]

    def at(mono_ms: int) -> Freshness:
        then = msgspec.structs.replace(reader, mono_ms=mono_ms)
        return judge(age_ms(moment, contact, then), period, heartbeat, silence_ms(contact, then))

    assert order.index(at(reader.mono_ms)) <= order.index(at(reader.mono_ms + later))
    beyond = (contact.mono_ms if contact else reader.mono_ms) + int(3 * heartbeat * 1000) + 1
    assert Freshness.UNKNOWN is at(beyond)


RESERVE = (Power.ON_RESERVE, Power.RETURNING)


def endurance(low_h: float, high_h: float | None) -> Endurance:
    """An interval counted at the moment."""
    return Endurance(low_h=low_h, high_h=high_h, basis="fuel", at=seen())


@pytest.mark.parametrize(
    ("expected", "low_h", "high_h", "power", "hours_ago"),
    [
        ((20.0, 26.0), 20.0, 26.0, Power.ON_RESERVE, 0),
        ((18.0, 24.2), 20.0, 26.0, Power.ON_RESERVE, 2),
        ((18.0, 24.2), 20.0, 26.0, Power.RETURNING, 2),
        ((18.5, None), 20.0, None, Power.ON_RESERVE, 1.5),
        ((0.0, 3.5), 20.0, 26.0, Power.ON_RESERVE, 25),
        ((0.0, 0.0), 20.0, 26.0, Power.ON_RESERVE, 1000),
        (None, 20.0, 26.0, Power.ON_RESERVE, None),
        (None, 20.0, None, Power.RETURNING, None),
    ],
)
def test_hours_left_count_down_on_reserve(
    expected: Any, low_h: float, high_h: float | None, power: Power, hours_ago: float | None
) -> None:
    """In silence the interval sinks with its age, stops at zero, and is unknown when the age is."""
    age = None if hours_ago is None else int(hours_ago * 3_600_000)

    assert expected == pytest.approx(hours_left(endurance(low_h, high_h), power, age))


@given(low=st.floats(1, 1000), more=st.floats(0, 1000), ages=st.tuples(MS, MS).map(sorted))
def test_in_silence_the_interval_widens_and_its_earliest_end_stays(low: float, more: float, ages: list[int]) -> None:
    """Age and the low end always add up to the same time of day, and the width never shrinks before it."""
    sooner, later = (hours_left(endurance(low, low + more), Power.ON_RESERVE, age) for age in ages)

    assert sooner is not None
    assert later is not None
    if later[0] > 0:
        assert ages[0] / 3_600_000 + sooner[0] == pytest.approx(ages[1] / 3_600_000 + later[0])
        assert later[1] - later[0] >= sooner[1] - sooner[0] - 1e-6  # type: ignore[operator]


@pytest.mark.parametrize("power", [power for power in Power if power not in RESERVE])
@pytest.mark.parametrize("age", [0, 3_600_000, None])
def test_fuel_that_is_not_burnt_does_not_count_down(power: Power, age: int | None) -> None:
    """While the set does not carry the site, the hours stand."""
    assert (20.0, 26.0) == hours_left(endurance(20.0, 26.0), power, age)


@given(
    low=st.floats(0, 1000), more=st.floats(0, 1000), power=st.sampled_from(Power), ages=st.tuples(MS, MS).map(sorted)
)
def test_hours_left_never_grow(low: float, more: float, power: Power, ages: list[int]) -> None:
    """Hours left are an interval, never negative, and never more later than sooner."""
    sooner, later = (hours_left(endurance(low, low + more), power, age) for age in ages)

    assert sooner is not None
    assert later is not None
    for bounds in (sooner, later):
        assert bounds[1] is not None
        assert 0 <= bounds[0] <= bounds[1]
    assert later[0] <= sooner[0]


def test_a_whole_queue_that_comes_at_once_is_as_old_as_it_is(head: Head) -> None:
    """An hour of messages, one each second, from a broker that was frozen for so long."""
    contact = heard(None, msgspec.structs.replace(head, up_ms=0), 0)
    for second in range(1, 3601):
        contact = heard(contact, msgspec.structs.replace(head, up_ms=second * 1000), 7_200_000)

    silence = silence_ms(contact, Now(7_200_000, None, UNSYNCED))
    assert silence == pytest.approx(3_600_000, abs=5000)


@pytest.mark.parametrize(
    ("way", "behind", "of_site", "of_reader"),
    [
        (1_200_000, 1_200_000, SYNCED, SYNCED),
        (0, 1_200_000, HOLDOVER, SYNCED),
        (0, 1_200_000, SYNCED, HOLDOVER),
        (0, -1_200_000, SYNCED, SYNCED),
        (0, 1000, SYNCED, SYNCED),
        (0, 364 * 86_400_000, SYNCED, SYNCED),
    ],
)
def test_the_way_of_a_message_is_told_by_kept_clocks_alone(
    way: int, behind: int, of_site: ClockQuality, of_reader: ClockQuality, head: Head
) -> None:
    """Time servers at both ends; and a year is no way, but a clock that is wrong."""
    said = msgspec.structs.replace(head, wall_ms=WALL, clock=of_site)

    assert way == way_ms(said, WALL + behind, of_reader)
    assert 0 == way_ms(msgspec.structs.replace(said, wall_ms=None), WALL, of_reader)
