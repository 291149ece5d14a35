"""Each judgement passes a run as it should be, and fails every run that is not."""

from typing import Any

import pytest

from demo.core import judge
from demo.core.judge import Expected, Series, Window

SENDER_AT = {"device": "genset", "signal": "fuel.level"}
TOLD = [
    {"event": "mains_fails", "up_ms": 60_000, "expect": "mains_lost"},
    {"event": "on_reserve", "up_ms": 180_000, "expect": "on_reserve"},
    {"event": "load_off", "up_ms": 190_000},
    {"event": "sender_fault", "up_ms": 210_000, "expect": "sensor_fault", **SENDER_AT},
    {"event": "sender_fault_ends", "up_ms": 290_000, "expect": "sensor_back", **SENDER_AT},
    {"event": "silent", "up_ms": 320_000, "expect": "device_silent", "device": "meter"},
    {"event": "silent_ends", "up_ms": 400_000, "expect": "device_back", "device": "meter"},
]
EXPECTED = judge.expected_events(TOLD)
SENDER, SILENT = judge.fault_windows(TOLD)
POLL_MS, SLACK_MS, SILENCE_MS = 10_000, 16_000, 28_000


def _got(*kinds: str) -> list[dict[str, Any]]:
    """Events as a program tells them, numbered in their order."""
    bodies: dict[str, dict[str, Any]] = {
        "sensor_fault": {"device": "genset", "signal": "fuel.level", "quality": "sensor_fault"},
        "sensor_back": {"device": "genset", "signal": "fuel.level", "quality": "good"},
        "device_silent": {"device": "meter", "detail": ""},
        "device_back": {"device": "meter", "detail": ""},
    }
    return [
        {"run": "r", "seq": seq, "kind": kind, "body": bodies.get(kind, {"power": "dead"})}
        for seq, kind in enumerate(kinds, 1)
    ]


RIGHT = ("mains_lost", "on_reserve", "sensor_fault", "sensor_back", "device_silent", "device_back")


def test_expected_events_come_from_the_simulators_lines() -> None:
    """Lines without a promise are not waited for; the order is that of time."""
    kinds = [event.kind for event in judge.expected_events(reversed(TOLD))]

    assert list(RIGHT) == kinds
    assert Expected(kind="device_silent", up_ms=320_000, device="meter") == EXPECTED[4]


def test_fault_windows_come_from_begin_and_end() -> None:
    """A sender fault is of one signal, a silence of a whole device."""
    sender = Window(device="genset", signal="fuel.level", quality="sensor_fault", from_ms=210_000, to_ms=290_000)
    silent = Window(device="meter", signal=None, quality="comm_error", from_ms=320_000, to_ms=400_000)

    assert (sender, silent) == (SENDER, SILENT)


def test_kiosk_is_asked_for_public_events_only() -> None:
    """What a visitor may not see is not missed at the kiosk."""
    assert ["mains_lost", "on_reserve"] == [event.kind for event in judge.public_only(EXPECTED)]


def test_right_events_pass() -> None:
    """Once each and in order, among events of other kinds."""
    assert [] == judge.events("store", EXPECTED, _got("gateway_started", *RIGHT, "alarm_raised"))


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        (RIGHT[1:], "store: mains_lost stands there not at all, expected once"),
        ((*RIGHT, "on_reserve"), "store: on_reserve stands there 2 times, expected once"),
        (("on_reserve", "mains_lost", *RIGHT[2:]), "store: on_reserve comes where mains_lost was expected"),
        ((), "store: mains_lost stands there not at all, expected once"),
    ],
)
def test_wrong_events_fail(kinds: tuple[str, ...], sentence: str) -> None:
    """Lost, doubled and out of order are three different sentences."""
    assert sentence == judge.events("store", EXPECTED, _got(*kinds))[0]


def test_fault_of_another_signal_fails() -> None:
    """A sensor that broke by itself is not the one of the scenario."""
    got = _got(*RIGHT)
    stray = {"run": "r", "seq": 99, "kind": "sensor_fault", "body": {"device": "genset", "signal": "oil.pressure"}}

    assert [
        "store: sensor_fault genset oil.pressure stands there, but nothing in the scenario leads to it",
    ] == judge.events("store", EXPECTED, [*got, stray])


def test_one_identity_twice_fails() -> None:
    """The same record committed twice is seen, whatever it says."""
    got = _got("mains_lost", "on_reserve")

    assert [] == judge.identities("dashboard", got)
    assert ["dashboard: event r 1 stands there 2 times"] == judge.identities("dashboard", [*got, got[0]])


def _series(
    first_s: float, last_s: float, count: int, *, device: str = "genset", signal: str | None = "fuel.level"
) -> Series:
    quality = "sensor_fault" if signal else "comm_error"
    return Series(
        device=device, signal=signal, quality=quality, first_up_ms=round(first_s * 1000),
        last_up_ms=round(last_s * 1000), count=count,
    )  # fmt: skip


SILENCE = _series(325, 398, 8, device="meter", signal=None)
NOT_FITTED = Series(
    device="genset", signal="engine.oil", quality="not_fitted", first_up_ms=0, last_up_ms=9**9, count=60
)


def _missing(*series: Series) -> list[str]:
    return judge.missing((SENDER, SILENT), series, poll_ms=POLL_MS, slack_ms=SLACK_MS, silence_ms=SILENCE_MS)


def test_missing_values_in_the_windows_pass() -> None:
    """A poll late at both ends is right; what a machine never had is no fault."""
    assert [] == _missing(_series(212, 285, 8), SILENCE, NOT_FITTED)


@pytest.mark.parametrize(
    ("series", "sentence"),
    [
        ((SILENCE,), "genset/fuel.level sensor_fault: the fault of the scenario left no missing value"),
        (
            (_series(230, 285, 8), SILENCE),
            "genset/fuel.level sensor_fault: begins 20.0 s from the fault, at most 16.0 s late is right",
        ),
        (
            (_series(200, 285, 8), SILENCE),
            "genset/fuel.level sensor_fault: begins -10.0 s from the fault, at most 16.0 s late is right",
        ),
        (
            (_series(212, 250, 8), SILENCE),
            "genset/fuel.level sensor_fault: ends -40.0 s from the fault's end, 16.0 s is the most",
        ),
        (
            (_series(212, 310, 8), SILENCE),
            "genset/fuel.level sensor_fault: ends 20.0 s from the fault's end, 16.0 s is the most",
        ),
        (
            (_series(212, 285, 4), SILENCE),
            "genset/fuel.level sensor_fault: 4 values are missing, 8.0 polls fit into the fault",
        ),
        (
            (_series(212, 285, 8), _series(350, 398, 5, device="meter", signal=None)),
            "meter comm_error: begins 30.0 s from the fault, at most 28.0 s late is right",
        ),
        (
            (_series(212, 285, 8), _series(325, 430, 10, device="meter", signal=None)),
            "meter comm_error: ends 30.0 s from the fault's end, 28.0 s is the most",
        ),
        (
            (_series(212, 285, 8), SILENCE, _series(500, 510, 2, device="genset-rtu", signal=None)),
            "genset-rtu: 2 values missing as comm_error, but no fault of the scenario was then",
        ),
    ],
)
def test_missing_values_outside_the_windows_fail(series: tuple[Series, ...], sentence: str) -> None:
    """Nothing missing, too early, too late, too few, and a fault that nobody played."""
    assert [sentence] == _missing(*series)


def test_balanced_books_pass() -> None:
    """Created is confirmed or told as a gap."""
    assert [] == judge.books({"event": 20, "sample": 80}, {"event": 20, "sample": 75}, {"event": 0, "sample": 0}, 5)


@pytest.mark.parametrize(
    ("created", "confirmed", "waiting", "sentence"),
    [
        ({}, {}, {}, "store: no record was created"),
        ({"event": 3}, {"event": 2}, {"event": 1}, "store: 1 records of stream event still wait for the centre's mark"),
        ({"event": 3}, {"event": 2}, {}, "store: 3 records created, but 2 confirmed + 0 in gaps + 0 waiting"),
        ({"event": 3}, {"event": 4}, {}, "store: 3 records created, but 4 confirmed + 0 in gaps + 0 waiting"),
    ],
)
def test_unbalanced_books_fail(
    created: dict[str, int], confirmed: dict[str, int], waiting: dict[str, int], sentence: str
) -> None:
    """A record that nobody confirmed, or that came from nowhere, is told."""
    assert [sentence] == judge.books(created, confirmed, waiting, 0)


def test_a_road_where_nothing_flows_fails() -> None:
    """Zero counts are no success."""
    assert [] == judge.flowed(5, 5, {"kiosk": 1})
    assert [
        "store: no reading was decoded",
        "gateway: no message was published",
        "kiosk: no message was folded",
    ] == judge.flowed(0, 0, {"kiosk": 0, "dashboard": 7})


def test_a_thread_with_a_missing_step_fails() -> None:
    """The sentence says which step."""
    assert [] == judge.threads({"alarm": {"raised": True}})
    assert ["thread alarm: acknowledged at gateway was not seen"] == judge.threads(
        {"alarm": {"raised": True, "acknowledged_at_gateway": False}}
    )
