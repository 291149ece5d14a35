"""One device on a line: asks what its plan says, learns what it refuses, and leaves it in peace while it is silent.

It proves itself first: after every silence the reads of rate `once`, which hold the identity, come before all others.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire import sunspec
from gateway.core.wire.decode import (
    NO_SUCH_REGISTERS,
    Fault,
    Outcome,
    Registers,
    Why,
    again,
    in_tens,
    missing,
    readings,
    together,
    witnessed,
)
from gateway.core.wire.identity import Verdict, identify
from gateway.core.wire.learned import Learned, forgotten, learned, remembered
from gateway.core.wire.patience import Patience
from gateway.core.wire.plan import Block, Read, split
from gateway.core.wire.steady import Stood, steadied
from gateway.core.wire.sunspec import Found
from gateway.io.modbus import Line
from gateway.profiles.schema import Profile, Rate, Row

ASK_AGAIN = 100
"""Polls after which a refused read is tried again: a controller may have been set up anew."""
SEARCH_TRIES = 3
"""Questions to a device that has answered, before a search is given up for this round."""
MOST_QUESTIONS = 400
"""Of one search: more than any chain of models needs."""

UpMs = Callable[[], int]


class Tally(msgspec.Struct):
    """What the wire was like: requests, and answers that did not come, were refused or were garbled.

    `again`: questions that were put once more because the last answer to them had not come or was garbled.
    """

    asked: int = 0
    silent: int = 0
    refused: int = 0
    garbled: int = 0
    again: int = 0
    slowest_s: float = 0.0


class Device:
    """One unit of a profile on a line. `refused`: what it has not; `anyway`: why it need not prove itself."""

    def __init__(
        self, line: Line, unit: int, profile: Profile, *, refused: Iterable[Block] = (), anyway: str = ""
    ) -> None:
        self.line = line
        self.unit = unit
        self.profile = profile
        self.verdict = Verdict(None, "not asked yet")
        self.refused: tuple[Block, ...] = tuple(refused)
        self.tally = Tally()
        self._missed: set[Block] = set()
        self._whole = profile
        self._unfound: dict[str, Value] = {}
        self._anyway = anyway
        self._plan: Learned
        self._answers: dict[int, tuple[Read, Sequence[int], dict[str, Value]]] = {}
        """The last answer to each read of the plan, by the read's id, and what it said."""
        self._lacking: dict[Block, tuple[Fault, int]] = {}
        self._replan()
        self._found: Verdict | None = None
        self._patience = Patience(floor_s=profile.link.timeout_s)
        self._waiting: deque[Read] = deque()
        self._proven = False
        self._stood: dict[str, Stood] = {}
        self._known: dict[str, Value] = {}

    async def values(self, rate: Rate, up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """All values of a rate, and those of `once` when they were due. Never raises because of the device.

        `up_ms` tells the time of acquisition, and is asked after each answer.
        """
        rests_s = self._patience.rests(up_ms())
        if rests_s:
            reason = f"unit {self.unit} on {self.line.name}: no answer; it is asked again in {rests_s:.0f} s"
            rows = [row for row in self._whole.rows if row.rate in (rate, "once")]
            return missing(rows, Quality.COMM_ERROR, reason, up_ms(), origin)
        values: dict[str, Value] = {}
        if not self._proven:
            if self._whole.head.discover and self._found is None:
                self.verdict = await self._located(up_ms, origin)
                if not self.verdict.fits:
                    return self._stranger(rate, values, up_ms, origin)
                self._found = self.verdict
            values = await self._poll("once", up_ms, origin)
            self.verdict = self._judged(values)
            if not self.verdict.fits:
                return self._stranger(rate, values, up_ms, origin)
            self._proven = True
        if rate != "once" or not values:
            values = together(values, await self._poll(rate, up_ms, origin))
        if self._unfound and any(value.quality is not Quality.COMM_ERROR for value in values.values()):
            now = up_ms()
            values |= {key: msgspec.structs.replace(value, up_ms=now) for key, value in self._unfound.items()}
        return values

    def begin(self, rate: Rate) -> None:
        """A round of a rate that is read step by step, so that nothing urgent stands behind it.

        What is read once and was lost on the wire then is asked for again with it.
        """
        lost = any(row.rate == "once" and self._lost(row) for row in self.profile.rows)
        reads = (*(self._round("once") if lost else ()), *self._round(rate))
        self._waiting = deque(reads) if self._proven else deque()

    def _lost(self, row: Row) -> bool:
        value = self._known.get(row.key)
        return value is not None and value.quality is Quality.COMM_ERROR

    @property
    def under_way(self) -> bool:
        """Is there more to read of the round that has begun? Not while a device that fell silent has not spoken."""
        return self._proven and bool(self._waiting)

    async def step(self, up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """The values of one more request of the round. What does not answer keeps nothing else from being read."""
        if not self.under_way:
            return {}
        return await self._reads(deque([self._waiting.popleft()]), up_ms, origin, whole=False)

    # --- who it is -----------------------------------------------------------------------------------------------

    async def _located(self, up_ms: UpMs, origin: Origin) -> Verdict:
        """Ask a device that says itself where its models stand, and plan its reads there."""
        found = await self._searched()
        if not found.known:
            self._patience = self._patience.failed(up_ms())
            return Verdict(None, found.sentence)
        profile, unfound = sunspec.located(self._whole, found.models)
        if not sunspec.speaks_of(profile):
            return Verdict(False, sunspec.stranger(self._whole, found))
        self.profile = profile
        self._replan()
        reason = f"the device has no model for it, only {found.numbers}"
        self._unfound = missing(unfound, Quality.NOT_FITTED, reason, up_ms(), origin)
        return Verdict(True, f"the device has {found.sentence}")

    async def _searched(self) -> Found:
        """The search to its end. A device that has answered is asked again where an answer was lost."""
        search = sunspec.walk()
        block, tries = next(search), SEARCH_TRIES  # a device that has said nothing yet is asked once
        for _ in range(MOST_QUESTIONS):
            outcome = await self._ask(Read(block, ()))
            lost = isinstance(outcome, Fault) and outcome.why in (Why.SILENT, Why.CROSSED)
            if lost and tries < SEARCH_TRIES:
                tries += 1
                continue
            try:
                block, tries = search.send(outcome), 1
            except StopIteration as over:
                found: Found = over.value
                return found
        return Found((), "its models have no end", known=False)

    def _judged(self, values: dict[str, Value]) -> Verdict:
        if self._whole.head.discover:
            return self._found or Verdict(None, "it fell silent, so the device is not known")
        verdict = identify(self.profile, values)
        if verdict.fits is False and self._anyway:
            return Verdict(True, f"{verdict.sentence}; read all the same: {self._anyway}")
        return verdict

    def _stranger(self, rate: Rate, values: dict[str, Value], up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """Nothing of a device that did not prove itself is believed."""
        rows = [row for row in self._whole.rows if row.rate in (rate, "once")]
        if self.verdict.fits is False:
            return missing(rows, Quality.WRONG_DEVICE, self.verdict.sentence, up_ms(), origin)
        reason = next((value.reason for value in values.values() if value.reason), self.verdict.sentence)
        return missing(rows, Quality.COMM_ERROR, reason, up_ms(), origin)

    # --- one round -----------------------------------------------------------------------------------------------

    def _round(self, rate: Rate) -> tuple[Read, ...]:
        return (*self._plan.reads[rate], *self._plan.lacking[rate])

    async def _poll(self, rate: Rate, up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """One round of the reads of a rate."""
        return await self._reads(deque(self._round(rate)), up_ms, origin)

    async def _reads(
        self, waiting: deque[Read], up_ms: UpMs, origin: Origin, *, whole: bool = True
    ) -> dict[str, Value]:
        """So many reads. A device that says nothing is left in peace until the next round, if this is a `whole` one."""
        values: dict[str, Value] = {}
        answered, silent, failures, gave_up = False, False, 0, None
        known = self.refused
        while waiting:
            read = waiting.popleft()
            outcome: Outcome = gave_up or await self._ask(read)
            halves = self._halves(read, outcome)
            if halves:
                waiting.extendleft(reversed(halves))
                continue
            values = together(values, self._read_as(read, outcome, up_ms(), origin))
            if isinstance(outcome, Registers) or outcome.why is Why.REFUSED:
                answered = True
                continue
            self._proven = False
            failures += 1
            # what is garbled was said by somebody: only silence counts against a device
            dead = outcome.why is Why.LINK or (outcome.why is Why.SILENT and not answered)
            silent = silent or dead
            if dead or failures > 1:
                gave_up = outcome
        if whole and silent and not answered:
            self._patience = self._patience.failed(up_ms())
            self._found = None  # another one may hang there when it speaks again
        if self.refused != known:
            self._replan()
        values = in_tens(self.profile.rows, values, self._known)
        values = witnessed(self.profile.rows, values, self._known)
        values, self._stood = steadied(self.profile.rows, values, self._stood)
        self._known |= values
        return values

    def _read_as(self, read: Read, outcome: Outcome, up_ms: int, origin: Origin) -> dict[str, Value]:
        """What an answer says; registers that are as they were say the same."""
        if isinstance(outcome, Fault):
            return readings(read, outcome, up_ms, origin)
        before = self._answers.get(id(read))
        if before is not None and before[1] == outcome.words:
            return again(before[2], up_ms)
        values = readings(read, outcome, up_ms, origin)
        self._answers[id(read)] = (read, outcome.words, values)
        return values

    async def _ask(self, read: Read) -> Outcome:
        """One read, unless the device has lately refused just that."""
        fault, polls = self._lacking.get(read.block, (None, 0))
        if fault is not None and polls:
            self._lacking[read.block] = (fault, polls - 1)
            return fault
        link = self.profile.link
        outcome, took_s = await self.line.timed_read(
            self.unit, read.block, max(link.timeout_s, self._patience.timeout_s), link.pause_s
        )
        self._count(read.block, outcome, took_s)
        self._lacking.pop(read.block, None)
        if isinstance(outcome, Registers):
            self._patience = self._patience.answered(took_s)
            if read.block in self.refused:
                self.refused = forgotten(self.refused, read.block)
        elif outcome.why is Why.REFUSED:
            self._patience = self._patience.answered(took_s)
        return outcome

    def _replan(self) -> None:
        """Round what it refuses; what was refused before the gateway was started anew is not asked for at once."""
        self._plan = learned(self.profile, self.line.line, self.refused)
        self._answers.clear()
        for read in self._plan.all_lacking:
            self._lacking.setdefault(read.block, (self._has_not(read.block), ASK_AGAIN))

    def _has_not(self, block: Block) -> Fault:
        """What it said of a block before the gateway was started anew."""
        sentence = f"unit {self.unit}: has no such registers (exception 02 at {block.start}, remembered)"
        return Fault(Quality.BAD_DATA, sentence, Why.REFUSED, NO_SUCH_REGISTERS)

    def _count(self, block: Block, outcome: Outcome, took_s: float) -> None:
        self.tally.asked += 1
        self.tally.again += block in self._missed
        missed = isinstance(outcome, Fault) and outcome.why is not Why.REFUSED
        (self._missed.add if missed else self._missed.discard)(block)
        if isinstance(outcome, Registers):
            self.tally.slowest_s = max(self.tally.slowest_s, took_s)
        elif outcome.why is Why.REFUSED:
            self.tally.refused += 1
        elif outcome.why is Why.CROSSED:
            self.tally.garbled += 1
        else:
            self.tally.silent += 1

    def _halves(self, read: Read, outcome: Outcome) -> tuple[Read, Read] | None:
        """A read refused for its registers is cut in two, once; a piece that cannot be cut is asked for seldom."""
        if not isinstance(outcome, Fault) or outcome.code != NO_SUCH_REGISTERS:
            return None
        if read.block not in self.refused:
            self.refused = remembered(self.refused, read.block)
        halves = split(read)
        if halves is None:
            self._lacking.setdefault(read.block, (outcome, ASK_AGAIN))
        return halves
