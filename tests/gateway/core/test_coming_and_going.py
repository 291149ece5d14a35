"""What is lost is told at once, whatever flutters; what comes and goes is paid for only so often."""

from typing import Any

import msgspec
import pytest

from contract import topics
from contract.messages import Birth, DevicePicture, SiteStatus
from contract.vouching import periods, vouched
from contract.words import Quality
from gateway.core import telling

from .conftest import genset, gone, good, silence, volts
from .told_line import METER, SET, STATUS, Line, connected


@pytest.fixture
def line() -> Line:
    """A site on mains, connected since second 10."""
    return connected()


@pytest.mark.parametrize("purse", ["words", "turns"])
def test_silence_never_waits_for_what_a_flutter_has_spent(line: Line, purse: str) -> None:
    """A fluttering word has used up all that may come at once, or the meter itself has: its silence is told at once."""
    second = 15
    for _ in range(40):
        word = good("auto" if second % 2 else "manual", second)
        line.poll(second, "genset", genset(second, controller__mode=word))
        values = volts("meter", 230, second)
        if purse == "turns" and second % 2:
            values = silence(values, second)
        line.poll(second, "meter", values)
        line.look(second)
        second += 1
    line.poll(second, "meter", volts("meter", 230, second))
    line.look(second)
    line.poll(second + 1, "meter", silence(volts("meter", 230, 0), second + 1))
    line.look(second + 1)

    assert second < 300  # no heartbeat has come by itself
    assert 1 > line.told.tokens
    assert {Quality.COMM_ERROR} == {one.quality for one in line.last(METER, DevicePicture).values.values()}


def test_one_value_that_is_lost_is_told_at_once_though_others_come_and_go(line: Line) -> None:
    """What has come back and is not paid for stays missing there; what is lost is never shown as a value."""
    second, keys = 20, ("fuel.level", "engine.battery_voltage", "generator.power")
    for second in range(20, 290):
        broken = {key: gone(Quality.SENSOR_FAULT, second) for key in keys if (second + len(key)) % 3}
        line.poll(second, "genset", genset(second) | broken)
        line.look(second)
        held = line.last(SET, DevicePicture).values
        assert all(held[key].value is None for key in broken)

    assert sum(topic == SET for _, topic, _ in line.sent) < 60


def test_a_device_that_comes_and_goes_all_day_costs_little(line: Line) -> None:
    """Each second poll of the meter fails, for six hours: never shown as read when it is not, below 60 kB in all."""
    wrong = 0
    for second in range(15, 21_615, 5):
        silent = second % 10 == 0
        line.poll(second, "genset", genset(second))
        line.poll(second, "meter", (silence if silent else volts)(*_meter(silent, second)))
        line.look(second)
        wrong += silent and _has_value(line)

    cost = sum(len(payload) + telling.MESSAGE_BYTES for _, topic, payload in line.sent if topic == METER)
    assert (0, True) == (wrong, cost < 60_000)
    assert 20 < sum(topic == METER for _, topic, _ in line.sent) < 60


def _meter(silent: bool, second: float) -> tuple[Any, ...]:
    return (volts("meter", 230, 0), second) if silent else ("meter", 230.0, second)


def _has_value(line: Line) -> bool:
    return any(one.value is not None for one in line.last(METER, DevicePicture).values.values())


def test_a_sensor_that_comes_and_goes_does_not_make_its_device_old(line: Line) -> None:
    """The rest is vouched for; what has come back and may not be told yet is named, and vouched for by nobody."""
    empty = {"genset": msgspec.structs.replace(line.told.devices["genset"], turns=0.0, turns_ms=20_000)}
    line.told = msgspec.structs.replace(line.told, devices=line.told.devices | empty)
    line.poll(20, "genset", genset(20, fuel__level=gone(Quality.SENSOR_FAULT, 20)))
    line.look(20)
    for second in range(25, 625, 5):
        line.poll(second, "genset", genset(second))
        line.look(second)

    status, held = line.last(STATUS, SiteStatus), line.last(SET, DevicePicture)
    assert ("fuel.level",) == status.seen["genset"].back
    shown = vouched(held, status, periods(line.last(topics.birth("are-kall"), Birth))).values
    assert (None, 20_000) == (shown["fuel.level"].value, shown["fuel.level"].up_ms)
    assert 580_000 < shown["engine.state"].up_ms
    for second in range(625, 1825, 5):
        line.poll(second, "genset", genset(second))
        line.look(second)
    assert 60 == line.last(SET, DevicePicture).values["fuel.level"].value
