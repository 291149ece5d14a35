"""Nobody is woken twice for one matter; floods, chattering and first-outs are told as what they are."""

import msgspec
import pytest

from contract.messages import Alarms, decode
from contract.words import ClockQuality, Event, Power
from gateway.config import rules
from gateway.core import announce
from gateway.core.facts import Rule, SetFacts
from gateway.core.pipeline import Numbered
from gateway.core.site import Change

from .alarm_site import AlarmSite, facts_of, floods, kinds, woken
from .conftest import GENSET, METER, Story, at, facts, genset, good, volts

FLAG = Rule(fact="reported", of="reported", is_=True)
WORDS = tuple(f"alarm.{key}" for key in (
    "earth-fault", "over-speed", "under-speed", "fail-to-stop", "kw-overload", "low-oil-pressure", "ecu-protect",
    "ecu-shutdown", "high-temperature-switch", "generator-low-voltage", "generator-high-voltage", "over-speed-runaway",
    "mains-short-circuit",
))  # fmt: skip


def words() -> AlarmSite:
    """A site where every word of the controller is an alarm at once."""
    return AlarmSite(facts_of({}, {"controller": FLAG}))


def real(**changes: object) -> AlarmSite:
    """A site with the rules that are shipped."""
    return AlarmSite(facts_of(dict(changes), rules()))


def notified(told: list[Numbered]) -> list[str]:
    """Alarms that somebody was to be woken for, in a whole story."""
    bodies = [one.body for one in told if one.body.get("notify")]
    return [str(body["alarm"]["key"]) for body in bodies]  # type: ignore[index]


# --- waking ---------------------------------------------------------------------------------------


def test_a_cascade_wakes_once() -> None:
    """The set trips, oil is low, there is no power: one matter, one call."""
    site = real()
    tripped = {"controller.shutdown_alarm": 1, "alarm.low-oil-pressure": "shutdown"}
    site.step(0, tripped | {"power": "dead", "mains": False, "load_live": False})
    for second in range(1, 800, 10):
        site.step(second)

    assert ["gen-shutdown"] == woken(site.told)
    assert {"gen-shutdown", "low-oil-pressure", "no-power-at-site"} <= {one.key for one in site.site.memory.alarms}


def test_what_is_graver_wakes_again() -> None:
    """Somebody was told of lost mains; that nobody has power is another matter."""
    site = real(connection="manual", activate_within_s=900)
    site.step(0, {"power": "dead", "mains": False, "load_live": False, "outage": True})
    for second in range(10, 2000, 10):
        site.step(second)

    assert ["mains-lost", "no-power-at-site"] == woken(site.told)


@pytest.mark.parametrize(("second", "wakes"), [(899, []), (900, ["fuel-critical"])])
def test_another_grave_matter_wakes_after_a_quarter(second: int, wakes: list[str]) -> None:
    """Within fifteen minutes it belongs to the first, for good."""
    site = real()
    site.step(0, {"controller.shutdown_alarm": 1})
    site.step(second - 60, {"fuel_h": 1.0, "engine": "running"})
    for later in (second, second + 600, 5000):
        site.step(later)

    assert ["gen-shutdown", *wakes] == woken(site.told)


def test_what_can_wait_is_told_when_its_turn_comes_unless_somebody_has_seen_it() -> None:
    """Half an hour after one call a second matter of today waits out the hour."""
    waits, seen = real(), real()
    for site in (waits, seen):
        site.step(0, {"flapping": True})
        site.step(1800, {"fuel_leak": True})
        assert ["mains-unstable"] == woken(site.told)
    seen.step(1900, {"ack": True})
    for site in (waits, seen):
        site.step(3599)
        site.step(3600)
        site.step(3700)

    assert ["mains-unstable", "fuel-leak"] == woken(waits.told)
    assert ["mains-unstable"] == woken(seen.told)


def test_the_same_alarm_does_not_wake_again_the_same_day() -> None:
    """It comes and goes; a day later it is news again."""
    site = real()
    for hour in (0, 2, 4, 23):
        site.step(hour * 3600, {"fuel_leak": True})
        site.step(hour * 3600 + 100, {"fuel_leak": False, "ack": True})
    day = woken(site.told)
    site.step(90_000, {"fuel_leak": True})

    assert ["fuel-leak"] == day
    assert ["fuel-leak", "fuel-leak"] == woken(site.told)


def test_who_was_woken_is_known_after_a_restart() -> None:
    """Neither what stood before nor the same alarm coming again calls a second time."""
    site = real()
    site.step(0, {"fuel_leak": True})
    memory = msgspec.json.decode(msgspec.json.encode(site.site.memory), type=type(site.site.memory))
    after = AlarmSite(
        site.facts, msgspec.structs.replace(site.site, memory=memory, watching=type(site.site.watching)())
    )
    for second, leaks in ((10, True), (20, False), (30, True)):
        after.step(second, {"fuel_leak": leaks})

    assert ["fuel-leak"] == woken(site.told)
    assert [] == woken(after.told)


def test_without_a_clock_after_another_boot_somebody_is_rather_woken_twice() -> None:
    """How long ago the last call was nobody can tell."""
    site = real()
    site.step(0, {"controller.shutdown_alarm": 1})
    site.step(10, {"controller.shutdown_alarm": 0, "ack": True})
    memory = site.site.memory
    other = tuple(
        msgspec.structs.replace(one, at=msgspec.structs.replace(one.at, boot="boot-0")) for one in memory.woken
    )
    site.site = msgspec.structs.replace(site.site, memory=msgspec.structs.replace(memory, woken=other))
    site.clock = ClockQuality.UNSYNCED
    site.step(20, {"controller.shutdown_alarm": 1})

    assert ["gen-shutdown", "gen-shutdown"] == woken(site.told)


def test_what_is_to_be_planned_wakes_nobody() -> None:
    """Priority 3 waits for office hours."""
    site = real()
    site.step(0, {"low_load_h": 9.0, "box/box.card_worn": 95})
    site.step(7200)

    assert ["alarm_raised low-load-run", "alarm_raised card-worn"] == kinds(site.told)
    assert [] == woken(site.told)


def test_a_priority_falls_only_after_ten_minutes() -> None:
    """A set that comes and goes does not make an alarm rise each time."""
    site, seen = real(), []
    site.step(0, {"alarm.emergency-stop": "shutdown", "outage": True})
    site.step(10, {"ack": True})
    for second, outage in ((20, False), (619, False), (620, False), (621, True)):
        site.step(second, {"outage": outage})
        seen.append(site.looks("emergency-stop", []))

    assert ["acked 1", "acked 1", "acked 2", "unacked 1"] == seen


# --- whole stories --------------------------------------------------------------------------------


def poll(story: Story, second: float, **said: object) -> None:
    """Both devices at that second."""
    mains = said.get("mains")
    story.poll(at(second), "genset", genset(second, engine__battery_voltage=good(13.6), **said))  # type: ignore[arg-type]
    live = 230.0 if mains or said.get("kw") else 0.0
    story.poll(at(second), "meter", volts("meter", live, second) | {"meter.power": good(5000.0 if live else 0.0)})


def test_mains_that_come_and_go_fifty_times_in_an_hour_wake_at_most_twice() -> None:
    """One alarm says so."""
    story = Story(facts(GENSET, METER))
    for second in range(0, 300, 10):
        poll(story, second, mains=230)
    for second in range(300, 3900, 6):
        present = (second - 300) // 36 % 2 == 1
        poll(story, second, mains=230 if present else 0)
    keys = notified(story.told)

    assert "mains-unstable" in keys
    assert len(keys) <= 2


@pytest.mark.parametrize("hours", [0.02, 3.0])
def test_a_clean_outage_wakes_at_most_once(hours: float) -> None:
    """The set takes over by itself; a dip wakes nobody."""
    story, long_s = Story(facts(GENSET, METER, set=SetFacts(rated_kw=56.0, design_load_kw=15.0))), hours * 3600
    for second in range(0, 300, 10):
        poll(story, second, mains=230)
    for second in range(300, round(300 + long_s), 10):
        gone = second - 300
        engine = "stopped" if gone < 10 else "pre_start" if gone < 20 else "warming_up" if gone < 30 else "running"
        poll(story, second, mains=0, engine=engine, kw=15 if gone >= 40 else 0)
    for second in range(round(300 + long_s), round(300 + long_s) + 1800, 10):
        poll(story, second, mains=230)

    assert (["mains-lost"] if hours > 1 else []) == notified(story.told)


# --- floods, chattering, first-out ----------------------------------------------------------------


def test_more_than_ten_alarms_in_ten_minutes_are_a_flood_until_fewer_than_five() -> None:
    """Begun and ended by an event each, and shown with the list."""
    site, seen = words(), []
    for number, key in enumerate(WORDS[:11]):
        site.step(number * 30, {key: "shutdown"})
        seen.append(site.site.watching.flood)
    during = decode(announce.alarms(site.site, site.facts, site.now(301))[1], Alarms)
    for second in (779, 780):
        site.step(second)
        seen.append(site.site.watching.flood)

    assert [*[False] * 10, True, True, False] == seen
    assert during.flood
    assert [Event.FLOOD_BEGAN, Event.FLOOD_ENDED] == floods(site.told)


def test_ten_alarms_in_more_than_ten_minutes_are_no_flood() -> None:
    """Eleven that come a minute apart never are eleven in ten minutes."""
    site = words()
    for number, key in enumerate(WORDS[:13]):
        site.step(number * 60, {key: "shutdown"})

    assert [] == floods(site.told)


def test_in_a_flood_only_the_gravest_wakes() -> None:
    """What must be done today waits until the flood and the hour are over."""
    site = real()
    site.step(0, dict.fromkeys(WORDS, "shutdown"))
    site.step(5)
    flooded = site.site.watching.flood
    memory = msgspec.structs.replace(site.site.memory, woken=())
    site.site = msgspec.structs.replace(site.site, memory=memory)
    today = woken(site.step(300, {"fuel_leak": True}))
    gravest = woken(site.step(310, {"controller.shutdown_alarm": 1}))
    within = woken(site.step(3909))
    later = woken(site.step(3910))

    assert flooded
    assert [[], ["gen-shutdown"], [], ["fuel-leak"]] == [today, gravest, within, later]


def flicker(site: AlarmSite, seconds: list[float], key: str = "alarm.earth-fault") -> None:
    """The condition comes at each of these seconds and is gone a second later."""
    for second in seconds:
        site.step(second, {key: "shutdown"})
        site.step(second + 1, {key: "inactive"})


@pytest.mark.parametrize(
    ("seconds", "chatters"),
    [([0, 20, 60], True), ([0, 20, 61], False), ([0, 30], False), ([0, 10, 20, 30], True)],
)
def test_an_alarm_that_comes_three_times_in_a_minute_chatters(seconds: list[float], chatters: bool) -> None:
    """Then it stays until it has been gone for ten minutes."""
    site = words()
    flicker(site, seconds)
    alarm = site.alarm("earth-fault")

    assert alarm is not None
    assert chatters is alarm.chattering
    assert chatters is alarm.holds


def test_what_chatters_is_over_after_ten_quiet_minutes() -> None:
    """And raised no more meanwhile."""
    site, seen = words(), []
    flicker(site, [0, 10, 20, 30, 40, 50])
    for second in (650, 651):
        site.step(second)
        seen.append(site.looks("earth-fault", []))

    assert ["unacked 1", "returned_unacked"] == seen
    assert 3 == kinds(site.told).count("alarm_raised earth-fault")


def test_two_alarms_that_take_turns_do_not_chatter() -> None:
    """Each is counted for itself."""
    site = words()
    flicker(site, [0, 20], WORDS[0])
    flicker(site, [30, 50], WORDS[1])

    assert [] == [alarm.key for alarm in site.site.memory.alarms if alarm.chattering]


def first_outs(told: list[Change]) -> dict[str, bool]:
    """Alarm → was it a first-out when it was raised?"""
    raised = [change.body["alarm"] for change in told if change.kind is Event.ALARM_RAISED]
    return {alarm["key"]: alarm["first_out"] for alarm in raised}


def test_the_first_alarm_of_a_burst_is_marked() -> None:
    """With those of the same reading; what follows within a quarter is a consequence; later ones are their own."""
    site = words()
    site.step(0, {WORDS[0]: "shutdown", WORDS[1]: "shutdown"})
    site.step(5, {WORDS[2]: "shutdown"})
    site.step(64, {WORDS[3]: "shutdown"})
    site.step(64 + 905, {WORDS[4]: "shutdown"})
    keys = [word.removeprefix("alarm.") for word in WORDS[:5]]

    assert dict(zip(keys, [True, True, False, False, True], strict=True)) == first_outs(site.told)


def test_the_first_is_whose_condition_began_first_not_whose_delay_is_shortest() -> None:
    """Low oil waits for five seconds, the shutdown that it caused does not."""
    site = real()
    site.step(0, {"alarm.low-oil-pressure": "shutdown"})
    site.step(1, {"controller.shutdown_alarm": 1, "alarm.over-speed": "shutdown"})
    site.step(6)
    told = first_outs(site.told)

    assert (True, False) == (told["low-oil-pressure"], told["over-speed"])


def test_a_consequence_is_no_first_out_while_its_cause_still_waits() -> None:
    """The mains are lost at once and an alarm after a minute; the start that failed because of it is not the first."""
    site = real()
    site.step(0, {"power": Power.DEAD, "mains": False, "load_live": False})
    site.step(40, {"alarm.fail-to-start": "shutdown"})
    site.step(50)
    site.step(130)
    told = first_outs(site.told)

    assert (False, True, True) == (told["fail-to-start"], told["mains-lost"], told["no-power-at-site"])


def test_another_device_has_a_burst_of_its_own() -> None:
    """A node that is lost is no consequence of the set."""
    site = real()
    site.step(0, {"controller.shutdown_alarm": 1})
    site.step(1, {"node/charger.failed": 1})
    site.step(61)

    assert {"gen-shutdown": True, "charger-fail": True} == first_outs(site.told)
