"""A day with four warnings, two updates and a cancel, minute by minute, with every kind of trouble, against an oracle.

The oracle is a timetable written by hand and the rules of the fact sheet: what a person with all information would put
on the screen, and, while the screen is blind, what may honestly be said. It shares no code with what it judges.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality, Status
from kiosk.core.asking.listing import fold, key_of
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.core.warnings import attention
from kiosk.core.warnings.attention import Shown
from kiosk.feeds.alert import Alert, Answer, Area, Level, MsgType, Source
from kiosk.io.texts import words

DAY = 1440
VMA_LIMIT, SMHI_LIMIT, BOX_LIMIT = 3.5, 15.5, 3.0
"""Minutes: three intervals and half a minute for a request; three heartbeats of the box."""
SMHI_ENDS, BULLETIN_ENDS = 430, 620

TRUE: dict[str, list[tuple[int, int, str]]] = {
    "smhi": [(60, 180, "Hårda vindbyar"), (180, 420, "Mycket hårda vindbyar")],
    "vma": [(120, 150, "Gift i luften"), (150, 300, "Gift i luften, gå inomhus"), (760, 840, "Farligt vatten")],
    "municipality": [(500, DAY, "Koka vattnet")],
}
"""From when to when each authority says what, with all its updates: the truth, as minutes of the day."""
EXERCISE = (200, 262, "Sirenerna provas")


def vma_list(crisis: Any, minute: int) -> tuple[Alert, ...]:
    """What SR's list holds at a minute: updates have ids of their own, a cancel stays for six hours."""
    said = {name: {"sv": crisis.text(name)} for _, _, name in [*TRUE["vma"], EXERCISE]}
    first, second, third = (name for _, _, name in TRUE["vma"])
    drill = {"status": Status.EXERCISE, "incidents": ("SRVMA-X",)}
    other = {"incidents": ("SRVMA-2",)}
    rows = [
        (120, 150, crisis.vma("a1", 120, words=said[first])),
        (150, 300, crisis.vma("a2", 150, msg_type=MsgType.UPDATE, references=("a1",), words=said[second])),
        (300, 660, crisis.vma("a3", 300, msg_type=MsgType.CANCEL, references=("a2",))),
        (200, 262, crisis.vma("x1", 200, words=said[EXERCISE[2]], **drill)),
        (262, 620, crisis.vma("x2", 262, msg_type=MsgType.CANCEL, references=("x1",), **drill)),
        (400, 500, crisis.vma("e1", 400, area=Area(codes=("0180",)), incidents=("SRVMA-E",))),
        (760, 840, crisis.vma("b1", 760, words=said[third], **other)),
        (840, 1200, crisis.vma("b2", 840, msg_type=MsgType.CANCEL, references=("b1",), **other)),
    ]
    return tuple(alert for begins, ends, alert in rows if begins <= minute < ends)


def smhi_list(crisis: Any, minute: int) -> tuple[Alert, ...]:
    """What SMHI's list holds: one area, edited in place, gone before its own end."""
    ends_ms = crisis.NOON + SMHI_ENDS * crisis.MINUTE
    found = [
        crisis.smhi("1", begins, level, words={"sv": crisis.text(name)}, expires_ms=ends_ms)
        for (begins, ends, name), level in zip(TRUE["smhi"], (Level.YELLOW, Level.ORANGE), strict=True)
        if begins <= minute < ends
    ]
    return tuple(found)


@dataclass(frozen=True)
class Faults:
    """What goes wrong: `blind` from–to without network, `lags` minutes in which SR answers five minutes late, `screens`
    minutes in which the screen program starts anew, `boots` minute of a restart: for how long its clock is unknown.
    """

    blind: tuple[tuple[int, int], ...] = ()
    lags: tuple[int, ...] = ()
    screens: tuple[int, ...] = ()
    boots: tuple[tuple[int, int], ...] = ()

    def online(self, minute: int) -> bool:
        """Is there a network?"""
        return not any(begins <= minute < ends for begins, ends in self.blind)


@dataclass
class Checked:
    """The oracle's note of one source: when it was asked last, in which boot, by a known clock, what it has seen."""

    minute: int = -1
    boot: int = -1
    dated: bool = False
    newest: int = -1


@dataclass
class Player:
    """The kiosk: a keeper that folds lists, a screen that looks once a minute."""

    crisis: Any
    house: Any
    faults: Faults
    boot: int = 0
    booted: int = 0
    clock_from: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Checked] = field(default_factory=lambda: {name: Checked() for name in TRUE})
    drawn: dict[Any, tuple[int, int, bool, str]] = field(default_factory=dict)
    state: Any = field(default_factory=attention.begin)
    bulletin: Any = None
    centre: int = 0
    cancel_seen: bool = False

    def known(self, minute: int) -> bool:
        """Does the kiosk know what time it is?"""
        return minute >= self.clock_from

    def moment(self, minute: int) -> Moment:
        """By the kiosk's clocks."""
        wall = self.crisis.NOON + minute * self.crisis.MINUTE if self.known(minute) else None
        clock = ClockQuality.UNSYNCED if wall is None else ClockQuality.SYNCED
        return Moment(boot=f"boot-{self.boot}", up_ms=self.up_ms(minute), wall_ms=wall, clock=clock)

    def up_ms(self, minute: int) -> int:
        """Uptime in this boot."""
        return 100_000 + (minute - self.booted) * self.crisis.MINUTE

    def minute(self, minute: int) -> View:
        """One minute: restarts, questions, a look."""
        for begins, unknown in self.faults.boots:
            if minute == begins:
                self.boot, self.booted, self.clock_from = self.boot + 1, minute, minute + unknown
        if minute in self.faults.screens or any(minute == begins for begins, _ in self.faults.boots):
            self.state = attention.begin(self._before(minute))
        if self.faults.online(minute):
            late = 5 if minute in self.faults.lags else 0
            self._ask("vma", vma_list(self.crisis, minute - late), minute, minute - late)
            if minute % 5 == 0:
                self._ask("smhi", smhi_list(self.crisis, minute), minute, minute)
            self.centre = minute
            if minute >= 500 and self.bulletin is None:
                self.bulletin = self._bulletin()
                self.notes["municipality"].newest = minute
        return self._look(minute)

    def _bulletin(self) -> Any:
        return self.house.bulletin(
            sent_ms=self.crisis.NOON + 500 * self.crisis.MINUTE,
            expires_ms=self.crisis.NOON + BULLETIN_ENDS * self.crisis.MINUTE, severity="severe",
        )  # fmt: skip

    def _ask(self, name: str, listed: tuple[Alert, ...], minute: int, said: int) -> None:
        own = {key: one for key, one in self.kept.items() if key[0] == name}
        folded = fold(own, Answer(listed), self.moment(minute))
        self.kept |= {key_of(one.alert): one for one in folded.changed}
        for key in folded.dropped:
            del self.kept[key]
        self.states[name] = self.crisis.state(Source(name), self.moment(minute))
        note = self.notes[name]
        note.minute, note.boot, note.dated = minute, self.boot, self.known(minute)
        note.newest = max(note.newest, said)
        self.cancel_seen |= name == "vma" and 300 <= said < 660

    def _look(self, minute: int) -> View:
        ms = minute * self.crisis.MINUTE
        box, heard = (
            self.house.moment(
                up_ms=50_000_000 + at * self.crisis.MINUTE,
                wall_ms=self.crisis.NOON + at * self.crisis.MINUTE if self.known(minute) else None,
            )
            for at in (minute, self.centre)
        )
        known = self.known(minute)
        now = Now(
            self.up_ms(minute), self.crisis.NOON + ms if known else None,
            ClockQuality.SYNCED if known else ClockQuality.UNSYNCED,
        )  # fmt: skip
        held = Held(
            picture=self.house.picture(at=box, centre_heard=heard, heartbeat_s=60.0),
            contact=Contact(self.house.BOOT, 50_000_000 + ms, self.up_ms(minute)),
            alerts=tuple(self.kept.values()), feeds=tuple(self.states.values()),
            bulletins=() if self.bulletin is None else (self.bulletin,),
        )  # fmt: skip
        seen = view(
            held, now, words("sv"), self.house.SITE, False, place=self.crisis.PLACE, boot=f"boot-{self.boot}",
            watched={"vma": Source.VMA, "smhi": Source.SMHI},
        )  # fmt: skip
        self.state = attention.step(self.state, seen.alerts, ms)
        one = attention.owner(self.state, seen.alerts)
        if one is not None:
            self.drawn.setdefault(one.key, (minute, self.boot, known, one.gist))
        return seen

    def _before(self, minute: int) -> list[Shown]:
        told = []
        for key, (drawn, boot, dated, gist) in self.drawn.items():
            tellable = boot == self.boot or (dated and self.known(minute))
            told.append(Shown(key, (minute - drawn) * self.crisis.MINUTE if tellable else None, gist))
        return told

    def owner(self, seen: View) -> Any:
        """Who has the whole screen."""
        return attention.owner(self.state, seen.alerts)


def expected(player: Player, minute: int) -> dict[str, bool]:
    """The oracle: what stands by what could be known, and whether it may be called sure."""
    found = {}
    known = player.known(minute)
    for source, rows in TRUE.items():
        note = player.notes[source]
        for begins, ends, name in rows:
            if not begins <= note.newest < ends:
                continue
            sure = source == "municipality" or known or note.boot == player.boot
            if source == "smhi" and (known or note.dated) and (minute if known else note.minute) >= SMHI_ENDS:
                dated = note.dated or note.boot == player.boot
                if dated and SMHI_ENDS - note.minute <= SMHI_LIMIT:
                    continue  # asked so late that it had been told, had it been prolonged
                sure = False
            if source == "municipality" and known and minute >= BULLETIN_ENDS:
                continue
            found[name] = sure
    return found


def fresh(player: Player, minute: int) -> bool:
    """The oracle: has every source been checked lately, by a time that can be told?"""
    if minute - player.centre > BOX_LIMIT:
        return False
    for name, limit in (("vma", VMA_LIMIT), ("smhi", SMHI_LIMIT)):
        note = player.notes[name]
        tellable = note.boot == player.boot or (note.dated and player.known(minute))
        if note.minute < 0 or not tellable or minute - note.minute > limit:
            return False
    return True


def judge(player: Player, seen: View, minute: int, heard: set[str]) -> None:
    """What is on the screen against what may be."""
    wanted = expected(player, minute)
    real = {one.headline: one.sure for one in seen.alerts if one.real}
    assert wanted == real, minute
    assert all(
        one.stamp == "ÖVNING" and not one.takes and one.level is Level.NONE for one in seen.alerts if not one.real
    )
    drill = EXERCISE[0] <= player.notes["vma"].newest < EXERCISE[1]
    assert [EXERCISE[2]] * drill == [one.headline for one in seen.alerts if not one.real], minute
    calm = "Inga varningar för Kall" in seen.checked.text
    assert calm == (not wanted and fresh(player, minute)), (minute, seen.checked.text)
    if not fresh(player, minute):
        assert "ontrolleras" in seen.checked.text, (minute, seen.checked.text)
    ended = " ".join(one.text for one in seen.ended)
    heard |= set(wanted)
    second = TRUE["vma"][1][2]
    if second in heard and player.cancel_seen and player.known(minute) and minute <= 300 + 720:
        assert f"VMA gäller inte längre: {second}" in ended, minute
    if player.cancel_seen and player.known(minute) and minute > 300 + 720:
        assert second not in ended, minute
    assert not any(f": {name}" in ended and not ended.replace(f": {second}", "") for name in wanted)
    owner = player.owner(seen)
    if owner is not None:
        assert owner.real
        assert wanted[owner.headline], minute


def test_the_day_without_trouble(crisis: Any, house: Any) -> None:
    """Each warning and each changed update takes the screen in its first minute, with one tone, for ten minutes."""
    player, heard, owned, tones, before = Player(crisis, house, Faults()), set(), [], [], ""
    for minute in range(DAY):
        seen = player.minute(minute)
        judge(player, seen, minute, heard)
        one = player.owner(seen)
        name = one.headline if one else ""
        if name != before:
            owned.append((minute, name))
        before = name
        tones += [minute] if player.state.sound else []

    assert [
        (60, "Hårda vindbyar"), (70, ""), (120, "Gift i luften"), (130, ""), (150, "Gift i luften, gå inomhus"),
        (160, ""), (180, "Mycket hårda vindbyar"), (190, ""), (500, "Koka vattnet"), (510, ""),
        (760, "Farligt vatten"), (770, ""),
    ] == owned  # fmt: skip
    assert [60, 120, 150, 180, 500, 760] == tones


TROUBLE = Faults(
    blind=((100, 118), (140, 155), (250, 340), (425, 470), (830, 1250)),
    lags=(158, 345), screens=(125, 305, 763), boots=((260, 0), (350, 20), (440, 60), (900, 500)),
)  # fmt: skip


@pytest.mark.parametrize(
    "faults",
    [
        TROUBLE,
        Faults(blind=((130, 700),), boots=((200, 600),)),
        Faults(blind=((415, 520),)),
        Faults(blind=((300, 670),)),
        Faults(lags=(152, 301, 302), boots=((153, 30), (161, 0))),
        Faults(blind=((0, 1440),), boots=((3, 5),)),
    ],
)
def test_the_day_with_trouble(crisis: Any, house: Any, faults: Faults) -> None:
    """Blind over updates, over the whole life of a cancel, over an expiry; restarts with and without a clock."""
    _play(crisis, house, faults, 1)


def _play(crisis: Any, house: Any, faults: Faults, step: int) -> None:
    player, heard, toned, owned = Player(crisis, house, faults), set(), set(), {}
    for minute in range(0, DAY, step):
        seen = player.minute(minute)
        judge(player, seen, minute, heard)
        if player.state.sound:
            news = {one.headline for one in seen.alerts if one.real} - toned
            assert news, f"a tone at {minute} for what was told before"
            toned |= news
        one = player.owner(seen)
        if one is not None:
            began = owned.setdefault(one.headline, minute)
            assert minute - began <= 25, (minute, one.headline)  # its own ten, and the turns of others


MINUTES = st.integers(0, DAY - 1)
SPANS = st.lists(st.tuples(MINUTES, st.integers(1, 500)), max_size=4).map(
    lambda spans: tuple((begins, begins + length) for begins, length in spans)
)


@given(
    blind=SPANS, lags=st.sets(st.sampled_from([152, 153, 301, 304]), max_size=3),
    screens=st.sets(MINUTES, max_size=4), boots=st.dictionaries(MINUTES, st.integers(0, 400), max_size=3),
)  # fmt: skip
@settings(max_examples=8, deadline=None)
def test_the_day_with_any_trouble(
    crisis: Any,
    house: Any,
    blind: tuple[tuple[int, int], ...],
    lags: set[int],
    screens: set[int],
    boots: dict[int, int],
) -> None:
    """Whatever goes wrong when: looked at every fifth minute, when all sources are asked."""
    fifths = {minute - minute % 5: unknown for minute, unknown in boots.items()}
    faults = Faults(blind, tuple(lags), tuple(minute - minute % 5 for minute in screens), tuple(fifths.items()))
    _play(crisis, house, faults, 5)
