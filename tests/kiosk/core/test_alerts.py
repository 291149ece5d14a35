"""A bulletin begins, is replaced, ends; exercise and real do not touch each other."""

from typing import Any

import pytest

from contract.freshness import Contact, Now
from contract.words import ClockQuality, Status
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.view import view
from kiosk.core.warnings.alerts import sort
from kiosk.io.texts import words

SYNCED, UNSYNCED = ClockQuality.SYNCED, ClockQuality.UNSYNCED


def outcome(house: Any, *bulletins: Any, clock: ClockQuality = SYNCED) -> tuple[list[str], dict[str, str]]:
    """(ids that hold, newest first; why the others do not)."""
    now = Now(1000, None if clock is UNSYNCED else house.NOON, clock)
    found = sort(bulletins, house.SITE, now)
    return [one.bulletin.id for one in found.active], {one.bulletin.id: why for one, why in found.ended}


def test_alert_update_cancel(house: Any) -> None:
    """An update replaces, a cancel ends, in whatever order they are held."""
    alert = house.bulletin("a", 1)
    update = house.bulletin("b", 2, msg_type="update", references=("a",))
    cancel = house.bulletin("c", 3, msg_type="cancel", references=("b",))

    assert (["a"], {}) == outcome(house, alert)
    assert (["b"], {"a": "replaced"}) == outcome(house, update, alert)
    assert ([], {"a": "cancelled", "b": "cancelled", "c": "cancelled"}) == _relaxed(
        outcome(house, cancel, alert, update)
    )


def _relaxed(found: tuple[list[str], dict[str, str]]) -> tuple[list[str], dict[str, str]]:
    """Whether an alert that was updated, then cancelled, was replaced or cancelled is the same to a visitor."""
    active, ended = found
    return active, {name: "cancelled" if why == "replaced" else why for name, why in ended.items()}


@pytest.mark.parametrize(
    ("expires", "clock", "holds"),
    [(-1, SYNCED, False), (0, SYNCED, False), (1, SYNCED, True), (-1, UNSYNCED, True), (None, SYNCED, True)],
)
def test_expiry_needs_a_known_clock(house: Any, expires: int | None, clock: ClockQuality, holds: bool) -> None:
    """A screen that does not know the time keeps the warning."""
    one = house.bulletin(expires_ms=None if expires is None else house.NOON + expires)

    assert holds == bool(outcome(house, one, clock=clock)[0])


def test_exercise_never_ends_what_is_real(house: Any) -> None:
    """A cancel of an exercise leaves the real alert of the same incident."""
    real = house.bulletin("a", 1)
    exercise = house.bulletin("b", 2, msg_type="cancel", status=Status.EXERCISE, references=("a",))

    assert ["a"] == outcome(house, real, exercise)[0]


def test_other_sites_and_ended_ones_do_not_hold(house: Any) -> None:
    """A bulletin for another place, or one the gateway has ended, is not shown."""
    assert ([], {"a": "elsewhere"}) == outcome(house, house.bulletin("a", sites=("krokom-rotviken",)))
    assert ([], {"a": "cancelled"}) == outcome(house, house.bulletin("a", ended=True))


@pytest.mark.parametrize(("status", "word"), [(Status.EXERCISE, "ÖVNING"), (Status.TEST, "PROV")])
def test_exercise_looks_and_reads_like_one(house: Any, status: Status, word: str) -> None:
    """An extreme exercise says so first and does not wear the colour of danger."""
    held = Held(picture=house.picture(), bulletins=(house.bulletin(status=status, severity="extreme"),))
    seen = view(held, Now(0, house.NOON, SYNCED), words("sv"), house.SITE, False)

    assert f"{word}: Koka vattnet" == seen.banner.text
    assert Role.INFORMATION is seen.banner.role


def test_message_without_contact_says_what_we_cannot_see(house: Any) -> None:
    """Without contact nobody knows whether the message was changed."""
    held = Held(picture=house.picture(), contact=Contact(house.BOOT, 50_000_000, 0), bulletins=(house.bulletin(),))
    seen = view(held, Now(3_600_000, house.NOON + 3_600_000, SYNCED), words("sv"), house.SITE, False)

    assert "Vi kan inte se om meddelandet har ändrats sedan kl. 12:00." == seen.alerts[0].remark


def test_cancelled_is_told_as_no_longer_in_force(house: Any) -> None:
    """An end is told in words for some hours."""
    both = (house.bulletin("a", 1), house.bulletin("c", 2, msg_type="cancel", references=("a",)))
    seen = view(Held(bulletins=both), Now(0, house.NOON, SYNCED), words("sv"), house.SITE, False)

    assert ["Gäller inte längre: Koka vattnet"] == [one.text for one in seen.ended]
    assert seen.banner is None
