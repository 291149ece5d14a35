"""A phone offers its time on the page of a site that does not know it."""

from typing import Any

import pytest

from contract.messages import ClockNow
from contract.orders import SetClock
from contract.words import ClockQuality, ClockSource, Power

FORM = 'id="form.set-clock"'
SHOWN = "2025-11-24T17:00"
SHOWN_MS = 1_764_000_000_000


def dark(office: Any, clock: ClockQuality = ClockQuality.UNSYNCED) -> Any:
    """The site says how it stands, with such a clock."""
    office.site.clock = clock
    office.say(office.site.tick().state(Power.ON_MAINS), office.site.alive())
    return office


@pytest.mark.parametrize(
    ("clock", "offered", "said"),
    [
        (ClockQuality.SYNCED, False, ""),
        (ClockQuality.HOLDOVER, True, "Ingen tidsserver har rättat platsens klocka på ett tag."),
        (ClockQuality.UNSYNCED, True, "Platsen vet inte vad klockan är."),
    ],
)
def test_the_form_stands_there_while_the_time_is_not_sure(
    office: Any, clock: ClockQuality, offered: bool, said: str
) -> None:
    """Time servers need no phone."""
    dark(office, clock)

    assert offered is (FORM in office.page("/enter"))
    assert said in office.page()


@pytest.mark.parametrize("kind", ["office", "owner"])
def test_the_offer_carries_the_uptime_of_the_site(request: pytest.FixtureRequest, kind: str) -> None:
    """By the last contact, so that neither the way nor a wait makes it wrong; without a script, to the minute."""
    place = dark(request.getfixturevalue(kind))
    answer = place.fill("clock", "set-clock", wall_ms=SHOWN)

    assert 303 == answer.status_code
    (order,) = place.pending
    assert isinstance(order.what, SetClock)
    assert (SHOWN_MS, place.site.boot, "Bo") == (order.what.wall_ms, order.what.boot, order.who)
    assert 0 <= order.what.up_ms - place.site.up_ms < 60_000


def test_a_script_sends_the_phones_own_time(owner: Any) -> None:
    """To the millisecond; what it says of boot and uptime counts for nothing."""
    body = {"who": "Anna", "idempotency_key": "key-00000001", "form": "set-clock", "wall_ms": SHOWN_MS + 123}
    answer = dark(owner).client.post("/sites/are-kall/clock", json=body | {"boot": "mine", "up_ms": 5})

    assert 202 == answer.status_code
    (order,) = owner.pending
    assert (SHOWN_MS + 123, owner.site.boot) == (order.what.wall_ms, order.what.boot)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Fyll i det här."),
        ("nu", "Skriv datum och tid"),
        ("2026-10-25T02:30", "Den tiden kommer två gånger den natten"),
        ("2027-03-28T02:30", "Den tiden finns inte"),
    ],
)
def test_a_time_that_cannot_be_meant_is_not_sent(owner: Any, written: str, sentence: str) -> None:
    """One sentence at the field, and nothing waits for the site."""
    answer = dark(owner).fill("clock", "set-clock", wall_ms=written)

    assert 400 == answer.status_code
    assert sentence in answer.text
    assert () == owner.pending


def test_the_page_names_whose_phone_it_was(owner: Any) -> None:
    """And since when."""
    owner.site.clock = ClockQuality.HOLDOVER
    told = ClockNow(source=ClockSource.PERSON, at=owner.site.moment(), who="Anna")
    owner.say(owner.site.tick().state(Power.ON_MAINS, clock=told), owner.site.alive())

    assert "Klockan ställd av Anna" in owner.page()
