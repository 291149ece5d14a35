"""The table of checks: every one has words, people may fill what instruments leave open, and nothing falls over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reasons import catalogue
from contract.words import ClockQuality
from gateway.core.facts import MovableFacts, TankFacts
from gateway.core.readiness.checks import CHECKS
from gateway.core.readiness.found import REPORT_HOLDS_DAYS, Outcome

from .conftest import GENSET, WALL_MS, at, device, gone, good
from .well_kept import DAY_S, answer, kept, look, memory, said

OK = ("ok", "measured", "")
TOLD = ("ok", "reported", "")
DAY_MS = round(DAY_S * 1000)
MOVABLE = MovableFacts(from_ms=WALL_MS - DAY_MS, until_ms=WALL_MS + DAY_MS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_every_reason_of_a_check_has_words(check: Any) -> None:
    """A gap always has words; an old word and a no have them where people may report."""
    reasons = [f"{check.key}_unknown"]
    reasons = ["clock_unsynced"] if check.key == "clock" else reasons
    if check.key in REPORT_HOLDS_DAYS:
        reasons += [f"{check.key}_old", f"{check.key}_denied"]

    assert [] == [reason for reason in reasons if reason not in catalogue()]


def test_what_people_may_report_is_a_check() -> None:
    """The list of what can be reported and the table of checks name the same things."""
    assert {"clock", "activators", "place"} == {check.key for check in CHECKS} - REPORT_HOLDS_DAYS.keys()
    assert set() == REPORT_HOLDS_DAYS.keys() - {check.key for check in CHECKS}
    assert len(CHECKS) == len({check.key for check in CHECKS})


GAPS = {
    "mode": {"controller__mode": gone()},
    "battery": {"engine__battery_voltage": gone()},
    "fuel": {"fuel__level": gone()},
    "estop": {"alarm__emergency-stop": gone()},
    "shutdown": {"controller__shutdown_alarm": gone()},
    "heater": {"engine__coolant_temperature": gone()},
    "service": {"engine__maintenance_due_in": gone()},
}


@pytest.mark.parametrize("check", GAPS)
def test_a_person_fills_what_instruments_leave_open(check: str) -> None:
    """As long as the word counts; after that it is told how old it is."""
    days = REPORT_HOLDS_DAYS[check]
    held = [memory(confirmed={f"check:{check}": one}) for one in (said(days), said(days + 1), said(ok=False))]
    found = [look(check, held=one, **GAPS[check]) for one in held]

    assert TOLD == answer(found[0])
    assert ("missing", "missing", f"{check}_old") == answer(found[1])
    assert f"{days + 1:.0f}" == (found[1].detail if found[1] else None)
    assert (found[2].basis.value, found[2].reason, found[2].detail) == (  # type: ignore[union-attr]
        "reported",
        f"{check}_denied",
        "Driftansvarig",
    )


def test_a_persons_no_stands_beside_a_good_measurement_where_eyes_see_more() -> None:
    """A corroded clamp has a good voltage; a mode is what the controller says it is."""
    held = memory(confirmed={"check:battery": said(ok=False), "check:mode": said(ok=False)})

    assert ("remark", "reported", "battery_denied") == answer(look("battery", held=held))
    assert OK == answer(look("mode", held=held))


def test_a_persons_yes_does_not_outweigh_a_bad_measurement() -> None:
    """The instrument looks now."""
    held = memory(confirmed={"check:battery": said(), "check:mode": said(), "check:fuel": said()})

    assert ("fail", "measured", "battery_low") == answer(look("battery", held=held, engine__battery_voltage=good(11.0)))
    assert ("fail", "measured", "mode_not_auto") == answer(look("mode", held=held, controller__mode=good("off")))
    assert ("fail", "measured", "no_fuel") == answer(look("fuel", held=held, fuel__level=good(1)))


NUMBERS = st.none() | st.floats(-1e6, 1e6) | st.integers(-(2**31), 2**32) | st.sampled_from(["auto", "", "warning"])


KEYS = (
    "controller__mode", "controller__shutdown_alarm", "controller__trip_alarm", "alarm__emergency-stop",
    "alarm__maintenance-due", "engine__state", "engine__battery_voltage", "engine__coolant_temperature",
    "engine__maintenance_due_in", "fuel__level", "fuel__temperature", "outdoor__temperature", "charger__failed",
    "ups__health", "ups__replace_battery", "mains__voltage_l1n", "generator__power",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), NUMBERS), st.sampled_from(ClockQuality), st.booleans())
def test_no_values_make_a_check_fall_over(raw: dict[str, Any], clock: ClockQuality, movable: bool) -> None:
    """Whatever a device says, every check answers in words that exist."""
    of = kept(GENSET, device("ups", "ups"), movable=MOVABLE if movable else None, tank=TankFacts(litres=0.0))
    values = {key: gone() if value is None else good(value) for key, value in raw.items()}
    for check in CHECKS:
        found = look(check.key, of, now=at(10, clock=clock), **values)
        assert found is None or (found.outcome is Outcome.OK) == (found.reason == "")
        assert found is None or found.reason in {"", *catalogue()}
