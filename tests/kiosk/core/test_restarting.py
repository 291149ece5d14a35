"""The screen starts anew at night when nobody can miss it, and at no other time."""

from datetime import datetime
from typing import Any

import pytest

from kiosk.core.age import PLACE
from kiosk.core.saving.power_tiers import Tier
from kiosk.core.saving.restarting import due

NIGHT = datetime(2025, 11, 20, 3, 45, tzinfo=PLACE)
CALM: dict[str, Any] = {"run_s": 90_000.0, "alone_s": 7200.0, "alerts": 0, "tier": Tier.MAINS}


def test_it_is_due_in_the_hour_after_its_time() -> None:
    """Also across midnight."""
    hours = [NIGHT.replace(hour=hour, minute=minute) for hour, minute in ((3, 29), (3, 30), (4, 29), (4, 30))]

    assert [False, True, True, False] == [due("03:30", at, **CALM) for at in hours]
    assert due("23:30", NIGHT.replace(hour=0, minute=10), **CALM)


MISSED: list[dict[str, Any]] = [{"run_s": 3600.0}, {"alone_s": 60.0}, {"alerts": 1}, {"tier": Tier.PLENTY}]


@pytest.mark.parametrize("changed", MISSED, ids=lambda one: next(iter(one)))
def test_somebody_would_miss_it(changed: dict[str, Any]) -> None:
    """It has just been done, somebody is here, a warning holds, or power is not to be relied on."""
    assert not due("03:30", NIGHT, **(CALM | changed))


def test_without_a_time_or_a_clock_it_never_happens() -> None:
    """Switched off by the settings, or nobody knows whether it is night."""
    assert not due("", NIGHT, **CALM)
    assert not due("03:30", None, **CALM)
