"""Whom to wake, when and how often: on paper, by a clock that the test moves."""

from datetime import datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract.waking import (
    Acked,
    Cause,
    Cleared,
    Event,
    Kind,
    Now,
    Pace,
    Person,
    Raised,
    State,
    Taken,
    Tick,
    Told,
    calling,
    taken,
)
from contract.waking_step import look, sleeps, step, take
from contract.waking_words import MOST, message, plain, septets, title
from contract.words import Status

ZONE = ZoneInfo("Europe/Stockholm")
WALL_MS = 1_764_000_000_000
NOON = 12 * 60
PEOPLE = (Person(id="1"), Person(id="2"), Person(id="3"))


def cause(name: str = "a", **parts: Any) -> Cause:
    """Something that wakes."""
    told = {"group": "g", "site": "are-kall", "place": "Kall", "sv": "Strömlöst på platsen", "en": "No power",
            "priority": 1, "since_ms": WALL_MS, "link": "/sites/are-kall"}  # fmt: skip
    return Cause(id=name, **(told | parts))


class Play:
    """One judgement, led through time. `reached`: do messages get through? `said`: (minute, kind, person)."""

    def __init__(
        self, people: tuple[Person, ...] = PEOPLE, pace: Pace | None = None, minute: int | None = NOON
    ) -> None:
        self.people, self.pace, self.minute = people, pace or Pace(), minute
        self.state = State()
        self.boot, self.up_ms, self.wall_ms = "boot-1", 600_000, WALL_MS
        self.began_ms = self.up_ms
        self.gone_ms = 0
        self.reached: dict[str, bool] = {}
        self.said: list[tuple[float, str, str]] = []
        self.texts: list[str] = []

    def do(self, event: Event) -> "Play":
        """One event, and all answers to what it sends."""
        waiting: list[Event] = [event]
        while waiting:
            now = Now(boot=self.boot, up_ms=self.up_ms, wall_ms=self.wall_ms, minute=self.minute)
            self.state, messages = step(self.state, waiting.pop(0), self.people, self.pace, now)
            for one in messages:
                self.said.append((round(self.gone_ms / 60_000, 1), one.kind.value, one.person))
                self.texts.append(message(one.matter, one.kind, "sv", ZONE))
                ok = self.reached.get(one.person, True)
                waiting.append(Told(one.matter.number, one.matter.round, one.person, one.kind, ok))
        return self

    def wait(self, minutes: float, every_s: int = 10) -> "Play":
        """Time passes."""
        for _ in range(int(minutes * 60 / every_s)):
            self.gone_ms += every_s * 1000
            self.up_ms += every_s * 1000
            self.wall_ms += every_s * 1000
            self.do(Tick())
        return self

    def asked(self) -> list[str]:
        """Who was called, in order."""
        return [who for _, kind, who in self.said if kind in ("first", "next")]


def test_one_after_ten_minutes_all_after_thirty() -> None:
    """Person 1 at once, person 2 after ten minutes, everybody after thirty; nobody twice."""
    play = Play((*PEOPLE, Person(id="4"))).do(Raised(cause())).wait(50)

    assert [(0.5, "first", "1"), (10.5, "next", "2"), (30.5, "next", "3"), (30.5, "next", "4")] == play.said


def test_acknowledgement_ends_the_escalation() -> None:
    """Once somebody has acknowledged, nobody more is called; over is told once to who was called."""
    play = Play().do(Raised(cause())).wait(2).do(Acked("a")).wait(100)
    play.do(Cleared("a")).wait(60)

    assert ["1"] == play.asked()
    assert [("over", "1")] == [(kind, who) for _, kind, who in play.said if kind != "first"]


def test_dip_wakes_nobody() -> None:
    """What is gone before it has held for a moment is no message, and no over either."""
    play = Play().do(Raised(cause())).wait(0.3).do(Cleared("a")).wait(120)

    assert [] == play.said
    assert () == play.state.matters


@pytest.mark.parametrize("calm_s", [36, 200, 400, 900])
def test_flapping_mains_make_a_handful_of_messages(calm_s: int) -> None:
    """Fifty times an hour, or seldom enough to be calm in between: two people get at most five messages in an hour."""
    play = Play((Person(id="1"), Person(id="2")))
    while play.gone_ms < 3_600_000:
        play.do(Raised(cause())).wait(36 / 60, 1).do(Cleared("a")).wait(calm_s / 60, 1)
    within = [one for one in play.said if one[0] < 60]
    play.wait(200)

    assert 1 <= len(within) <= 6 if calm_s > 300 else len(within) <= 5
    assert "over" == play.said[-1][1]


def test_quiet_hours_go_to_the_next_person() -> None:
    """Whoever sleeps is passed over, but not for what must be acted on at once."""
    people = (Person(id="1", quiet=(22 * 60, 6 * 60)), Person(id="2"))
    milder = Play(people, minute=3 * 60).do(Raised(cause(priority=2))).wait(5)
    grave = Play(people, minute=3 * 60).do(Raised(cause(priority=1))).wait(5)

    assert ["2"] == milder.asked()
    assert ["1"] == grave.asked()


def test_when_all_sleep_the_first_to_wake_is_called() -> None:
    """What can wait until the morning waits, and is not forgotten."""
    play = Play((Person(id="1", quiet=(22 * 60, 6 * 60)),), minute=3 * 60).do(Raised(cause(priority=2))).wait(60)
    asleep = list(play.said)
    play.minute = 6 * 60
    play.wait(1)

    assert [] == asleep
    assert ["1"] == play.asked()


@pytest.mark.parametrize(("minute", "expected"), [(22 * 60, True), (0, True), (359, True), (360, False), (None, False)])
def test_quiet_hours_reach_over_midnight(minute: int | None, expected: bool) -> None:
    """From ten in the evening until six; who does not know the time spares nobody."""
    assert expected is sleeps(Person(id="1", quiet=(22 * 60, 6 * 60)), minute)


def test_channel_that_fails_leads_to_the_next_at_once() -> None:
    """Nobody waits ten minutes for somebody who could not be reached; over goes only to who was reached."""
    play = Play()
    play.reached["1"] = False
    play.do(Raised(cause())).wait(5).do(Cleared("a")).wait(30)

    assert [(0.5, "first", "1"), (0.5, "next", "2")] == play.said[:2]
    assert [("over", "2")] == [(kind, who) for _, kind, who in play.said[2:]]


def test_when_nobody_is_reached_all_are_tried_again() -> None:
    """After a while from the beginning, for as long as it holds."""
    play = Play((Person(id="1"), Person(id="2")))
    play.reached = {"1": False, "2": False}
    play.do(Raised(cause())).wait(4)
    before = play.asked()
    play.reached = {}
    play.wait(3)

    assert ["1", "2"] == before
    assert ["1", "2", "1"] == play.asked()


def test_graver_cause_calls_again_after_an_acknowledgement() -> None:
    """Whoever acknowledged a warning has not acknowledged that all is dark."""
    play = Play().do(Raised(cause(priority=2))).wait(3).do(Acked("a")).wait(5)
    play.do(Raised(cause("b", priority=2))).wait(5)
    milder = play.asked()
    play.do(Raised(cause("c", priority=1))).wait(5)

    assert ["1"] == milder
    assert ["1", "1"] == play.asked()


def test_other_sites_of_one_outage_are_one_message() -> None:
    """Six sites are one call that says how many and which is worst."""
    play = Play()
    for number in range(6):
        play.do(Raised(cause(f"c{number}", site=f"are-s{number}", place=f"Plats {number}", priority=1 + (number != 4))))
    play.wait(5)

    assert ["1"] == play.asked()
    assert "6 platser, värst Plats 4: Strömlöst på platsen. Sedan 17:00. Kvittera på sidan." == play.texts[0]


def test_storm_is_told_of_with_all_its_sites() -> None:
    """Three hundred sites at once are one matter that names three hundred, and looking again changes nothing."""
    pace, now = Pace(most_causes=5000), Now(boot="b", up_ms=0, wall_ms=WALL_MS, minute=NOON)
    causes = [cause(f"c{number}", site=f"are-{number}") for number in range(300)]
    state = State()
    for one in causes:
        state = take(state, Raised(one), pace, now)
    state, messages = look(state, PEOPLE, pace, msgspec.structs.replace(now, up_ms=60_000))
    again = [take(state, Raised(one), pace, now) for one in causes]

    assert ["1"] == [one.person for one in messages]
    assert message(messages[0].matter, Kind.FIRST, "sv", ZONE).startswith("300 platser, värst Kall: ")
    assert all(one is state for one in again)


def test_exercise_goes_only_to_who_wants_it_and_says_so_first() -> None:
    """ÖVNING and TEST stand first, whatever is cut, and are matters of their own."""
    people = (Person(id="1"), Person(id="2", wants=(Status.ACTUAL, Status.EXERCISE)))
    play = Play(people).do(Raised(cause(status=Status.EXERCISE, sv="Å" * 300))).do(Raised(cause("b"))).wait(5)

    assert [("first", "2"), ("first", "1")] == [(kind, who) for _, kind, who in play.said]
    assert play.texts[0].startswith("ÖVNING Kall: ÅÅÅ")
    assert septets(play.texts[0]) <= MOST
    assert title(play.state.matters[0], Kind.OVER, "sv").startswith("ÖVNING Över: ")


def test_scope_keeps_other_municipalities_asleep() -> None:
    """A person is woken for the sites of the own municipality."""
    people = (Person(id="1", scope="berg"), Person(id="2", scope="are"), Person(id="3", scope="are-kall"))
    play = Play(people).do(Raised(cause())).wait(45)

    assert ["2", "3"] == play.asked()


def test_restart_keeps_the_step_of_the_escalation() -> None:
    """Over a new boot the wall clock says how long it was; nobody is called again for having been called."""
    play = Play().do(Raised(cause())).wait(2)
    play.state = msgspec.json.decode(msgspec.json.encode(play.state), type=State)
    play.boot, play.up_ms = "boot-2", 20_000
    play.wall_ms += 9 * 60_000
    play.wait(1)

    assert ["1", "2"] == play.asked()


def test_wrong_clock_after_a_restart_calls_nobody_back_into_the_past() -> None:
    """A wall clock of 1970 after a start: time counts from the boot, nothing runs backwards."""
    play = Play().do(Raised(cause())).wait(2)
    play.boot, play.up_ms, play.wall_ms = "boot-2", 5_000, 1000
    play.do(Tick())

    assert ["1"] == play.asked()
    play.wait(11)
    assert ["1", "2"] == play.asked()


def test_nothing_new_is_the_same_state() -> None:
    """A look at which nothing happens is worth no write."""
    play = Play().do(Raised(cause())).wait(2)
    before = play.state
    play.wait(1)

    assert before is play.state


def test_reminder_comes_once_an_hour_while_nobody_acknowledges() -> None:
    """At most one message an hour asks nobody new."""
    play = Play((Person(id="1"),)).do(Raised(cause())).wait(190)

    assert ["first", "reminder", "reminder", "reminder"] == [kind for _, kind, _ in play.said]
    assert calling(play.state)


TEXTS = ["Kall", "Stora Blåsjön – norra", "Gällivare “handel”", "Luleå\u00a0[hamn] €", "Njuŋŋes Đáhkká", "🔥 Handlarn"]


@pytest.mark.parametrize("place", TEXTS)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_text_fits_one_sms(place: str, kind: Kind, language: str) -> None:
    """At most 160 letters that every telephone has, å ä ö among them, with a link that is whole or not there."""
    play = Play().do(
        Raised(cause(place=place, sv="Elverket går, men strömmen når inte fram till huset" * 4, en="x" * 200))
    )
    for home in ("", "https://kris.are.se", "https://" + "x" * 60 + ".se"):
        told = message(play.state.matters[0], kind, language, ZONE, home)

        assert septets(told) <= MOST
        assert told == plain(told)
        assert ("https" in told) is (home == "https://kris.are.se" and kind is not Kind.OVER)


def test_letters_that_a_telephone_has_stay() -> None:
    """Swedish stays, Sami loses its signs, others become a question mark."""
    assert "Åäö é Njunnes Dáhkká".replace("á", "a") == plain("Åäö é Njuŋŋes Đáhkká")
    assert '"a" - ...?' == plain("“a” – …☃")


# --- the site and the centre ---

GRACE = Pace(wait_ms=120_000)


class House:
    """A site, its centre, and a wire between them that loses what the test says."""

    def __init__(self, lost: tuple[bool, ...], *, centre_reaches: bool = True, dies_at: float = 1e9) -> None:
        self.site, self.centre = (
            Play((Person(id="s1"), Person(id="s2")), GRACE),
            Play((Person(id="c1"), Person(id="c2"))),
        )
        self.centre.reached = {} if centre_reaches else {"c1": False, "c2": False}
        self.lost, self.dies_at = list(lost), dies_at

    def gone(self) -> bool:
        """Does the wire lose the next message?"""
        return self.lost.pop(0) if self.lost else False

    def run(self, minutes: int, ack_at: float | None = None) -> "House":
        """An alarm is raised at 0; the centre confirms every five minutes what it really woke somebody for."""
        self.site.do(Raised(cause("x")))
        if not self.gone():
            self.centre.do(Raised(cause("x")))
        told_ms = -(10**9)
        for tick in range(minutes * 6):
            self.site.wait(1 / 6)
            if self.centre.gone_ms / 60_000 < self.dies_at:
                self.centre.wait(1 / 6)
                names = taken(self.centre.state).get("are-kall", ())
                if names and self.centre.gone_ms - told_ms >= 5 * 60_000:
                    told_ms = self.centre.gone_ms
                    if not self.gone():
                        self.site.do(Taken(names, 15 * 60_000))
            if ack_at is not None and tick == int(ack_at * 6):
                self.centre.do(Acked("x"))
                self.site.do(Acked("x"))
        return self


@pytest.mark.parametrize("lost", list(product([False, True], repeat=5)))
def test_somebody_is_always_called_whatever_the_wire_loses(lost: tuple[bool, ...]) -> None:
    """The record up and the first four confirmations down, each lost or not: somebody is called within four minutes.

    The site calls only where it was left without a confirmation: none came, or two in a row were lost.
    """
    house = House(lost).run(30)
    site, centre = house.site.asked(), house.centre.asked()
    first = min([at for at, kind, _ in house.site.said + house.centre.said if kind == "first"])

    assert first <= 4
    assert len(set(site)) == len(site)
    assert len(set(centre)) == len(centre)
    if not any(lost):
        assert ([], ["c1", "c2"]) == (site, centre)
    if lost[0]:
        assert ("s1", []) == (site[0], centre)
    if not lost[0] and not lost[1] and not (lost[3] and (lost[2] or lost[4])):
        assert [] == site


def test_centre_that_reaches_nobody_takes_nothing_over() -> None:
    """A confirmation is a person who was reached, not a message that was received."""
    house = House((), centre_reaches=False).run(10)

    assert ["s1"] == house.site.asked()


def test_site_goes_on_when_the_centre_falls_silent() -> None:
    """What was taken over and is not confirmed again comes back to the site."""
    house = House((), dies_at=3).run(30)

    assert ["c1"] == house.centre.asked()
    assert ["s1"] == house.site.asked()[:1]
    assert 15 <= house.site.said[0][0] <= 20


def test_acknowledged_at_the_centre_the_site_stays_silent() -> None:
    """The acknowledgement reaches the site, and nobody there is called when the confirmation runs out."""
    house = House((), dies_at=5).run(60, ack_at=4)

    assert [] == house.site.asked()


@pytest.mark.parametrize(
    ("utc", "told"), [("00:30", "02:30 sommartid"), ("01:30", "02:30 vintertid"), ("02:30", "03:30")]
)
def test_message_in_the_night_of_two_equal_hours_says_which(utc: str, told: str) -> None:
    """Whoever is woken knows whether it began an hour ago or just now."""
    since_ms = int(datetime.fromisoformat(f"2026-10-25T{utc}:00+00:00").timestamp() * 1000)
    (text, *_) = Play().do(Raised(cause(since_ms=since_ms))).wait(10).texts

    assert f"Sedan {told}." in text
