"""Every witness of the power by itself: UPS, switch, contacts, people – and what happens when they do not fit."""

from typing import Any

import msgspec
import pytest

from contract.messages import Value
from contract.words import Clash, ClockQuality, Connection, Place
from gateway.core.power.hearing import hear

from .conftest import GENSET, Story, at, device, facts, genset, good, report, volts

UPS = device("ups", "ups")
SWITCH = device("switch", "transfer_switch")
CONTACT = device("contact", "inputs")


def ups(second: float, state: str, volt: float | None = None) -> dict[str, Value]:
    """What a UPS says."""
    return {"ups.state": good(state, second)} | ({} if volt is None else {"ups.input_voltage": good(volt, second)})


def test_on_battery_between_the_loss_and_the_start() -> None:
    """Mains gone, UPS on battery, the set not started yet: on battery; then the set starts and takes over."""
    story = Story(facts(GENSET, UPS))
    powers = []
    for second, mains, engine, kw, state in (
        (1, 230, "stopped", 0, "online"),
        (10, 0, "stopped", 0, "on_battery"),
        (20, 0, "pre_start", 0, "on_battery"),
        (40, 0, "running", 14, "online"),
    ):
        story.poll(at(second), "ups", ups(second, state))
        story.poll(at(second + 1), "genset", genset(second + 1, mains=mains, engine=engine, kw=kw))
        powers.append(story.power)

    assert ["on_mains", "on_battery", "starting", "on_reserve"] == powers


def test_a_ups_that_tests_itself_is_no_outage() -> None:
    """On battery with live input: it is its own affair."""
    story = Story(facts(UPS, controller=None))
    story.poll(at(1), "ups", ups(1, "on_battery", 229))

    assert hear(story.site, story.facts, at(1)).battery is False
    assert "unknown" == story.power


def test_a_ups_on_battery_while_the_mains_are_there_is_a_doubt_and_no_outage() -> None:
    """Its own fuse has blown: the shop is on mains, and somebody is told."""
    story = Story(facts(GENSET, UPS))
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "ups", ups(2, "on_battery", 0))

    assert "on_mains" == story.power
    assert [Clash.UPS_WITHOUT_INPUT] == [one.key for one in story.site.evidence.doubts]


def test_a_load_side_ups_on_battery_never_proves_that_the_mains_are_gone() -> None:
    """Without a witness on the grid side the mains stay unknown, whatever the UPS sees at its socket."""
    story = Story(facts(UPS, controller=None))
    story.poll(at(1), "ups", ups(1, "on_battery", 0))

    assert hear(story.site, story.facts, at(1)).mains is None
    assert "on_battery" == story.power


@pytest.mark.parametrize(("place", "power"), [(None, "dead"), (Place.GRID, "dead"), (Place.LOAD, "unknown")])
def test_a_contact_stands_where_it_was_wired(place: Place | None, power: str) -> None:
    """A relay for mains presence that hangs behind the changeover does not see the grid."""
    contact = device("contact", "inputs", place)
    story = Story(facts(GENSET, contact))
    story.poll(at(1), "genset", genset(1, mains=None))
    story.poll(at(2), "contact", {"mains.present": good(0, 2)})
    seen_mains = hear(story.site, story.facts, at(2)).mains

    assert (None if place is Place.LOAD else False) is seen_mains
    assert ("dead" if place is Place.LOAD else power) == story.power


def test_a_switch_that_stands_at_a_live_set_carries_the_load() -> None:
    """At night a shop draws less than two percent; the position of the switch tells."""
    story = Story(facts(GENSET, SWITCH))
    story.poll(at(1), "genset", genset(1, mains=0, engine="running", kw=0.2) | volts("generator", 231, 1))
    before = story.power
    story.poll(at(2), "switch", {"switch.position": good("generator", 2)})

    assert ["starting", "on_reserve"] == [before, story.power]


def test_a_set_without_a_bus_is_seen_by_its_effect() -> None:
    """No mains and a live shop, with dry contacts only: somebody feeds it."""
    story = Story(facts(CONTACT, controller=None))
    story.poll(at(1), "contact", {"mains.present": good(1, 1), "load.present": good(1, 1)})
    story.poll(at(9), "contact", {"mains.present": good(0, 9), "load.present": good(0, 9)})
    dark = story.power
    story.poll(at(300), "contact", {"mains.present": good(0, 300), "load.present": good(1, 300)})

    assert ["dead", "on_reserve"] == [dark, story.power]


def test_a_brown_out_between_the_limits_changes_nothing() -> None:
    """160 V after 230 V are still the mains; only below 150 V they are lost, and only above 173 V they are back."""
    story = Story(facts())
    powers = []
    for second, volt in ((1, 230), (6, 160), (11, 149), (16, 160), (21, 174)):
        story.poll(at(second), "genset", genset(second, mains=volt))
        powers.append(story.power)

    assert ["on_mains", "on_mains", "dead", "dead", "on_mains"] == powers


@pytest.mark.parametrize(("connection", "limit_s"), [(Connection.AUTOMATIC, 210), (Connection.MANUAL, 900)])
def test_a_set_that_runs_without_taking_the_load_is_not_starting_for_ever(
    connection: Connection, limit_s: float
) -> None:
    """Within its time it starts; after it a dark shop is a dark shop. A person has longer than a switch."""
    story = Story(facts(connection=connection))
    powers = []
    for second in (10, 10 + limit_s - 10, 10 + limit_s + 10):
        story.poll(at(second), "genset", genset(second, mains=0, engine="running"))
        story.poll(at(second + 1), "meter", volts("meter", 0, second + 1))
        powers.append(story.power)

    assert ["starting", "starting", "dead"] == powers


def test_running_without_load_and_without_a_meter_is_unknown_in_the_end() -> None:
    """Nobody sees the load side: that the set gives nothing may be a shop that draws nothing."""
    story = Story(facts(GENSET))
    for second in (10, 400):
        story.poll(at(second), "genset", genset(second, mains=0, engine="running"))

    assert "unknown" == story.power


def test_controller_says_running_meter_sees_nothing() -> None:
    """A live load side without power is a doubt; a dead one, once both have looked again, a contradiction."""
    story = Story(facts())
    for second in (10, 15, 20, 25, 30):
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=12))
        story.poll(at(second + 1), "meter", volts("meter", 230, second + 1) | {"meter.power": good(0, second + 1)})
    assert "on_reserve" == story.power
    assert [Clash.RUNNING_WITHOUT_LOAD] == [one.key for one in story.site.evidence.doubts]

    for second in (35, 40, 45, 50, 55):
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=12))
        story.poll(at(second + 1), "meter", volts("meter", 0, second + 1))
    assert [Clash.RUNNING_WITHOUT_LOAD] == [one.key for one in story.site.evidence.contradictions]
    assert "unknown" == story.power


def test_without_a_grid_witness_the_mains_are_unknown_while_the_set_runs() -> None:
    """A controller that does not sense the mains: on reserve is known, the mains are not."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1, mains=None, engine="running", kw=14))
    story.poll(at(2), "meter", volts("meter", 230, 2))

    assert "on_reserve" == story.power
    assert story.site.evidence.mains is None


def test_an_old_word_of_a_person_does_not_contradict_the_set() -> None:
    """Somebody saw the set stopped an hour ago; now it delivers: the instruments are right, the doubt is named."""
    story = Story(facts(GENSET))
    story.poll(at(1), "genset", {"mains.voltage_l1n": good(0, 1)})
    story.step(at(10), report(1, 10, power="none", set_running=False))
    story.poll(at(3600), "genset", {"mains.voltage_l1n": good(0, 3600), "generator.power": good(14_000, 3600)})

    assert "on_reserve" == story.power
    assert [Clash.PERSON_QUARREL] == [one.key for one in story.site.evidence.doubts]


# --- people ---


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"power": "mains"}, "on_mains"),
        ({"power": "reserve"}, "on_reserve"),
        ({"power": "none"}, "dead"),
        ({"set_running": True, "load_connected": True}, "on_reserve"),
        ({"people_present": 3}, "unknown"),
    ],
)
def test_a_site_without_hardware_lives_on_reports(said: dict[str, Any], expected: str) -> None:
    """A person is a witness; who says nothing of power proves nothing of it."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(10), report(1, 10, **said))

    assert expected == story.power


def test_a_report_ages_to_unknown_after_four_hours() -> None:
    """What somebody saw holds four hours, then nobody knows."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(100), report(1, 100, power="mains"))
    powers = []
    for second in (100 + 4 * 3600, 100 + 4 * 3600 + 1):
        story.poll(at(second), "none", {})
        powers.append(story.power)

    assert ["on_mains", "unknown"] == powers


def test_instruments_are_asked_before_people() -> None:
    """A live meter behind the changeover outweighs a person who says that there is no power."""
    story = Story(facts())
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "meter", volts("meter", 230, 2))
    story.step(at(3), report(1, 3, power="none"))

    assert "on_mains" == story.power


def test_a_person_sees_the_load_side_where_no_meter_does_until_the_mains_change() -> None:
    """Grid alive and shop dark is dead; when the mains come back later, the old report no longer says so."""
    story = Story(facts(GENSET))
    powers = []
    story.poll(at(1), "genset", genset(1))
    story.step(at(2), report(1, 2, power="none"))
    powers.append(story.power)
    story.poll(at(5), "genset", genset(5, mains=0))
    story.poll(at(60), "genset", genset(60))
    powers.append(story.power)

    assert ["dead", "on_mains"] == powers


@pytest.mark.parametrize(("clock", "expected"), [(ClockQuality.SYNCED, "on_mains"), (ClockQuality.UNSYNCED, "unknown")])
def test_a_report_of_another_boot_needs_a_clock(clock: ClockQuality, expected: str) -> None:
    """After a restart of the box only the wall clock can tell how old a report is."""
    before = Story(facts(controller=None, devices=()))
    before.step(at(100), report(1, 100, power="mains"))
    after = before.restarted()
    after.poll(at(30, boot="boot-2", clock=clock, wall_s=100), "none", {})

    assert expected == after.power


def test_a_report_from_before_the_box_was_switched_on_is_as_old_as_it_is() -> None:
    """Seen five hours ago, entered ten minutes after the start: it is not ten minutes old."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(600), report(1, 600 - 5 * 3600, power="mains"))

    assert "unknown" == story.power


def test_a_report_from_the_future_does_not_stay_young() -> None:
    """A phone that is two days ahead does not keep its report alive for two days."""
    story = Story(facts(controller=None, devices=()))
    story.step(at(100), report(1, 100 + 2 * 86400, power="mains"))
    after = story.restarted()
    after.poll(at(30, boot="boot-2", wall_s=5 * 3600), "none", {})

    assert "on_mains" == story.power
    assert "unknown" == after.power


@pytest.mark.parametrize(
    ("through", "minutes", "doubt"), [("owner-page", 0, 0), ("radio", 0, 600), ("radio", 20, 1200)]
)
def test_a_report_carries_its_own_doubt(through: str, minutes: int, doubt: float) -> None:
    """What came over the radio is less sure in its time, and a person may say how sure he is."""
    story = Story(facts(controller=None, devices=()))
    told = report(1, 10, power="mains", doubt_minutes=minutes)
    story.step(at(10), msgspec.structs.replace(told, through=through))

    assert [doubt] == [one.doubt_s for one in story.site.evidence.witnesses]
