"""A line that keeps what came over it, for a capture."""

from gateway.core.wire.decode import Outcome, Registers
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import Line


class RecordingLine(Line):
    """As `Line`; `answers` holds the words of every block that was answered, the newest of each."""

    def __init__(self, line: TcpLine | SerialLine) -> None:
        super().__init__(line)
        self.answers: dict[Block, tuple[int, ...]] = {}

    async def timed_read(
        self, unit: int, block: Block, timeout_s: float, pause_s: float = 0.0
    ) -> tuple[Outcome, float]:
        """One exchange, noted."""
        outcome, took_s = await super().timed_read(unit, block, timeout_s, pause_s)
        if isinstance(outcome, Registers):
            self.answers[block] = tuple(outcome.words)
        return outcome, took_s
