"""Who sees what was sent: by who somebody is, not by what they are called."""

from typing import Any

import pytest

from dashboard.core.access.people import Role
from dashboard.io.waking import Waking


@pytest.fixture
def waking(staff: Any) -> Waking:
    """The room of notification, its task not running."""
    one = Waking(staff.desk, staff.database)
    staff.desk.waking = one
    return one


def _told(waking: Waking, scope: str, body: str) -> None:
    """Anna of some municipality gets a message."""
    row = {"name": "Anna", "scope": scope, "language": "sv", "quiet_from": None, "quiet_until": None}
    waking.store.add_person(f"key-of-{scope}", row, None)
    number = max(one.number for one in waking.store.people())
    way = {"person": number, "label": "sms", "address": "json://127.0.0.1", "exercises": False, "tests": False}
    waking.store.add_channel(f"key-way-{scope}", way, None)
    (channel,) = next(one for one in waking.store.people() if one.number == number).channels
    waking.store.try_channel(f"key-try-{scope}", channel.number, body, None, None)


def test_somebody_of_the_same_name_elsewhere_stays_unseen(staff: Any, waking: Waking) -> None:
    """Two Annas: a coordinator sees what was sent to her own, an administrator both."""
    _told(waking, "are", "hemma")
    _told(waking, "berg", "borta")
    staff.add("Carin", Role.COORDINATOR, "are")
    staff.add("Ada", Role.ADMINISTRATOR)
    carin, ada = staff.enter("Carin"), staff.enter("Ada")

    assert ["hemma"] == [one["body"] for one in carin.get("/api/notification").json()["log"]]
    assert ["borta", "hemma"] == [one["body"] for one in ada.get("/api/notification").json()["log"]]
    assert "borta" not in carin.get("/notification").text
