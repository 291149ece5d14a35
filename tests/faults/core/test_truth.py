"""What is shown as now and has not been so lately is found; what is right, unknown or only a little late is not."""

import pytest

from contract import freshness
from faults.core import truth
from faults.core.settings import LIFE, ordinary
from faults.core.truth import Plant, Shown, number_of, scenario, wrong
from faults.watch import card_shown, kiosk_shown

BEGINS = 100_000


@pytest.fixture
def plant() -> Plant:
    """Values that hold two seconds each; the mains was gone from 20 s to 60 s of the plant's life."""
    found = Plant(begins_ms=BEGINS, window_ms=2000, fed=[(0, True)])
    found.hear({"event": "mains_fails", "up_ms": BEGINS + 20_000})
    found.hear({"event": "engine_running", "up_ms": BEGINS + 25_000})
    found.hear({"event": "back_on_mains", "up_ms": BEGINS + 60_000})
    return found


def shown(at_s: float, power: str | None = None, value: int | None = None) -> Shown:
    """A surface that may be 10 s late with the power and 5 s with a value."""
    return Shown(where="the page", asked_ms=BEGINS + round(1000 * at_s), power=power, power_within_ms=10_000,
                 value=value, value_within_ms=5000)  # fmt: skip


@pytest.mark.parametrize(
    ("at_s", "power"),
    [(10, "on_mains"), (29, "on_mains"), (25, "dead"), (59, "on_reserve"), (69, "on_reserve"), (65, "on_mains"),
     (40, "unknown"), (40, None), (90, "unknown"), (75, "returning")],
)  # fmt: skip
def test_true_or_lately_true_power_is_right(plant: Plant, at_s: float, power: str | None) -> None:
    """Late within what a reader may allow itself is right, and not to know is never wrong."""
    assert wrong(plant, shown(at_s, power)) is None


@pytest.mark.parametrize(
    ("at_s", "power"), [(31, "on_mains"), (59, "on_mains"), (15, "on_reserve"), (15, "dead"), (71, "on_reserve")]
)
def test_power_that_has_not_been_so_is_found(plant: Plant, at_s: float, power: str) -> None:
    """An answer that stands still is found as soon as the plant has moved on for too long."""
    assert "the page shows" in str(wrong(plant, shown(at_s, power)))


def test_frozen_value_is_found_when_its_time_is_over(plant: Plant) -> None:
    """The value of the sixth window (10–12 s) may be shown until 17 s, and not before 5 s either."""
    assert [True, True, False, False] == [wrong(plant, shown(at, value=150)) is None for at in (10, 16.9, 17.1, 300)]
    assert "still to come" in str(wrong(plant, shown(4.9, value=150)))


def card(**changed: object) -> dict:
    """A dashboard's answer, in contact and fresh."""
    row = {"key": "engine.turbo_pressure", "shown": "1 230 kPa", "freshness": "fresh", "limit_ms": 3000} | changed
    return {"contact": {"in_contact": changed.get("in_contact", True)}, "power": "on_mains",
            "devices": [{"rows": [{"key": "other"}, row]}]}  # fmt: skip


def test_card_is_read_as_a_person_reads_it() -> None:
    """Only what is shown as fresh and in contact counts as shown now; nobody allows himself more than three beats."""
    fresh, stale = card_shown(card(), 5, LIFE), card_shown(card(freshness="stale", in_contact=False), 5, LIFE)

    assert (1230, "on_mains") == (fresh.value, fresh.power)
    assert (None, None) == (stale.value, stale.power)
    assert card_shown(card(limit_ms=10**9), 5, LIFE).value_within_ms < 20_000


def test_kiosks_view_counts_only_when_fresh() -> None:
    """A view that says that it is old is believed."""
    told = {"fresh": True, "up_ms": 7000, "power": "on_reserve"}

    assert (6000, "on_reserve") == (kiosk_shown(told, 6000, LIFE).asked_ms, kiosk_shown(told, 6000, LIFE).power)
    assert kiosk_shown(told | {"fresh": False}, 6000, LIFE) is None


def test_limits_are_those_that_the_product_states() -> None:
    """A page is judged by its own limit, the kiosk by three of its pictures; both in the paces of the site."""
    assert 3000 + 2500 == card_shown(card(), 5, LIFE).value_within_ms
    assert 3 * 1000 + 5000 == kiosk_shown({"fresh": True, "up_ms": 7, "power": "dead"}, 6000, LIFE).power_within_ms
    slow = ordinary(6.0)
    assert 3 * 10_000 + 28_000 == kiosk_shown({"fresh": True, "up_ms": 7, "power": "dead"}, 6000, slow).power_within_ms
    assert 315_000 + 15_000 == card_shown(card(limit_ms=315_000), 5, slow).value_within_ms


@pytest.mark.parametrize(("period_s", "told_every_s"), [(1.0, 0.0), (10.0, 300.0)])
def test_yardstick_is_the_judges_own_and_agrees_with_the_product(
    monkeypatch: pytest.MonkeyPatch, period_s: float, told_every_s: float
) -> None:
    """The product's promise as it stands today; a product that allows itself more does not move the judge."""
    assert freshness.limit_ms(period_s, told_every_s) == truth.limit_ms(period_s, told_every_s)
    assert 1000 * freshness.LOST_HEARTBEATS * period_s == truth.silence_ms(period_s)
    before = (kiosk_shown({"fresh": True, "up_ms": 7, "power": "dead"}, 9, LIFE), card_shown(card(), 5, LIFE))
    monkeypatch.setattr(freshness, "STALE_PERIODS", 60)
    monkeypatch.setattr(freshness, "LOST_HEARTBEATS", 60)

    assert before == (kiosk_shown({"fresh": True, "up_ms": 7, "power": "dead"}, 9, LIFE), card_shown(card(), 5, LIFE))


@pytest.mark.parametrize(("text", "number"), [("1 230 kPa", 1230), ("100 kPa", 100), (None, None), ("–", None)])
def test_number_is_read_through_its_spelling(text: str | None, number: int | None) -> None:
    """Thin spaces and units do not matter."""
    assert number == number_of(text)


def test_scenario_tells_its_time_by_its_value() -> None:
    """No two windows have the same value, and they follow each other without a hole."""
    steps = [step for step in scenario("t", 60, 2.0, [(20, 40)])["step"] if step["do"] == "set_value"]

    assert 30 == len({step["value"] for step in steps})
    assert [2.0 * place for place in range(30)] == [step["at_s"] for step in steps]
