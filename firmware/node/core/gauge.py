"""From bursts of level readings to what is told of the fuel: litres of a known tank, else a share of its height.

Never both: the gateway would take them for two senders that agree.
"""

from . import level, quality
from .burst import Burst
from .filters import burst_ms
from .fuel_moves import FuelMoves
from .rounding import divided
from .tank import Tank

LITRES = "fuel.litres"
LEVEL = "fuel.level"
RESOLUTION_ML = 100
"""No sensor here sees less, and no board's 32-bit floats change more."""
FLOOR_UM = 2_000
"""The least noise of a level that is believed."""
MILLION = 1_000_000
APART_MS = 5_000
"""Readings farther apart are not of one burst."""


class Gauge:
    """One tank and its sensor. `tank`: what the gateway has told, None where only `height_mm` is known.

    Feed it single readings (µm, quality) while `measuring(now)`; `told` then says what goes on the wire.
    `half_step_um`: of a chain of reeds, which stands on steps and knows its level no better.
    """

    def __init__(self, tank: "Tank | None", height_mm: int = 0, half_step_um: int = 0) -> None:
        if tank is None and height_mm <= 0:
            raise ValueError("gauge: a tank or height_mm is needed")
        self._tank = tank
        self._height_um = 1000 * height_mm if tank is None else tank.height_um
        middle = self._height_um // 2
        floor_um = max(FLOOR_UM, 2 * half_step_um)  # on the edge between two steps either is seen
        self._moves = FuelMoves(self._amount(middle + floor_um) - self._amount(middle))
        self._steps = half_step_um > 0
        self._burst = Burst(self._steps)
        self._begun_ms: int | None = None
        self._last_ms = 0
        length = 1500 if tank is None else tank.length_mm
        self.burst_ms = burst_ms(length, middle // 1000)
        self.signal = LEVEL if tank is None else LITRES
        self.told: tuple[int | None, int] = (None, quality.NOT_YET_READ)

    @property
    def moving(self) -> bool:
        """Fuel is being filled: begin the next burst without a pause."""
        return self._moves.moving

    @property
    def filled_ml(self) -> "int | None":
        """How much the last filling was, None while none has ended."""
        return self._moves.filled

    def feed(self, now_ms: int, level_um: "int | None", found: int, running: bool = False) -> "bool | None":
        """One reading. None while the burst goes on; then: is what is `told` worth a report at once?"""
        if self._begun_ms is None or now_ms - self._last_ms > APART_MS:
            self._burst, self._begun_ms = Burst(self._steps), now_ms
        self._last_ms = now_ms
        if level_um is not None and found == quality.GOOD:
            level_um, found = level.judged(level_um, self._height_um)
        self._burst.feed(level_um, found)
        if now_ms - self._begun_ms < self.burst_ms:
            return None
        burst, self._burst, self._begun_ms = self._burst, Burst(self._steps), None
        return self._ended(now_ms, burst, running)

    def _ended(self, now_ms: int, burst: Burst, running: bool) -> bool:
        """A burst is over: once in many seconds, so that what it needs is loaded for it only."""
        middle, noise_um, found = burst.outcome()
        before = self.told
        if middle is None:
            self.told = (None, found)
            return before[1] != found
        amount = self._amount(middle)
        noise = self._amount(min(self._height_um, middle + noise_um)) - amount
        shown, at_once = self._moves.feed(now_ms, amount, noise, running)
        # of a sensor on steps the step is told; a slow mean would make up levels between
        self.told = (self._on_wire(amount if self._steps else shown), quality.GOOD)
        return at_once or before[1] != quality.GOOD

    def _amount(self, level_um: int) -> int:
        """ml, or millionths of the height."""
        if self._tank is None:
            return divided(level_um * MILLION, self._height_um)
        return self._tank.volume_ml(level_um)

    def _on_wire(self, amount: int) -> int:
        if self._tank is None:
            return divided(amount * 1000, MILLION)
        return RESOLUTION_ML * divided(amount, RESOLUTION_ML)
