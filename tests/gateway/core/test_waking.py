"""The site wakes its own people: from alarms of a step to messages, and back from the centre and the modem."""

from typing import Any

import msgspec
import pytest

from contract.messages import Alarm
from contract.records import CalledBody
from contract.waking import Kind, Unsent, WakingTaken, WokenAlarm
from contract.wire import Moment
from contract.words import AlarmState, ClockQuality, Event, Origin, Status
from gateway.core.facts import WakeFacts, WakePerson
from gateway.core.remembered import Memory
from gateway.core.site import Change, Now, Site, remember
from gateway.core.waking import waking
from gateway.core.waking.waking import Sent, Trying

from .conftest import GENSET, facts

PEOPLE = (WakePerson(name="Handlaren", phone="+46700000001"), WakePerson(name="Ersättare", phone="+46700000002"))
WALL_MS = 1_764_000_000_000


def at(second: float, boot: str = "boot-1") -> Now:
    """A moment of the site."""
    up_ms = int(second * 1000)
    return Now(run="run-1", boot=boot, up_ms=up_ms, wall_ms=WALL_MS + up_ms, clock=ClockQuality.SYNCED)


def alarm(state: AlarmState = AlarmState.UNACKED, **parts: Any) -> Alarm:
    """One alarm of the site."""
    told: dict[str, Any] = {
        "key": "no-power-at-site", "device": "site", "raised_run": "run-1", "raised_seq": 4, "priority": 1,
        "raised": Moment(boot="boot-1", up_ms=0, wall_ms=WALL_MS, clock=ClockQuality.SYNCED),
        "origin": Origin.MEASURED,
    }  # fmt: skip
    return Alarm(state=state, **(told | parts))


class Woken:
    """A site whose alarms are written by hand, second by second."""

    def __init__(self, **parts: Any) -> None:
        wake = WakeFacts(**({"people": PEOPLE, "centre": True} | parts))
        self.facts = facts(GENSET, wake=wake, simulated=False, status=parts.get("status", Status.ACTUAL))
        self.site = Site(memory=Memory())
        self.sent: list[tuple[float, str, str]] = []
        self.told: list[CalledBody] = []
        """What the centre hears of it."""
        self.works = True

    def raise_(self, second: float, **parts: Any) -> "Woken":
        """It comes, and is worth waking somebody for."""
        one = alarm(**parts)
        self.site = remember(self.site, alarms=(one,))
        change = Change(Event.ALARM_RAISED, {"alarm": msgspec.to_builtins(one), "notify": True})
        self.site, _ = waking.watch(self.site, self.facts, at(second), [change])
        return self

    def until(self, second: float, begin: float, step: float = 5.0) -> "Woken":
        """Time passes; the modem sends what is due."""
        now = begin
        while now <= second:
            self.site, _ = waking.watch(self.site, self.facts, at(now))
            for sms in waking.due(self.site.memory.waking, at(now)):
                self.site, _ = waking.heard(self.site, Trying(sms.id), self.facts, at(now))
                self.sent.append((now, sms.phone, sms.text))
                came_of = Sent(sms.id, None if self.works else Unsent.NO_NETWORK)
                self.site, told = waking.heard(self.site, came_of, self.facts, at(now))
                self.told += [msgspec.convert(one.body, CalledBody) for one in told]
            now += step
        return self

    def phones(self) -> list[str]:
        """Who was sent anything, in order."""
        return [phone for _, phone, _ in self.sent]


TAKEN = WokenAlarm(key="no-power-at-site", device="site", raised_run="run-1", raised_seq=4)


def taken(until_s: float, boot: str = "boot-1", *alarms: WokenAlarm) -> WakingTaken:
    """The centre has woken somebody."""
    return WakingTaken(site="are-kall", boot=boot, until_up_ms=int(until_s * 1000), alarms=alarms or (TAKEN,))


def test_site_waits_for_the_centre_and_then_wakes_its_own() -> None:
    """Nothing comes from the centre: after hold and grace the first person is called, ten minutes later the next."""
    site = Woken().raise_(0).until(1000, 5)

    assert [150.0, 750.0] == [second for second, _, _ in site.sent]
    assert ["+46700000001", "+46700000002"] == site.phones()
    assert [("Handlaren", "first", 1, None), ("Ersättare", "next", 1, None)] == [
        (one.person, one.kind, one.tries, one.why) for one in site.told
    ]
    assert site.sent[0][2].startswith("Kall: Strömlöst på platsen.")


def test_site_without_a_centre_waits_for_nobody() -> None:
    """Then the hold alone counts."""
    site = Woken(centre=False).raise_(0).until(100, 5)

    assert [30.0] == [second for second, _, _ in site.sent]


def test_taken_over_the_site_sleeps_until_it_runs_out() -> None:
    """While the centre vouches nobody here is called; when it says no more, the site goes on."""
    site = Woken().raise_(0).until(60, 5)
    site.site, _ = waking.heard(site.site, taken(900), site.facts, at(60))
    site.until(1500, 65)

    assert [900.0, 1500.0] == [second for second, _, _ in site.sent]


@pytest.mark.parametrize(
    "told",
    [taken(900, "boot-0"), taken(50), taken(900, "boot-1", msgspec.structs.replace(TAKEN, raised_seq=3))],
    ids=["of another boot", "run out before it came", "of an earlier alarm"],
)
def test_old_word_of_the_centre_keeps_nobody_asleep(told: WakingTaken) -> None:
    """A retained message of before says nothing of this alarm."""
    site = Woken().raise_(0).until(60, 5)
    site.site, _ = waking.heard(site.site, told, site.facts, at(60))
    site.until(200, 65)

    assert ["+46700000001"] == site.phones()


def test_centre_cannot_silence_a_site_for_ever() -> None:
    """However far the end lies that it names, after twenty minutes without a word the site goes on."""
    site = Woken().raise_(0).until(60, 5)
    site.site, _ = waking.heard(site.site, taken(10**9), site.facts, at(60))
    site.until(1300, 65)

    assert [1260.0] == [second for second, _, _ in site.sent]


def test_acknowledged_nobody_more_is_called_and_over_is_told_once() -> None:
    """An acknowledgement from anywhere ends it; when it is over, whoever was called is told."""
    site = Woken(centre=False).raise_(0).until(60, 5)
    site.site = remember(site.site, alarms=(alarm(AlarmState.ACKED),))
    site.until(2000, 65)
    site.site = remember(site.site, alarms=(), closed_alarms=(alarm(AlarmState.NORMAL),))
    site.until(3000, 2005)

    assert ["+46700000001", "+46700000001"] == site.phones()
    assert "Över: Kall: Strömlöst på platsen." == site.sent[-1][2]


def test_lamp_shines_from_the_first_call_until_somebody_acknowledges() -> None:
    """Also where there is nobody to send anything to."""
    site = Woken(centre=False, people=(), lamp=True).raise_(0)
    before = waking.lit(site.site.memory.waking)
    site.until(60, 5)
    shines = waking.lit(site.site.memory.waking)
    site.site = remember(site.site, alarms=(alarm(AlarmState.ACKED),))
    site.until(70, 65)

    assert (False, True, False) == (before, shines, waking.lit(site.site.memory.waking))
    assert [] == site.sent


def test_modem_that_fails_leads_to_the_next_person() -> None:
    """After its tries, and both are tried again later."""
    site = Woken(centre=False)
    site.works = False
    site.raise_(0).until(300, 5)

    assert ["+46700000001"] * 4 == site.phones()[:4]
    assert "+46700000002" == site.phones()[4]
    assert CalledBody(person="Handlaren", kind=Kind.FIRST, about="no-power-at-site", tries=4,
                      why=Unsent.NO_NETWORK) == site.told[0]  # fmt: skip


def test_program_killed_at_each_try_gives_up_as_any_other() -> None:
    """A message whose sending ends the program is not sent for ever: after four tries the next person is called."""
    site = Woken(centre=False).raise_(0)
    for second in (10, 20, 30, 35):
        site.site, _ = waking.watch(site.site, site.facts, at(second))
    (first,) = waking.due(site.site.memory.waking, at(35))
    told = []
    for boot in range(5):  # each time it dies before it hears what came of it
        site.site, more = waking.heard(site.site, Trying(first.id), site.facts, at(40, f"boot-{boot}"))
        told += more
    after = site.site.memory.waking.waiting

    assert [("Handlaren", 4, "no_answer")] == [(one.body["person"], one.body["tries"], one.body["why"]) for one in told]
    assert ["Ersättare"] == [one.person for one in after]


def test_message_under_way_at_a_restart_is_sent_again() -> None:
    """Nobody knows whether it went: rather twice than not at all, and only that one."""
    site = Woken(centre=False).raise_(0)
    for second in (10, 20, 30, 35):
        site.site, _ = waking.watch(site.site, site.facts, at(second))
    (sms,) = waking.due(site.site.memory.waking, at(35))
    site.site, _ = waking.heard(site.site, Trying(sms.id), site.facts, at(35))
    kept = msgspec.json.decode(msgspec.json.encode(site.site.memory), type=Memory)
    due = waking.due(kept.waking, at(1, "boot-2"))

    assert [(sms.id, 1, True)] == [(one.id, one.tries, one.under_way) for one in due]


def test_exercise_wakes_only_who_wants_it() -> None:
    """And says so first."""
    people = (PEOPLE[0], msgspec.structs.replace(PEOPLE[1], exercises=True))
    site = Woken(centre=False, people=people)
    site.facts = msgspec.structs.replace(site.facts, status=Status.EXERCISE)
    site.raise_(0).until(100, 5)

    assert ["+46700000002"] == site.phones()
    assert site.sent[0][2].startswith("ÖVNING Kall: ")


def test_step_in_which_nothing_happens_writes_nothing() -> None:
    """A card wears with every write."""
    site = Woken().raise_(0).until(60, 5)
    before = site.site
    site.until(100, 65)

    assert before is site.site
