"""What a heartbeat vouches for, and for which picture: the one it names, of its own run."""

from typing import Any

import msgspec
import pytest

from contract.freshness import judge
from contract.judgement import Grounds, Witness
from contract.messages import Birth, DeviceBirth, DevicePicture, Head, Seen, SignalBirth, SiteState, SiteStatus, Value
from contract.vouching import periods, told_every_s, vouched, vouched_state
from contract.words import Connection, Freshness, Origin, Power, Quality, Readiness

TOLD, READ, BEAT = 86_400_000, 86_900_000, 86_902_000
SIGNALS = {"fuel.level": 60.0, "mains.voltage_l1n": 10.0, "engine.state": 10.0, "controller.serial": 86_400.0,
           "meter.energy_import": 10.0}  # fmt: skip


def value(said: Any, up_ms: int = TOLD - 3000, **parts: Any) -> Value:
    """A value of the set, read three seconds before it was told."""
    return Value(value=said, origin=Origin.MEASURED, up_ms=up_ms, **parts)


@pytest.fixture
def known(head: Head) -> dict[str, dict[str, float]]:
    """What the catalogue of the site says of its periods."""
    signals = tuple(SignalBirth(key=key, unit="", period_s=period) for key, period in SIGNALS.items())
    device = DeviceBirth(device="genset", profile="p", name="Genset", signals=signals)
    birth = Birth(head=head, place="Kall", connection=Connection.MANUAL, heartbeat_s=300, devices=(device,))
    return periods(birth)


@pytest.fixture
def picture(head: Head) -> DevicePicture:
    """The set as it was told."""
    values = {
        "fuel.level": value(62.0, TOLD - 50_000), "mains.voltage_l1n": value(230.0), "engine.state": value("stopped"),
        "controller.serial": value(7), "meter.energy_import": value(4711),
    }  # fmt: skip
    return DevicePicture(head=msgspec.structs.replace(head, up_ms=TOLD), device="genset", values=values)


def beat(head: Head, **moved: Any) -> SiteStatus:
    """A heartbeat 502 s later."""
    seen = Seen(told=TOLD, read=READ, moved=moved)
    told = msgspec.structs.replace(head, up_ms=BEAT)
    return SiteStatus(head=told, online=True, heartbeat_s=300, version="1", state=TOLD, seen={"genset": seen})


def test_what_has_not_moved_is_as_old_as_its_last_reading_may_be(
    head: Head, picture: DevicePicture, known: dict[str, dict[str, float]]
) -> None:
    """One period before `read`, for each signal its own; what cannot be vouched for keeps its age."""
    values = vouched(picture, beat(head), known).values

    assert (62.0, READ - 60_000) == (values["fuel.level"].value, values["fuel.level"].up_ms)
    assert (230.0, READ - 10_000) == (values["mains.voltage_l1n"].value, values["mains.voltage_l1n"].up_ms)
    assert [TOLD - 3000] * 2 == [values[key].up_ms for key in ("controller.serial", "meter.energy_import")]


def test_what_has_moved_is_shown_as_it_is_now(
    head: Head, picture: DevicePicture, known: dict[str, dict[str, float]]
) -> None:
    """Numbers and words, with the time of their reading."""
    values = vouched(picture, beat(head, **{"fuel.level": 41.5, "engine.state": "running"}), known).values

    assert [41.5, "running", 230.0] == [
        values[key].value for key in ("fuel.level", "engine.state", "mains.voltage_l1n")
    ]


@pytest.mark.parametrize("other", [{"up_ms": TOLD + 1}, {"up_ms": TOLD - 1}, {"run": "r-2"}, {"boot": "b-2"}], ids=str)
def test_nobody_vouches_for_another_picture(
    head: Head, picture: DevicePicture, known: dict[str, dict[str, float]], other: dict[str, Any]
) -> None:
    """A picture that the heartbeat does not name, or of another run, grows old by itself."""
    held = msgspec.structs.replace(picture, head=msgspec.structs.replace(picture.head, **other))

    assert held == vouched(held, beat(head), known)


def test_a_last_will_vouches_for_nothing(
    head: Head, picture: DevicePicture, known: dict[str, dict[str, float]]
) -> None:
    """A site that is gone says nothing of now."""
    gone = msgspec.structs.replace(beat(head), online=False)

    assert picture == vouched(picture, gone, known)
    assert picture == vouched(picture, None, known)


def test_without_the_catalogue_nothing_is_vouched_for(head: Head, picture: DevicePicture) -> None:
    """The time of a reading is known by its period alone."""
    assert picture == vouched(picture, beat(head), periods(None))


def test_a_missing_value_stays_missing(head: Head, known: dict[str, dict[str, float]], picture: DevicePicture) -> None:
    """What moved since is never put in the place of a reason."""
    silent = value(None, quality=Quality.COMM_ERROR, reason="does not answer")
    held = msgspec.structs.replace(picture, values={"fuel.level": silent})

    assert None is vouched(held, beat(head, **{"fuel.level": 41.5}), known).values["fuel.level"].value


def test_a_reading_is_never_later_than_the_heartbeat(
    head: Head, picture: DevicePicture, known: dict[str, dict[str, float]]
) -> None:
    """A site that claims to have read in the future is believed up to now."""
    boast = msgspec.structs.replace(beat(head), seen={"genset": Seen(told=TOLD, read=BEAT + 10**9)})

    assert BEAT - 10_000 == vouched(picture, boast, known).values["mains.voltage_l1n"].up_ms


def test_instruments_in_the_judgement_are_vouched_for_with_their_device(
    head: Head, known: dict[str, dict[str, float]]
) -> None:
    """What a person saw keeps the time at which they saw it."""
    said = Witness(source="genset/mains.voltage_l1n", says="live", origin=Origin.MEASURED, up_ms=TOLD - 3000)
    person = Witness(source="person/Kim", says="mains", origin=Origin.REPORTED, up_ms=5, at=head.moment())
    state = SiteState(
        head=msgspec.structs.replace(head, up_ms=TOLD), power=Power.ON_MAINS, since=None, witnesses=(said, person),
        contradictions=(), readiness=Readiness.READY, reasons=(), grounds=Grounds(),
    )  # fmt: skip

    assert [READ - 10_000, 5] == [one.up_ms for one in vouched_state(state, beat(head), known).witnesses]
    other = msgspec.structs.replace(beat(head), state=TOLD - 1)
    assert state == vouched_state(state, other, known)


@pytest.mark.parametrize(
    ("expected", "age_s", "silent_s"),
    [
        # period 10 s, heartbeat 300 s: one heartbeat and three periods
        (Freshness.FRESH, 330, 300),
        (Freshness.STALE, 331, 300),
        (Freshness.STALE, 900, 900),
        (Freshness.UNKNOWN, 10, 901),
    ],
)
def test_a_value_told_by_exception_is_stale_after_one_missed_heartbeat(
    expected: Freshness, age_s: int, silent_s: int, head: Head
) -> None:
    """And unknown after three."""
    every_s = told_every_s(beat(head))

    assert expected is judge(age_s * 1000, 10, 300, silent_s * 1000, every_s)
    assert 0 == told_every_s(msgspec.structs.replace(beat(head), seen={}))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_cannot_be_said(number: float) -> None:
    """JSON would make null of it."""
    with pytest.raises(ValueError, match="number that is none"):
        Seen(told=1, read=1, moved={"fuel.level": number})
