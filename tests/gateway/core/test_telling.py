"""What the centre is told by exception: at once what matters, little else, and never younger than it is."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract import topics
from contract.messages import Alarms, Birth, DevicePicture, SiteState, SiteStatus, Value, decode
from contract.signals import catalogue
from contract.vouching import alarms_hold, periods, vouched
from contract.words import Power, Quality
from gateway.core import announce
from gateway.core.facts import DeviceFacts
from gateway.core.remembered import Judged, Memory
from gateway.core.site import Site

from .conftest import at, device, facts, genset, gone, good, silence, volts
from .told_line import METER, SET, STATE, STATUS, Line, connected, quiet


@pytest.fixture
def line() -> Line:
    """A site on mains, connected since second 10."""
    return connected()


def test_a_connect_brings_everything(line: Line) -> None:
    """Catalogue, devices, alarms, state, and last the heartbeat that vouches for them."""
    wanted = [topics.birth("are-kall"), SET, METER, topics.alarms("are-kall"), STATE, STATUS]

    assert wanted == [topic for _, topic, _ in line.sent]
    status = line.last(STATUS, SiteStatus)
    assert (10_000, {"genset": 10_000, "meter": 10_000}) == (
        status.state, {name: seen.told for name, seen in status.seen.items()}
    )  # fmt: skip


def test_a_quiet_site_sends_its_heartbeat_and_nothing_else(line: Line) -> None:
    """An hour of readings that do not move is told in twelve messages."""
    sent = []
    for second in range(15, 3615, 5):
        line.poll(second, "genset", genset(second))
        line.poll(second, "meter", volts("meter", 230 + second % 3, second))
        sent += line.look(second)

    assert [STATUS] * 12 == sent


def test_the_heartbeat_says_how_lately_all_was_read(line: Line) -> None:
    """Of a set that was last read 15 s ago, no more than that."""
    line.poll(295, "genset", genset(295))
    line.poll(308, "meter", volts("meter", 230, 308))
    line.look(310)
    seen = line.last(STATUS, SiteStatus).seen

    # its own period (10 s, as the catalogue tells it) after the oldest reading, and never after now
    assert (305_000, 310_000) == (seen["genset"].read, seen["meter"].read)


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        ({"engine__state": good("running", 20)}, [STATUS]),
        ({"controller__shutdown_alarm": good(1, 20)}, [STATUS]),
        ({"alarm__earth-fault": good("trip", 20)}, [SET]),  # a signal that was not there
        ({"fuel__level": gone(Quality.SENSOR_FAULT, 20)}, [SET]),
        ({"fuel__level": good(30, 20)}, []),
        ({"mains__voltage_l1n": good(240, 20)}, []),
    ],
)
def test_words_and_qualities_are_told_at_once_and_numbers_with_the_heartbeat(
    line: Line, more: dict[str, Value], sent: list[str]
) -> None:
    """What changes its kind is news; what changes its size waits for the next heartbeat."""
    line.poll(20, "genset", genset(20, **more))
    told = line.look(20)

    assert sent == [topic for topic in told if topic in (SET, METER, STATUS)]
    line.look(310)
    held = line.last(SET, DevicePicture)
    values = vouched(held, line.last(STATUS, SiteStatus), periods(line.last(topics.birth("are-kall"), Birth))).values
    for key, value in more.items():
        assert (value.value, value.quality) == (
            values[key.replace("__", ".")].value, values[key.replace("__", ".")].quality
        )  # fmt: skip


def test_a_silent_device_is_told_at_once(line: Line) -> None:
    """Its picture without values, within the look after the poll."""
    line.poll(20, "meter", silence(line.story.site.values["meter"], 20))

    assert METER in line.look(20)
    assert {Quality.COMM_ERROR} == {value.quality for value in line.last(METER, DevicePicture).values.values()}


def test_what_moved_is_told_until_it_is_back(line: Line) -> None:
    """Each heartbeat carries all that lies outside its dead-band: one that was lost is made good by the next."""
    moved = []
    for second, volt in ((310, 240.0), (610, 240.0), (910, 231.0)):
        line.poll(second - 1, "meter", volts("meter", volt, second - 1))
        line.look(second)
        moved.append(set(line.last(STATUS, SiteStatus).seen["meter"].moved))

    phases = {f"meter.voltage_l{phase}n" for phase in (1, 2, 3)}
    assert [phases, phases, set()] == moved


def test_moves_that_cost_more_than_a_picture_are_told_as_one(line: Line) -> None:
    """After some heartbeats with the same moves the picture comes anew, and the heartbeat is short again."""
    for beat in range(1, 40):
        line.poll(10 + 300 * beat, "meter", volts("meter", 245, 10 + 300 * beat))
        line.look(10 + 300 * beat)

    assert 2 == sum(topic == METER for _, topic, _ in line.sent)
    assert {} == line.last(STATUS, SiteStatus).seen["meter"].moved


def test_a_fluttering_flag_does_not_empty_the_purse(line: Line) -> None:
    """It is told at once some times, then with the heartbeats: two hours of it cost some dozen messages, not 1 440."""
    for second in range(15, 7215, 5):
        line.poll(second, "genset", genset(second, controller__shutdown_alarm=good(second // 5 % 2, second)))
        line.look(second)

    assert 24 <= sum(topic in (STATUS, SET) for _, topic, _ in line.sent) < 60


def test_what_is_read_once_and_changes_comes_as_a_picture() -> None:
    """Another controller behind the same address: nobody vouches for its model, so a heartbeat cannot carry it."""
    signals = dict.fromkeys(genset(0), ("", 5.0, False)) | {"controller.model": ("", 86_400.0, False)}
    line = Line(quiet(devices=(msgspec.structs.replace(device("genset"), signals=signals),)))
    for second, model in ((1, "IL-NT"), (20, "DSE 7320")):
        line.poll(second, "genset", genset(second, controller__model=good(model, second)))
        sent = line.look(second) or line.connect(second)

    assert [SET] == sent
    assert "DSE 7320" == line.last(SET, DevicePicture).values["controller.model"].value


def test_alarms_are_named_by_the_heartbeat_and_told_once_more(line: Line) -> None:
    """The gateway cannot know whether the centre has them: after a change they come again with the next heartbeat."""
    alarms, again = topics.alarms("are-kall"), []
    line.story.site = msgspec.structs.replace(
        line.story.site, memory=msgspec.structs.replace(line.story.site.memory, alarm_revision=7)
    )
    assert alarms in line.look(20, judged=True)
    for second in range(25, 1225, 5):
        again += [(second, topic) for topic in line.look(second) if topic == alarms]

    assert [(310, alarms)] == again
    held, status = line.last(alarms, Alarms), line.last(STATUS, SiteStatus)
    assert (7, 20_000) == (held.revision, status.alarms)
    assert alarms_hold(held, status)


def test_what_counts_by_itself_is_no_news(line: Line) -> None:
    """An energy counter moves all day; it comes with the snapshot, and shows its age until then."""
    for second in range(15, 615, 5):
        line.poll(second, "genset", genset(second) | {"generator.energy_export": good(second, second)})
        line.look(second)

    assert {} == line.last(STATUS, SiteStatus).seen["genset"].moved


def test_off_the_mains_the_heartbeat_comes_at_once_and_often(line: Line) -> None:
    """It names its new pace, so that silence is noticed so much earlier."""
    line.poll(20, "genset", genset(20, mains=0, engine="running", kw=14))
    line.poll(21, "genset", genset(21, mains=0, engine="running", kw=14))
    line.poll(26, "meter", volts("meter", 230, 26))
    told = line.look(26, judged=True)

    assert {STATE, STATUS} <= set(told)
    assert (Power.ON_RESERVE, 60) == (line.last(STATE, SiteState).power, line.last(STATUS, SiteStatus).heartbeat_s)


def test_now_and_then_everything_is_told_again(line: Line) -> None:
    """The snapshot proves that nothing was missed; it comes with a heartbeat, and without the catalogue."""
    line.story.facts = quiet(snapshot_every_s=900.0)
    sent = [topic for second in range(15, 1815, 5) for topic in line.look(second)]

    assert 2 == sent.count(SET) == sent.count(METER) == sent.count(STATE)
    assert topics.birth("are-kall") not in sent


def test_before_the_first_connect_nothing_is_due() -> None:
    """With the link comes everything."""
    line = Line()
    line.poll(1, "genset", genset(1))

    assert [] == line.look(400)


def test_a_site_that_stays_as_it_is_tells_no_state(line: Line) -> None:
    """Times of reading move with every poll and are no news."""
    sent = []
    for second in range(15, 875, 5):
        line.poll(second, "genset", genset(second))
        line.poll(second, "meter", volts("meter", 230, second))
        sent += line.look(second, judged=True)

    assert STATE not in sent


NOISY = ("fuel.level", "mains.voltage_l1n", "generator.power", "engine.state")


def _noisy(chance: random.Random, second: float) -> dict[str, Value]:
    if chance.random() < 0.1:
        return silence(NOISY, second)
    values = {key: good(round(chance.uniform(0, 6), 2), second) for key in NOISY[:3]}
    if chance.random() < 0.15:
        values["fuel.level"] = gone(Quality.SENSOR_FAULT, second)
    return values | {"engine.state": good(chance.choice(["stopped", "stopped", "running"]), second)}


def _band(key: str) -> float:
    signal = catalogue()[key]
    return signal.deadband if signal.calm is None else signal.calm


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.5]))
def test_a_reader_never_holds_a_value_for_younger_than_it_is(seed: int, lost: float) -> None:
    """Whatever moves, falls silent or is lost on the way: what is shown as of a time was read then or later, within its
    dead-band; and what was a value then is not shown as missing."""
    set_alone = msgspec.structs.replace(device("genset"), poll_every_s=30.0, signals=_signals())
    of = facts(set_alone, rules={}, snapshot_every_s=1800.0)
    line, second, chance = Line(of), 0.0, random.Random(seed)
    held: dict[str, Any] = {}
    line.poll(0, "genset", _noisy(chance, 0))
    read = {key: [(value.up_ms, value)] for key, value in line.story.site.values["genset"].items()}
    line.connect(0)
    while second < 3000:
        came = [one for one in line.sent if one[1] == topics.birth("are-kall") or chance.random() >= lost]
        held |= {topic: payload for _, topic, payload in came}
        line.sent.clear()
        _prove(held, read)
        second += chance.choice([5, 10, 30, 120])
        if chance.random() < 0.7:
            line.poll(second, "genset", _noisy(chance, second))
        for key, value in line.story.site.values["genset"].items():
            read[key].append((value.up_ms, value))
        line.look(second, judged=chance.random() < 0.3)


def _signals() -> dict[str, tuple[str, float, bool]]:
    return {key: ("", 60.0 if key == "fuel.level" else 30.0, False) for key in NOISY}


def _prove(held: dict[str, bytes], read: dict[str, list[tuple[int, Value]]]) -> None:
    if SET not in held or STATUS not in held:
        return
    birth = decode(held[topics.birth("are-kall")], Birth)
    shown = vouched(decode(held[SET], DevicePicture), decode(held[STATUS], SiteStatus), periods(birth))
    for key, value in shown.values.items():
        later = [one for up_ms, one in read[key] if up_ms >= value.up_ms]
        assert any(_like(key, value, one) for one in later), (key, value, later)


def _like(key: str, shown: Value, was: Value) -> bool:
    if shown.quality is not was.quality:
        return False
    if isinstance(shown.value, str) or shown.value is None or isinstance(was.value, str) or was.value is None:
        return shown.value == was.value
    return abs(shown.value - was.value) <= _band(key) + catalogue()[key].deadband / 5


def test_periods_are_those_of_the_catalogue_that_the_centre_holds() -> None:
    """What `read` promises is counted with the same periods at both ends."""
    of = facts()
    told = decode(announce.birth(of, at(1))[1], Birth)
    devices: dict[str, DeviceFacts] = {one.name: one for one in of.devices}

    for name, signals in periods(told).items():
        assert signals == {key: announce.period_s(devices[name], key, of) for key in signals}
        assert signals


def test_a_site_on_mains_for_long_costs_what_the_budget_says() -> None:
    """A month of payload alone, with all heartbeats, is far below 5 MB."""
    line = Line()
    line.story.site = Site(memory=Memory(judged=Judged(power=Power.ON_MAINS)))
    line.poll(1, "genset", genset(1))
    line.connect(1)
    for second in range(300, 86_400, 300):
        line.poll(second, "genset", genset(second))
        line.look(second)

    assert sum(len(payload) for _, _, payload in line.sent) * 30 < 2_000_000
