"""One device on a line: asks what its plan says, and learns what it refuses.

It proves itself first: after every silence the reads of rate `once`, which hold the identity, come before all others.
"""

from collections import deque
from collections.abc import Callable

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.decode import NO_SUCH_REGISTERS, Fault, Outcome, Registers, Why, missing, readings
from gateway.core.wire.identity import Verdict, identify
from gateway.core.wire.plan import Block, Read, plans, split
from gateway.io.modbus import Line
from gateway.profiles.schema import Profile, Rate

ASK_AGAIN = 100
"""Polls after which a refused read is tried again: a controller may have been set up anew."""

UpMs = Callable[[], int]


class Device:
    """One unit of a profile on a line."""

    def __init__(self, line: Line, unit: int, profile: Profile) -> None:
        self.line = line
        self.unit = unit
        self.profile = profile
        self.verdict = Verdict(None, "not asked yet")
        self._reads: dict[Rate, tuple[Read, ...]] = plans(profile, line.line)
        self._refused: dict[Block, tuple[Fault, int]] = {}
        self._proven = False

    async def values(self, rate: Rate, up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """All values of a rate, and those of `once` when they were due. Never raises because of the device.

        `up_ms` tells the time of acquisition, and is asked after each answer.
        """
        values: dict[str, Value] = {}
        if not self._proven:
            values = await self._poll("once", up_ms, origin)
            self.verdict = identify(self.profile, values)
            if not self.verdict.fits:
                return self._stranger(rate, values, up_ms, origin)
            self._proven = True
        if rate != "once" or not values:
            values |= await self._poll(rate, up_ms, origin)
        return values

    def _stranger(self, rate: Rate, values: dict[str, Value], up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """Nothing of a device that did not prove itself is believed."""
        rows = [row for row in self.profile.rows if row.rate in (rate, "once")]
        if self.verdict.fits is False:
            return missing(rows, Quality.WRONG_DEVICE, self.verdict.sentence, up_ms(), origin)
        reason = next((value.reason for value in values.values() if value.reason), self.verdict.sentence)
        return missing(rows, Quality.COMM_ERROR, reason, up_ms(), origin)

    async def _poll(self, rate: Rate, up_ms: UpMs, origin: Origin) -> dict[str, Value]:
        """One round of the reads of a rate. A device that says nothing is left in peace until the next round."""
        values: dict[str, Value] = {}
        waiting = deque(self._reads[rate])
        answered = False
        failures = 0
        gave_up: Fault | None = None
        while waiting:
            read = waiting.popleft()
            outcome = gave_up or await self._ask(read)
            halves = self._halves(rate, read, outcome)
            if halves:
                waiting.extendleft(reversed(halves))
                continue
            values |= readings(read, outcome, up_ms(), origin)
            if isinstance(outcome, Registers) or outcome.why is Why.REFUSED:
                answered = True
                continue
            self._proven = False
            failures += 1
            if outcome.why is Why.LINK or not answered or failures > 1:
                gave_up = outcome
        return values

    async def _ask(self, read: Read) -> Outcome:
        """One read, unless the device has lately refused just that."""
        known, polls = self._refused.get(read.block, (None, 0))
        if known is not None and polls:
            self._refused[read.block] = (known, polls - 1)
            return known
        link = self.profile.link
        outcome = await self.line.read(self.unit, read.block, link.timeout_s, link.pause_s)
        self._refused.pop(read.block, None)
        return outcome

    def _halves(self, rate: Rate, read: Read, outcome: Outcome) -> tuple[Read, Read] | None:
        """A read refused for its registers is cut in two, for good; a piece that cannot be cut is remembered."""
        if not isinstance(outcome, Fault) or outcome.code != NO_SUCH_REGISTERS:
            return None
        halves = split(read)
        if halves is None:
            self._refused.setdefault(read.block, (outcome, ASK_AGAIN))
            return None
        kept: list[Read] = []
        for other in self._reads[rate]:
            kept += halves if other is read else (other,)
        self._reads[rate] = tuple(kept)
        return halves
