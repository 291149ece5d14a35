"""How far the screen saves, by what the site said of its power and how old that is."""

from typing import Any

import pytest

from contract.freshness import Contact, Now
from contract.words import ClockQuality, Lasts, Power
from kiosk.core.asking import polling
from kiosk.core.saving.power_tiers import MEANS, Tier, tier_of

HOUR = 3_600_000
UP = 500_000_000


def tier(house: Any, power: Power, *, for_h: float | None = 1, old_ms: int = 0, **changed: Any) -> Tier:
    """The tier after a picture of that power, which has held for so long and was said `old_ms` ago."""
    at = house.moment(up_ms=UP)
    since = None if for_h is None else house.moment(int(for_h * HOUR), up_ms=UP)
    now = Now(1000 + old_ms, house.NOON + old_ms, ClockQuality.SYNCED)
    return tier_of(house.picture(power, at, since=since, **changed), Contact(house.BOOT, UP, 1000), now)


@pytest.mark.parametrize(
    ("expected", "power", "for_h"),
    [
        (Tier.MAINS, Power.ON_MAINS, 100),
        (Tier.PLENTY, Power.STARTING, 0),
        (Tier.PLENTY, Power.RETURNING, 100),
        (Tier.PLENTY, Power.ON_RESERVE, 11.9),
        (Tier.LONG, Power.ON_RESERVE, 12.1),
        (Tier.LONG, Power.ON_RESERVE, None),
        (Tier.LONG, Power.ON_BATTERY, 1.9),
        (Tier.LOW, Power.ON_BATTERY, 2.1),
        (Tier.LOW, Power.ON_BATTERY, None),
        (Tier.LOW, Power.DEAD, 1),
        (Tier.LONG, Power.UNKNOWN, 1),
    ],
)
def test_each_power_state_has_its_tier(house: Any, expected: Tier, power: Power, for_h: float | None) -> None:
    """Reserve power that has run for long, and a battery of which nobody says how long it lasts, are saved."""
    assert expected is tier(house, power, for_h=for_h)


@pytest.mark.parametrize(
    ("expected", "lasts"),
    [(Tier.PLENTY, Lasts.PLENTY), (Tier.LONG, Lasts.HOURS), (Tier.LOW, Lasts.LOW), (Tier.LAST_HOUR, Lasts.LAST_HOUR)],
)
def test_the_battery_of_the_box_decides_when_it_is_worse(house: Any, expected: Tier, lasts: Lasts) -> None:
    """Also where the site has mains: a fuse of the box alone has blown."""
    assert expected is tier(house, Power.ON_BATTERY, for_h=30, box_lasts=lasts)
    assert expected is tier(house, Power.ON_MAINS, box_lasts=lasts)


def test_unknown_power_is_saved_and_is_never_the_last_hour(house: Any) -> None:
    """Nothing was ever heard, or nothing for long: as on reserve power that has run for long, whatever was known."""
    nothing = tier_of(None, None, Now(0, None, ClockQuality.UNSYNCED))

    assert Tier.LONG is nothing
    assert Tier.LONG is tier(house, Power.ON_MAINS, old_ms=2 * HOUR)
    assert Tier.LOW is tier(house, Power.DEAD, old_ms=2 * HOUR)


def test_the_last_hour_outlives_the_box_that_said_so_but_not_for_ever(house: Any) -> None:
    """The box halts first; an hour later the battery has lasted longer than it said."""
    at_once = tier(house, Power.ON_BATTERY, old_ms=HOUR, box_lasts=Lasts.LAST_HOUR)
    later = tier(house, Power.ON_BATTERY, old_ms=HOUR + 1, box_lasts=Lasts.LAST_HOUR)

    assert (Tier.LAST_HOUR, Tier.LOW) == (at_once, later)


def test_every_further_tier_saves_more_and_vma_is_asked_to_the_end() -> None:
    """Light, frames and questions only ever become fewer; never under two rounds a second."""
    means = [MEANS[one] for one in Tier]

    for name in ("lit", "dim", "dim_after_s", "glance", "dark_after_s", "fps", "idle_fps"):
        values = [getattr(one, name) for one in means]
        assert sorted(values, reverse=True) == values, name
    assert list(map(int, sorted(one.polls for one in means))) == [int(one.polls) for one in means]
    assert 2 == min(min(one.fps, one.idle_fps) for one in means)
    assert [False] * 4 + [True] == [one.open_dark for one in means]
    assert polling.Tier.LAST_HOUR is means[-1].polls


def test_only_mains_power_feeds_the_fine_voice() -> None:
    """Piper takes a core; on anything less than mains the small program speaks."""
    assert {Tier.MAINS} == {tier for tier, means in MEANS.items() if means.fine_voice}
