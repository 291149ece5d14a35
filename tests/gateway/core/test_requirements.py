"""The five SOT requirements: declared, measured, who answers for them, and how many are met."""

from typing import Any

import msgspec
import pytest

from contract.messages import SiteState, decode
from contract.requirements import count, met
from contract.words import ClockQuality, Readiness, Sot
from gateway.core import announce
from gateway.core.readiness.requirements import requirements
from gateway.core.site import Site

from .conftest import Story, at, gone, good
from .well_kept import confirmed, kept, memory, said, story

RESPONSIBLE = {Sot.SHOP: "Handlaren", Sot.ORGANISATION: "Byalaget"}


def of(key: Sot, site: Site, now: Any = None, **changes: Any) -> Any:
    """One of the five."""
    found = requirements(site, kept(responsible=RESPONSIBLE, **changes), now or at(10))
    assert list(Sot) == [one.key for one in found]
    return next(one for one in found if one.key is key)


def test_at_first_nothing_is_declared() -> None:
    """Who answers for it is known from the settings."""
    one = of(Sot.SHOP, Story(kept()).site)

    assert (None, None, "Handlaren", None, "") == (
        one.declared,
        one.measured,
        one.responsible,
        one.confirmed,
        one.confirmed_by,
    )
    assert (0, 5) == count(requirements(Story(kept()).site, kept(), at(10)))


@pytest.mark.parametrize(("days", "declared"), [(364, True), (365, True), (366, None)])
def test_what_was_confirmed_holds_for_a_year(days: float, declared: bool | None) -> None:
    """After that it is declared no longer, and still told when it was."""
    one = of(Sot.SHOP, Story(kept(), memory(confirmed={"sot:shop": said(days)})).site)

    assert declared is one.declared
    assert one.confirmed is not None
    assert "Driftansvarig" == one.confirmed_by


def test_without_a_clock_a_confirmation_of_an_earlier_boot_does_not_hold() -> None:
    """Nobody knows how old it is."""
    held = Story(kept(), memory(confirmed={"sot:shop": said(1)})).site

    assert of(Sot.SHOP, held, at(10, clock=ClockQuality.UNSYNCED)).declared is None


def test_whoever_confirmed_last_says_who_answers_for_it() -> None:
    """The settings fill in where that was left open."""
    one = Story(kept(responsible=RESPONSIBLE))
    one.step(at(10), confirmed(1, "sot:shop", 10, responsible="Nya handlaren"))
    one.step(at(10), confirmed(2, "sot:organisation", 10, ok=False))
    shop, organisation = of(Sot.SHOP, one.site), of(Sot.ORGANISATION, one.site)

    assert ("Nya handlaren", True) == (shop.responsible, shop.declared)
    assert ("Byalaget", False) == (organisation.responsible, organisation.declared)


@pytest.mark.parametrize(
    ("readiness", "measured"),
    [(Readiness.READY, True), (Readiness.REMARKS, True), (Readiness.NOT_READY, False), (Readiness.UNKNOWN, None)],
)
def test_reserve_power_is_measured_by_the_readiness(readiness: Readiness, measured: bool | None) -> None:
    """Unknown measures nothing."""
    site = msgspec.structs.replace(story().site, readiness=readiness)

    assert measured is of(Sot.RESERVE_POWER, site).measured


@pytest.mark.parametrize(
    ("value", "measured"),
    [(good(5), True), (good(899.0), True), (good(900.0), False), (gone(), None), (None, None)],
)
def test_the_information_node_is_measured_by_its_screen(value: Any, measured: bool | None) -> None:
    """A screen that has not drawn for a quarter of an hour informs nobody."""
    changes = {} if value is None else {"box__kiosk_silent": value}

    assert measured is of(Sot.INFORMATION_NODE, story(**changes).site).measured


def test_an_instrument_that_denies_goes_before_what_was_declared() -> None:
    """What nobody declared is not met either, however well it measures."""
    declared = {f"sot:{one.value}": said() for one in Sot}
    well = story(held=memory(confirmed=memory().confirmed | declared))
    bad = story(held=memory(confirmed=memory().confirmed | declared), controller__mode=good("off"))
    site = story().site

    assert (5, 5) == count(requirements(well.site, well.facts, at(10)))
    assert (4, 5) == count(requirements(bad.site, bad.facts, at(10)))
    assert met(of(Sot.RESERVE_POWER, bad.site)) is False
    assert (True, None) == (of(Sot.RESERVE_POWER, site).measured, met(of(Sot.RESERVE_POWER, site)))


def test_staff_see_the_five_in_the_picture_of_the_site() -> None:
    """They travel with the judgement."""
    one = story()
    _, payload = announce.state(one.site, one.facts, at(10))

    assert list(Sot) == [part.key for part in decode(payload, SiteState).requirements]
