"""What is about to become an alarm outlives a restart, and is written seldom."""

from typing import Any

import msgspec
import pytest

from contract.words import ClockQuality, Quality
from gateway.core.alarms import alarms
from gateway.core.alarms.alarm_pending import KEPT_AFTER_MS
from gateway.core.alarms.watching import Watching
from gateway.core.facts import Rule
from gateway.core.remembered import MAX_PENDING, Memory
from gateway.core.site import Now, Site

from .alarm_site import CALM, AlarmSite, facts_of
from .conftest import at, gone, good

VOLTS = "engine.battery_voltage"
LOW = Rule(fact=VOLTS, of="controller", below=12.0, on_delay_s=90.0, off_delay_s=90.0)
OF = facts_of({}, {"battery-low": LOW})
NAME = "battery-low/genset"


def begun(second: float = 0, **now: Any) -> Site:
    """A site whose battery is low since then, half a minute later."""
    site = CALM
    for more in (0, 15, 30):
        site = stepped(site, at(second + more, **now), 11.5)
    return site


def stepped(site: Site, now: Now, volts: float | None) -> Site:
    """One step with that voltage, or with none."""
    value = gone(Quality.COMM_ERROR) if volts is None else good(volts)
    site = msgspec.structs.replace(site, values={"genset": {VOLTS: value}})
    return alarms.watch(site, OF, now)[0]


def restarted(site: Site) -> Site:
    """The same site in a new run: what the disk gives back, and nothing heard yet."""
    memory = msgspec.json.decode(msgspec.json.encode(site.memory), type=Memory)
    return msgspec.structs.replace(site, memory=memory, watching=Watching(), values={})


def raised(site: Site) -> list[str]:
    """Keys of the alarms."""
    return [alarm.key for alarm in site.memory.alarms]


@pytest.mark.parametrize(
    ("again", "when"),
    [
        ({"run": "run-2"}, [(89, []), (90, ["battery-low"])]),
        ({"run": "run-2", "clock": ClockQuality.UNSYNCED}, [(89, []), (90, ["battery-low"])]),
        ({"run": "run-2", "boot": "boot-2"}, [(89, []), (90, ["battery-low"])]),
        (
            {"run": "run-2", "boot": "boot-2", "clock": ClockQuality.UNSYNCED},
            [(90, []), (124, []), (125, ["battery-low"])],
        ),
    ],
)
def test_a_restart_begins_no_delay_anew(again: dict[str, Any], when: list[tuple[float, list[str]]]) -> None:
    """By uptime in the same boot, by wall clocks after another; only where nobody can tell it begins anew."""
    site = restarted(begun())
    for second in (34, 35):
        site = stepped(site, at(second, **again), 11.5 if second == 35 else None)
    seen = []
    for second, _ in when:
        site = stepped(site, at(second, **again), 11.5)
        seen.append((second, raised(site)))

    assert when == seen


def test_a_box_that_restarts_all_the_time_alarms_all_the_same() -> None:
    """Every forty seconds, with five seconds before the first poll."""
    site, seen = CALM, []
    for run in range(4):
        site = restarted(site)
        for second in (0, 5, 20, 30):
            site = stepped(site, at(run * 40 + second, run=f"run-{run}"), None if second == 0 else 11.5)
        seen.append(raised(site))

    assert [[], [], ["battery-low"], ["battery-low"]] == seen


def test_what_held_before_a_long_absence_must_hold_again() -> None:
    """Off for a day: ten seconds of it, not the first look."""
    site, seen = restarted(begun()), []
    for second in (86_400, 86_409, 86_410):
        site = stepped(site, at(second, boot="boot-2"), 11.5)
        seen.append(raised(site))

    assert [[], [], ["battery-low"]] == seen


def test_what_is_over_after_a_restart_is_forgotten() -> None:
    """Its next time is a new time."""
    site = stepped(restarted(begun()), at(40, run="run-2"), 13.0)

    assert {} == site.memory.pending


def test_the_memory_moves_when_one_begins_and_when_it_ends() -> None:
    """Not with each poll, and not with a value that sways round its limit."""
    held, swaying = AlarmSite(OF), AlarmSite(OF)
    writes = []
    for second in range(0, 85, 5):
        before = held.site.memory
        held.step(second, {VOLTS: 11.5})
        swaying.step(second, {VOLTS: 11.9 if second % 10 else 12.1})
        if before is not held.site.memory:
            writes.append(second)

    assert [KEPT_AFTER_MS // 1000] == writes
    assert CALM.memory is swaying.site.memory
    held.step(90)
    assert (["battery-low"], {}) == (raised(held.site), held.site.memory.pending)


def test_time_in_which_nothing_is_known_does_not_count_over_a_restart_either() -> None:
    """Half a minute low, an hour of silence, a restart: a minute is still missing."""
    site = begun()
    for second in range(40, 3641, 10):
        site = stepped(site, at(second), None)
    silent = site.memory.pending
    site = stepped(site, at(3645), 11.5)
    begun_again = site.memory.pending[NAME].up_ms
    site, seen = restarted(site), []
    for second in (3650, 3699, 3705):
        site = stepped(site, at(second, run="run-2"), 11.5)
        seen.append(raised(site))

    assert {} == silent
    assert 3_610_000 <= begun_again <= 3_615_000
    assert [[], [], ["battery-low"]] == seen


def test_an_alarm_that_is_about_to_end_begins_its_delay_anew() -> None:
    """Nothing of that is written."""
    site = stepped(begun(), at(90), 11.5)
    for second in (100, 185):
        site = stepped(site, at(second), 13.0)
    site = restarted(site)
    for second in (190, 279):
        site = stepped(site, at(second, run="run-2"), 13.0)

    assert {} == site.memory.pending
    assert "unacked" == site.memory.alarms[0].state
    assert "returned_unacked" == stepped(site, at(280, run="run-2"), 13.0).memory.alarms[0].state


def test_what_is_kept_is_bounded() -> None:
    """However many conditions wait."""
    of = facts_of({}, {f"rule-{number}": LOW for number in range(MAX_PENDING + 20)})
    site = AlarmSite(of)
    for second in (0, 30):
        site.step(second, {VOLTS: 11.5})

    assert MAX_PENDING == len(site.site.memory.pending)
