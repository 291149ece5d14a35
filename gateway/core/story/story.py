"""A story is played through the real gateway core: values, orders and time go in, what must be told comes out.

Nothing here judges: each step is `pipeline.step`. A restart goes through the bytes that the store would hold.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from contract.messages import Value
from contract.wire import Moment
from contract.words import ClockQuality, ClockSource, Event, Quality, Stream
from gateway.core import pipeline
from gateway.core.facts import Facts
from gateway.core.orders import needs, orders
from gateway.core.pipeline import Batch, Happening, Numbered, Tick
from gateway.core.remembered import Memory
from gateway.core.site import Change, Now
from gateway.core.story.story_check import Told, Unmet, unmet
from gateway.core.story.story_expect import Expected
from gateway.core.story.story_format import Act, BoxAct, CentreAct, ClockAct, Silence
from gateway.core.story.story_lines import line_of, notified
from gateway.core.story.story_orders import Said, envelope, found
from gateway.core.story.story_state import view
from gateway.core.story.story_text import DAY_MS
from gateway.core.story.story_values import Given, as_read

BOOTED_MS = 30_000
"""So long the machine has been up when the program begins after a reboot."""
NEVER = 2**53


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A whole story, understood. Times in ms since 00:00:00; `start_ms`: the right wall clock then."""

    title: str
    facts: Facts
    start_ms: int
    offset_min: int
    clock: ClockQuality
    length_ms: int
    tick_ms: int
    acts: tuple[Act, ...]
    expected: tuple[Expected, ...]


class Look(msgspec.Struct, frozen=True):
    """The site at a moment as plain data, or None while the program was off; with what was kept of it."""

    at_ms: int
    tree: dict[str, Any] | None


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a story: all that was told, the site at the asked moments, and at the end."""

    told: tuple[Told, ...]
    looks: tuple[Look, ...]
    steps: int

    @property
    def end(self) -> Look:
        """The last look is at the end."""
        return self.looks[-1]


def play(story: Story, every_ms: int | None = None, reached: Callable[[int], None] | None = None) -> Played:
    """Play it. `every_ms`: look also that often. `reached` is told each moment of the story, in ms."""
    asked = {one.from_ms for one in story.expected if one.asks} | {story.length_ms}
    if every_ms:
        asked |= set(range(0, story.length_ms, every_ms))
    player = _Player(story)
    player.before()
    player.run(sorted(asked), reached or (lambda _at_ms: None))
    return Played(told=tuple(player.told), looks=tuple(player.looks), steps=player.steps)


def judged(story: Story, played: Played) -> list[Unmet]:
    """The expectations that were not met."""
    looks = {look.at_ms: look.tree for look in played.looks}
    return [fault for one in story.expected if (fault := unmet(one, played.told, looks)) is not None]


class _Player:
    """Plant, clock, link and gateway while a story is played."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.facts = story.facts
        self.told: list[Told] = []
        self.looks: list[Look] = []
        self.steps = 0
        self.notified = self.raised = 0
        self.runs_told: set[str] = set()
        self.given: dict[str, dict[str, Given]] = {}
        self.silent: set[str] = set()
        self.keys = _keys(story.acts)
        self.quality, self.wrong_ms = story.clock, 0
        self.centre = True
        self.marks = False
        """Does the centre's mark come as soon as the program runs and the link is up?"""
        self.run_number, self.boot_number = 0, 1
        earliest = min((act.at_ms for act in story.acts), default=0)
        # uptime at 00:00:00: the box has been up since before the first thing that people did
        self.up_ms = max(DAY_MS, DAY_MS - earliest)
        self.site = pipeline.awakened(Memory())
        self.last: Moment | None = None
        """When the gateway last looked."""
        self.back_ms: int | None = None
        """When the program begins again; None while it runs."""
        self.reboots = False
        """Is it off because the machine is?"""
        self.waiting: list[Said] = []

    # --- before 00:00:00 ---

    def before(self) -> None:
        """What people did before: only what it left behind counts, nothing of it is told."""
        self.quality = ClockQuality.SYNCED
        for act in self.story.acts:
            if act.at_ms >= 0 or not isinstance(act, Said):
                break
            order = envelope(act, found(act, self.site), self.story.start_ms)
            self.site, _ = orders.apply(self.site, order, self.facts, self._now(act.at_ms))
        self.quality = self.story.clock
        self.reboots = self.quality is ClockQuality.UNSYNCED
        self._begin(0)

    # --- from then on ---

    def run(self, asked: Sequence[int], reached: Callable[[int], None]) -> None:
        """Up to the end, through every act, poll, tick and look."""
        acts = [act for act in self.story.acts if act.at_ms >= 0]
        polls = {device.name: 0 for device in self.facts.devices}
        periods = {device.name: round(device.poll_every_s * 1000) for device in self.facts.devices}
        tick_ms = done = seen = 0
        while True:
            next_act = acts[done].at_ms if done < len(acts) else NEVER
            next_look = asked[seen] if seen < len(asked) else NEVER
            at_ms = min(next_act, next_look, tick_ms, self._return_ms(), *polls.values())
            if at_ms > self.story.length_ms:
                return
            reached(at_ms)
            due: dict[str, None] = {}
            while done < len(acts) and acts[done].at_ms <= at_ms:
                due |= dict.fromkeys(self._act(acts[done]))
                done += 1
            if self.back_ms is not None and self.back_ms <= at_ms:
                self._begin(at_ms)
                due |= dict.fromkeys(polls)
            # first what changed, in the order in which the story tells it, then whose turn it is
            due |= {name: None for name, poll_ms in polls.items() if poll_ms <= at_ms}
            looks = next_look <= at_ms
            self._steps(at_ms, due, tick=looks or tick_ms <= at_ms)
            for name in due:
                polls[name] = at_ms + periods[name] - at_ms % periods[name]
            if tick_ms <= at_ms:
                tick_ms = at_ms + self.story.tick_ms - at_ms % self.story.tick_ms
            if looks:
                self._look(at_ms)
                seen += 1

    def _return_ms(self) -> int:
        return NEVER if self.back_ms is None else self.back_ms

    def _act(self, act: Act) -> tuple[str, ...]:
        """One thing happens; the devices that are read at once because of it."""
        if isinstance(act, Given):
            self.given.setdefault(act.device, {})[act.key] = act
            return (act.device,)
        if isinstance(act, Silence):
            (self.silent.add if act.silent else self.silent.discard)(act.device)
            return (act.device,)
        if isinstance(act, Said):
            self.waiting.append(act)
        elif isinstance(act, BoxAct):
            self._down(act)
        elif isinstance(act, CentreAct):
            self.centre = self.centre if act.up is None else act.up
            self.marks = act.up is not False
        else:
            self._clock(act)
        return ()

    def _clock(self, act: ClockAct) -> None:
        self.quality = act.quality or self.quality
        self.wrong_ms = 0 if act.right else self.wrong_ms + act.jump_ms

    def _down(self, act: BoxAct) -> None:
        """What is switched off already stays off until the later of both."""
        self.back_ms = max(act.at_ms + act.for_ms, self.back_ms or 0)
        self.reboots = self.reboots or act.reboot

    def _booted(self, at_ms: int) -> None:
        """Another boot: uptime begins anew."""
        self.boot_number += 1
        self.up_ms = BOOTED_MS - at_ms

    def _begin(self, at_ms: int) -> None:
        """The program begins with what the disk gives back."""
        if self.reboots:
            self._booted(at_ms)
        self.reboots = False
        memory = msgspec.json.decode(msgspec.json.encode(self.site.memory), type=Memory)
        self.back_ms = None
        self.run_number += 1
        self.site = pipeline.awakened(memory, self.last)
        started = Change(Event.GATEWAY_STARTED, {"detail": f"version {self.facts.version}", "who": ""})
        self.site, numbered = pipeline.number(self.site, [started], self._now(at_ms))
        self._tell(at_ms, numbered)

    def _steps(self, at_ms: int, due: Iterable[str], *, tick: bool) -> None:
        """What the gateway does at this moment: read, obey, let time pass."""
        if self.back_ms is not None:
            return
        now = self._now(at_ms)
        for device in due:
            if values := self._read(device, at_ms, now):
                self._step(at_ms, Batch(device=device, values=values), now)
        for said in self.waiting:
            here = {"boot": now.boot, "up_ms": now.up_ms} if said.tag == "set_clock" else {}
            order = envelope(said, found(said, self.site) | here, self.story.start_ms)
            self._step(at_ms, order, now)
        self.waiting = []
        if self.marks and self.centre:
            self.marks = False
            self._mark()
        if tick and self.centre:
            self.site = msgspec.structs.replace(self.site, centre_heard=now.moment())
        # a poll lets time pass too: a tick in the same moment would tell nothing new
        if tick and self.last != now.moment():
            self._step(at_ms, Tick(), now)

    def _mark(self) -> None:
        """The centre has all that was told so far, of every run."""
        for run in range(1, self.run_number + 1):
            self.site = needs.received(self.site, f"run-{run}", Stream.EVENT, NEVER)

    def _read(self, name: str, at_ms: int, now: Now) -> dict[str, Value]:
        """One poll of a device; empty while the story has said nothing of it."""
        origin = pipeline.origin_of(self.facts)
        if name in self.silent:
            gone = Value(
                value=None, origin=origin, up_ms=now.up_ms, quality=Quality.COMM_ERROR, reason="does not answer"
            )
            return dict.fromkeys(self.keys[name], gone)
        return {key: as_read(one, at_ms, now.up_ms, origin) for key, one in self.given.get(name, {}).items()}

    def _step(self, at_ms: int, what: Happening, now: Now) -> None:
        self.site, numbered = pipeline.step(self.site, what, self.facts, now)
        self.steps += 1
        self.last = now.moment()
        self._tell(at_ms, numbered)

    def _tell(self, at_ms: int, numbered: Sequence[Numbered]) -> None:
        for one in numbered:
            if one.kind in ("sample", "receipt"):
                continue
            line = line_of(one.kind, one.body, self.runs_told)
            notify = notified(one.kind, one.body)
            self.notified += notify
            self.raised += line.startswith("alarm raised ")
            run = f"run-{self.run_number}"
            self.told.append(
                Told(at_ms=at_ms, line=line, kind=one.kind, body=one.body, run=run, seq=one.seq, notify=notify)
            )

    def _look(self, at_ms: int) -> None:
        tree = None
        if self.back_ms is None:
            tree = view(self.site, self.facts, self._now(at_ms), self.notified, self.raised)
        self.looks.append(Look(at_ms, tree))

    def _now(self, at_ms: int) -> Now:
        known = self.quality is not ClockQuality.UNSYNCED
        wall_ms = max(0, self.story.start_ms + at_ms + self.wrong_ms) if known else None
        up_ms, boot = self.up_ms + at_ms, f"boot-{self.boot_number}"
        told = self.site.memory.clock
        if not known and (told.boot, told.source) == (boot, ClockSource.PERSON):
            wall_ms = up_ms + told.offset_ms
        return Now(
            run=f"run-{self.run_number}",
            boot=boot,
            up_ms=up_ms,
            wall_ms=wall_ms,
            clock=self.quality if known or wall_ms is None else ClockQuality.HOLDOVER,
        )


def _keys(acts: Sequence[Act]) -> dict[str, list[str]]:
    """Every signal that a story ever gives to a device: what is missing while it is silent."""
    keys: dict[str, dict[str, None]] = {}
    for act in acts:
        if isinstance(act, Silence):
            keys.setdefault(act.device, {})
        elif isinstance(act, Given):
            keys.setdefault(act.device, {})[act.key] = None
    return {name: list(of) for name, of in keys.items()}
