"""No sequence of events makes an exercise look real, an ended message active, or "no warnings" appear unchecked."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality, Freshness, Status
from kiosk.core.age import Reader
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.warnings.checks import Time, checks
from kiosk.core.warnings.lifecycle import lives, of_bulletin, of_feed
from kiosk.core.warnings.standing import Standing, standing
from kiosk.feeds.alert import Area, Level, MsgType, Source
from kiosk.io.texts import words

NAMES = st.sampled_from("abcdef")
STATUSES = st.sampled_from([Status.ACTUAL, Status.ACTUAL, Status.EXERCISE, Status.TEST])
AREAS = st.sampled_from([Area(codes=("2321",)), Area(codes=("00",)), Area(codes=("0180",)), Area()])
SENT = st.integers(-600, 600)
"""Minutes after noon, whatever the order of arrival."""
VMA = st.fixed_dictionaries({
    "kind": st.just("vma"), "name": NAMES, "sent": SENT, "msg_type": st.sampled_from(MsgType), "status": STATUSES,
    "references": st.lists(NAMES, max_size=2).map(tuple), "incidents": st.sampled_from([(), ("1",), ("1", "2")]),
    "expires": st.none() | SENT, "all_clear": st.sampled_from([False, False, False, True]), "area": AREAS,
})  # fmt: skip
SMHI = st.fixed_dictionaries({
    "kind": st.just("smhi"), "name": NAMES, "sent": SENT, "level": st.sampled_from(Level), "status": STATUSES,
    "expires": st.none() | SENT, "area": AREAS,
})  # fmt: skip
BULLETIN = st.fixed_dictionaries({
    "kind": st.just("bulletin"), "name": NAMES, "serial": st.integers(1, 9), "status": STATUSES,
    "msg_type": st.sampled_from(["alert", "update", "cancel"]), "references": st.lists(NAMES, max_size=2).map(tuple),
    "incident": st.sampled_from(["1", "2"]), "severity": st.sampled_from(["extreme", "moderate", "unknown"]),
})  # fmt: skip
EVENTS = st.lists(
    st.one_of(
        VMA, SMHI, BULLETIN,
        st.fixed_dictionaries({"kind": st.just("gone"), "name": NAMES, "source": st.sampled_from(["vma", "smhi"])}),
        st.fixed_dictionaries({"kind": st.just("check"), "source": st.sampled_from(["vma", "smhi"]),
                               "rejected": st.sampled_from([0, 0, 0, 1])}),
        st.fixed_dictionaries({"kind": st.just("line")}),
        st.fixed_dictionaries({"kind": st.just("reboot"), "known": st.booleans()}),
        st.fixed_dictionaries({"kind": st.just("time"), "known": st.booleans()}),
        st.fixed_dictionaries({"kind": st.just("wait"), "minutes": st.integers(1, 400)}),
    ), max_size=24,
)  # fmt: skip


@dataclass
class World:
    """What the kiosk holds after some events, with a note of each check for the judge."""

    crisis: Any
    house: Any
    minute: int = 0
    boot: int = 0
    booted: int = 0
    known: bool = True
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    bulletins: dict[str, Any] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    line: Any = None
    notes: dict[str, tuple[int, int, bool, int]] = field(default_factory=dict)

    def moment(self) -> Moment:
        """Now, by the kiosk's clocks."""
        wall = self.crisis.NOON + self.minute * self.crisis.MINUTE if self.known else None
        clock = ClockQuality.SYNCED if self.known else ClockQuality.UNSYNCED
        up_ms = 100_000 + (self.minute - self.booted) * self.crisis.MINUTE
        return Moment(boot=f"b{self.boot}", up_ms=up_ms, wall_ms=wall, clock=clock)

    def happen(self, event: dict[str, Any]) -> None:
        """One event."""
        event = dict(event)
        getattr(self, f"_{event.pop('kind')}")(**event)
        if self.known:  # the keeper asks all the time, whether it is answered or not
            now_ms = self.moment().wall_ms
            self.states = {name: structs.replace(one, known_ms=now_ms) for name, one in self.states.items()}

    def _message(self, maker: Any, name: str, expires: int | None, **fields: Any) -> None:
        expires_ms = None if expires is None else self.crisis.NOON + expires * self.crisis.MINUTE
        alert = maker(name, expires_ms=expires_ms, **fields)
        held = self.kept.get((alert.source.value, name))
        if held is None:
            self.kept[alert.source.value, name] = self.crisis.kept(alert, first=self.moment())
        elif held.alert.revision < alert.revision and alert.source is Source.SMHI:
            self.kept[alert.source.value, name] = structs.replace(held, alert=alert, gone=None)

    def _vma(self, **fields: Any) -> None:
        self._message(self.crisis.vma, **fields)

    def _smhi(self, **fields: Any) -> None:
        self._message(self.crisis.smhi, **fields)

    def _bulletin(self, name: str, serial: int, **fields: Any) -> None:
        self.bulletins.setdefault(name, self.house.bulletin(name, serial, **fields))

    def _gone(self, name: str, source: str) -> None:
        held = self.kept.get((source, name))
        if held is not None and held.gone is None:
            self.kept[source, name] = structs.replace(held, gone=self.moment())

    def _check(self, source: str, rejected: int) -> None:
        was = self.states.get(source)
        known_ms = 0 if was is None else was.known_ms
        self.states[source] = self.crisis.state(Source(source), self.moment(), rejected=rejected, known_ms=known_ms)
        self.notes[source] = (self.minute, self.boot, self.known, rejected)

    def _line(self) -> None:
        self.notes["municipality"] = (self.minute, self.boot, self.known, 0)
        self.line = self.house.moment(up_ms=50_000_000 + self.minute * self.crisis.MINUTE, wall_ms=None)

    def _reboot(self, known: bool) -> None:
        self.boot, self.booted, self.known = self.boot + 1, self.minute, known

    def _time(self, known: bool) -> None:
        self.known = self.known or known  # in one boot a clock that was known stays known

    def _wait(self, minutes: int) -> None:
        self.minute += minutes

    def held(self) -> tuple[Held, Now]:
        """The cache now; the box is always there."""
        moment = self.moment()
        ms = self.minute * self.crisis.MINUTE
        box = self.house.moment(up_ms=50_000_000 + ms, wall_ms=None)
        held = Held(
            picture=self.house.picture(at=box, centre_heard=self.line, heartbeat_s=60.0),
            contact=Contact(self.house.BOOT, 50_000_000 + ms, moment.up_ms), alerts=tuple(self.kept.values()),
            bulletins=tuple(self.bulletins.values()), feeds=tuple(self.states.values()),
        )  # fmt: skip
        return held, Now(moment.up_ms, moment.wall_ms, moment.clock)

    def look(self) -> tuple[Standing, dict[tuple[str, str, int], tuple[str | None, bool]]]:
        """What is told, and how each message stands: (why, sure) by source, id, revision."""
        held, now = self.held()
        time = Time(now, f"b{self.boot}")
        watched = {"vma": Source.VMA, "smhi": Source.SMHI}
        told = standing(held, Reader(now, held.contact, words("sv")), time, self.crisis.PLACE, watched, Freshness.FRESH)
        messages = [*map(of_bulletin, held.bulletins), *map(of_feed, held.alerts)]
        found = lives(messages, self.crisis.PLACE, checks(held, time, watched), time, self.house.BOOT)
        return told, {(one.alert.source.value, one.alert.id, one.alert.revision): (one.why, one.sure) for one in found}


def lately(world: World, source: str, limit: float) -> bool:
    """Was it checked lately by a time that can be told, and was all of it readable?"""
    if source not in world.notes:
        return False
    minute, boot, dated, rejected = world.notes[source]
    tellable = source == "municipality" or boot == world.boot or (dated and world.known)
    return tellable and not rejected and world.minute - minute <= limit


@given(EVENTS)
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_events_tells_something_wrong(crisis: Any, house: Any, events: list[dict[str, Any]]) -> None:
    """After every single event."""
    world, over = World(crisis, house), set()
    for event in events:
        world.happen(event)
        told, stand = world.look()
        exercise_never_looks_real(told)
        calm = "Inga varningar för Kall" in told.checked.text
        if calm:
            assert lately(world, "vma", 3.5)
            assert lately(world, "smhi", 15.5)
            assert lately(world, "municipality", 3.0)
            assert not [one for one in told.alerts if one.real and not one.all_clear and one.level is not Level.MESSAGE]
        back = {key for key, (why, sure) in stand.items() if why is None and sure and key in over}
        assert not back, "an ended message is active again"
        over |= {key for key, (why, _) in stand.items() if why is not None}


def exercise_never_looks_real(told: Standing) -> None:
    """Word, colour and shape of its own, and never the screen but for the municipality's own."""
    for one in told.alerts:
        if not one.real:
            assert one.stamp in ("ÖVNING", "PROV")
            assert (Role.INFORMATION, "information", Level.NONE) == (one.role, one.shape, one.level)
            assert not one.takes or one.source is Source.MUNICIPALITY
        else:
            assert not one.stamp
    for ended in told.ended:
        assert (ended.status is Status.ACTUAL) != any(word in ended.text for word in ("ÖVNING", "PROV"))
        assert ended.status is Status.ACTUAL or "Faran är över" not in ended.text
    if told.banner is not None and not told.alerts[0].real:
        assert told.banner.text.startswith((told.alerts[0].stamp, "Från före omstarten"))
        assert told.alerts[0].stamp in told.banner.text
        assert not any(one.real for one in told.alerts), "a real one stands before an exercise"
