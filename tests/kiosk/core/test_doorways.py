"""Doors of the first page: in a crisis, also one that nobody warns of, what helps stands first."""

from typing import Any

import pytest

from contract.freshness import Contact, Now
from contract.words import ClockQuality, Power
from kiosk.core.doorways import doorways
from kiosk.core.picture import Held
from kiosk.core.view import view
from kiosk.io.texts import words


@pytest.mark.parametrize(
    ("power", "first"),
    [(Power.DEAD, ["important", "advice"]), (Power.ON_RESERVE, ["important", "advice"]),
     (Power.ON_MAINS, ["services", "power"])],
)  # fmt: skip
def test_a_place_without_mains_is_a_crisis_of_its_own(house: Any, power: Power, first: list[str]) -> None:
    """No warning at all, and yet advice is one touch away; on an ordinary day it is the last door."""
    held = Held(
        picture=house.picture(power, active=True), contact=Contact(house.BOOT, 50_000_000, 1000),
        services=house.SERVICES, contacts=house.CONTACTS,
    )  # fmt: skip
    seen = view(held, Now(1000, house.NOON, ClockQuality.SYNCED), words("sv"), house.SITE, False)

    assert () == seen.alerts
    assert first == [door.page for door in doorways(seen, cards=True)][:2]
