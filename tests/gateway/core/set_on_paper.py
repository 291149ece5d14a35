"""A set that is polled every five seconds: a test says what it does next and for how long."""

from typing import Any

from contract.judgement import OutageDone, RunDone
from contract.messages import Value
from contract.orders import What
from contract.words import ClockQuality, Quality, Stream
from gateway.core.facts import Facts, RunFacts
from gateway.core.pipeline import Tick
from gateway.core.remembered import Memory
from gateway.core.site import Now

from .conftest import WALL_MS, Story, at, facts, genset, gone, good, order, silence

POLL_S = 5
LIVE = {"volts": 230.0, "hertz": 50.0}
DARK = {"volts": 0.0, "hertz": 0.0}


class Plant:
    """The story of one site with one set; `second` is its uptime."""

    def __init__(self, of: Facts | None = None, memory: Memory | None = None, **state: Any) -> None:
        self.story = Story(of or facts(), memory)
        self.second = 1000.0
        self.run, self.boot, self.clock, self.wall_s = "run-1", "boot-1", ClockQuality.SYNCED, 0.0
        self.mains, self.engine, self.kw = 230.0, "stopped", 0.0
        self.volts, self.hertz = 0.0, 0.0
        self.fuel: float | Quality = 60.0
        self.more: dict[str, float | str] = {}
        self.slow: dict[str, float] = {}
        """Read once a minute."""
        self.orders = 0
        self.go(30, **state)

    @property
    def now(self) -> Now:
        """The moment."""
        return at(self.second, run=self.run, boot=self.boot, clock=self.clock, wall_s=self.wall_s)

    def go(self, seconds: float, /, *, more: dict[str, float | str] | None = None, **state: Any) -> None:
        """So it stands for so long, and is polled all the time."""
        for name, value in state.items():
            setattr(self, name, value)
        self.more |= more or {}
        for _ in range(max(1, round(seconds / POLL_S))):
            self.second += POLL_S
            self.story.poll(self.now, "genset", self.values())

    def values(self) -> dict[str, Value]:
        """One poll."""
        at_s = self.second
        told = genset(at_s, mains=self.mains, engine=self.engine, kw=self.kw)
        fuel = gone(self.fuel, at_s) if isinstance(self.fuel, Quality) else good(self.fuel, at_s)
        phases = {f"generator.voltage_l{phase}n": good(self.volts, at_s) for phase in (1, 2, 3)}
        rest = {key: good(value, at_s) for key, value in self.more.items()}
        if at_s % 60 == 0:
            rest |= {key: good(value, at_s) for key, value in self.slow.items()}
        return told | phases | {"generator.frequency": good(self.hertz, at_s), "fuel.level": fuel} | rest

    def silent(self, seconds: float) -> None:
        """Polled in vain."""
        for _ in range(round(seconds / POLL_S)):
            self.second += POLL_S
            self.story.poll(self.now, "genset", silence(self.values(), self.second))

    def ticks(self, seconds: float) -> None:
        """Time passes and nobody polls."""
        self.second += seconds
        self.story.step(self.now, Tick())

    def away(self, seconds: float, *, boot: str | None = None, clock: ClockQuality | None = None) -> None:
        """The program is down so long; with another boot the machine was too, and its uptime begins anew."""
        told = self.story.told
        self.story = self.story.restarted()
        self.story.told = told
        self.second += seconds
        self.run += "+"
        if boot is not None:
            self.wall_s += self.second - 60
            self.boot, self.second = boot, 60.0
        self.clock = clock or self.clock

    def says(self, what: What, *, who: str = "Kim", entered_ms: int | None = None) -> str:
        """Somebody enters something; the refusal, or nothing."""
        self.orders += 1
        wall_ms = entered_ms if entered_ms is not None else self.wall_ms
        numbered = self.story.step(self.now, order(self.orders, what, entered_ms=wall_ms, who=who))
        refused = [str(one.body["detail"]) for one in numbered if one.kind == "order_refused"]
        return refused[0] if refused else ""

    @property
    def wall_ms(self) -> int:
        """The true time."""
        return WALL_MS + round((self.second + self.wall_s) * 1000)

    def start(self, *, crank_s: float = 10, warm_s: float = 10, **state: Any) -> None:
        """It cranks, warms up, gives voltage."""
        self.go(crank_s, engine="pre_start", **DARK, **state)
        self.go(warm_s, engine="warming_up", **LIVE)

    def stop(self, *, cool_s: float = 60, rest_s: float = 60, **state: Any) -> None:
        """It cools down and stands."""
        self.go(cool_s, engine="cooling_down", kw=0.0, **LIVE, **state)
        self.go(10, engine="post_run", **DARK)
        self.go(rest_s, engine="stopped")

    def test(self, minutes: float, kw: float = 0.0) -> RunDone:
        """A whole test run; its record."""
        self.start()
        self.go(minutes * 60, engine="running", kw=kw)
        self.stop()
        return self.runs[-1]

    @property
    def runs(self) -> tuple[RunDone, ...]:
        """The records kept."""
        return self.story.site.memory.runs

    @property
    def outages(self) -> tuple[OutageDone, ...]:
        """The timelines kept."""
        return self.story.site.memory.outages

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of one kind of event so far."""
        return [one.body for one in self.story.told if one.stream is Stream.EVENT and one.kind == kind]


def rule(**changes: Any) -> Facts:
    """A site with another rule for its test runs."""
    return facts(run=RunFacts(**changes))
