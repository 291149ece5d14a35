"""The search behind `scan`: listens, then asks unit by unit, and what is there who it is."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from contract.words import Origin
from doors.clock import Clock
from gateway.core.wire.decode import Fault, Outcome, Registers, Why, readings
from gateway.core.wire.lines import SerialLine, TcpLine, cost_on
from gateway.core.wire.plan import Block, plan
from gateway.core.wire.recognise import fitting, marked, nearly, questions
from gateway.io.device import Device
from gateway.io.listening import ENOUGH, heard
from gateway.io.modbus import Line, open_line
from gateway.profiles.schema import Profile

KNOCKS = (Block(3, 0, 1), Block(4, 0, 1))
"""Whoever is there answers one of them, if only to refuse it."""
PAUSE_S = 0.1
"""Quiet before each question: what the touchiest of the known controllers wants."""
AT_REST = ("stopped",)


class CannotScan(Exception):
    """Why it is not looked any further, in a sentence."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the wire. `runs`: whether its engine runs, None where that is not known."""

    line: TcpLine | SerialLine
    unit: int
    profiles: tuple[str, ...]
    runs: bool | None
    sentence: str


class Progress(Protocol):
    """Where it is told how far the search is."""

    def step(self, text: str) -> None:
        """Something new begins."""

    def within(self, text: str) -> None:
        """It goes on."""

    def note(self, text: str) -> None:
        """Something that shall stay to be read."""

    def end(self) -> None:
        """Nothing more is told."""


class Search:
    """One search. `found` and `asked` tell at any time how far it came. `may_go_on` None: nobody is asked."""

    def __init__(
        self,
        profiles: Sequence[Profile],
        units: Sequence[int],
        timeout_s: float,
        progress: Progress,
        may_go_on: Callable[[str], Awaitable[bool]] | None,
    ) -> None:
        self.profiles = profiles
        self.units = units
        self.progress = progress
        self.found: list[Found] = []
        self.tried: list[TcpLine | SerialLine] = []
        self.asked = 0
        self._garbled: list[TcpLine | SerialLine] = []
        self._timeout_s = timeout_s
        self._may_go_on = may_go_on

    async def listen(self, lines: Sequence[TcpLine | SerialLine], seconds: float) -> None:
        """Raises CannotScan when somebody else asks on this wire. Modbus TCP has no wire that could be heard."""
        serial = [line for line in lines if isinstance(line, SerialLine)]
        # at the highest speed every byte of a slower line is heard as at least one
        line = max(serial, key=lambda one: one.baud) if serial else lines[0]
        if not line.rtu:
            return
        self.progress.step(f"{line.name}: listening for {seconds:g} s whether somebody else asks here")
        try:
            count = await heard(line, seconds)
        except (OSError, TimeoutError) as fault:
            raise CannotScan(open_line(line).why_no_link()) from fault
        if count >= ENOUGH:
            raise CannotScan(
                f"{line.name}: somebody else talks on this line, so it is not scanned; stop the other master "
                "(a gateway, a panel, a modem) or unplug it, and if there is none, look at wiring and termination"
            )

    async def run(self, lines: Sequence[TcpLine | SerialLine]) -> None:
        """Try each way the wire may be set up until somebody answers: a bus has one speed."""
        for line in lines:
            wire = open_line(line)
            self.tried.append(line)
            try:
                await self._on(wire)
            finally:
                await wire.close()
            if self.found:
                return

    def hint(self) -> str:
        """What to look at when nobody was found."""
        if self._garbled:
            at = self._garbled[0]
            speed = f"{at.baud} {at.parity}" if isinstance(at, SerialLine) else at.name
            return f"something unreadable came at {speed}: try other speeds and --parity E or O"
        if isinstance(self.tried[-1], TcpLine):
            return "try --units 1-247, --timeout 2, and whether the device lets itself be read"
        return "look at A and B, at the device's speed and unit in its menu, then try --parity E and --units 1-247"

    # --- one set-up of the wire ----------------------------------------------------------------------------------

    async def _on(self, wire: Line) -> None:
        line = wire.line
        what = f"{line.name}, {line.baud} {line.parity}" if isinstance(line, SerialLine) else line.name
        self.progress.step(f"{what}: {len(self.units)} units, at most {self._longest_s():.0f} s")
        for number, unit in enumerate(self.units, 1):
            self.progress.within(f"{what}: unit {unit} ({number} of {len(self.units)}), {len(self.found)} found")
            if not await self._answers(wire, unit):
                continue
            one = await self._recognised(wire, unit)
            self.found.append(one)
            self.progress.note(f"{what}, unit {unit}: {one.sentence}")
            if one.runs and number < len(self.units):
                await self._ask_leave(one)

    def _longest_s(self) -> float:
        return len(self.units) * len(KNOCKS) * (self._timeout_s + PAUSE_S)

    async def _answers(self, wire: Line, unit: int) -> bool:
        """Is there somebody of that unit? Raises CannotScan when there is no wire."""
        for block in KNOCKS:
            outcome = await self._ask(wire, unit, block, self._timeout_s)
            if isinstance(outcome, Registers) or outcome.why is Why.REFUSED:
                return True
            if outcome.why is Why.LINK:
                raise CannotScan(outcome.sentence)
            if outcome.why is Why.CROSSED and wire.line not in self._garbled:
                self._garbled.append(wire.line)
        return False

    async def _ask(self, wire: Line, unit: int, block: Block, timeout_s: float, pause_s: float = PAUSE_S) -> Outcome:
        self.asked += 1
        return await wire.read(unit, block, timeout_s, max(pause_s, PAUSE_S))

    async def _recognised(self, wire: Line, unit: int) -> Found:
        """Who it is: every profile's proof is read, so that two that fit are both told."""
        answers: dict[Block, Outcome] = {}
        for question in questions(self.profiles):
            timeout_s = max(self._timeout_s, question.timeout_s)
            outcome = await self._ask(wire, unit, question.block, timeout_s, question.pause_s)
            answers[question.block] = outcome
            if isinstance(outcome, Fault) and outcome.why is Why.LINK:
                break
        fits = fitting(self.profiles, answers)
        if marked(answers):
            fits += [one for one in self.profiles if one.head.discover and await self._speaks(wire, unit, one)]
        if not fits:
            said = nearly(self.profiles, answers)
            sentence = (
                f"answers, but no profile knows it ({', '.join(said)})"
                if said
                else "answers, but does not prove itself"
            )
            return Found(line=wire.line, unit=unit, profiles=(), runs=None, sentence=sentence)
        runs = await self._runs(wire, unit, fits[0])
        sentence = " or ".join(f"{one.head.title}, profile {one.name}{_weak(one)}" for one in fits)
        sentence += "; its engine runs" if runs else ""
        return Found(line=wire.line, unit=unit, profiles=tuple(one.name for one in fits), runs=runs, sentence=sentence)

    async def _speaks(self, wire: Line, unit: int, profile: Profile) -> bool:
        """Has a device that says itself where its models stand those of the profile?"""
        device = Device(wire, unit, profile)
        await device.values("once", Clock().up_ms, Origin.MEASURED)
        self.asked += device.tally.asked
        return bool(device.verdict.fits)

    async def _runs(self, wire: Line, unit: int, profile: Profile) -> bool | None:
        """Does its engine run? None where it does not tell."""
        rows = [row for row in profile.rows if row.key == "engine.state"]
        if profile.head.kind != "generator_controller" or not rows:
            return None
        (read, *_) = plan(rows, profile, cost_on(wire.line, profile.link.pause_s))
        outcome = await self._ask(wire, unit, read.block, profile.link.timeout_s, profile.link.pause_s)
        state = readings(read, outcome, 0, Origin.MEASURED)["engine.state"].value
        return None if state is None else state not in AT_REST

    async def _ask_leave(self, one: Found) -> None:
        """A set that runs carries somebody: whoever scans decides whether its bus is to be disturbed."""
        sentence = f"The set of unit {one.unit} runs; more questions disturb its bus."
        if self._may_go_on is not None and not await self._may_go_on(sentence):
            raise CannotScan(f"unit {one.unit}: its engine runs, so the scan ended there; --yes goes on all the same")


def _weak(one: Profile) -> str:
    return " (experimental)" if one.head.experimental else ""
