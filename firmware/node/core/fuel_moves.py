"""Does the fuel stand still, rise or fall? Slow mean while it is calm, every value at once while it moves.

Works on amounts: ml where the tank is known, millionths of the height where it is not.
"""

from .filters import Slow

MINUTE_MS = 60_000
TAU_MS = 3 * MINUTE_MS
FILL_PER_MINUTE = 5_000
"""A rise faster than this (5 l/min; of a tank that is not known 0.5 % a minute) is somebody who fills."""
CALM_MS = 3 * MINUTE_MS
"""So long without a rise a filling is over."""
LOSS_FROM_MS, LOSS_TO_MS = 10 * MINUTE_MS, 30 * MINUTE_MS
KEPT_MS = 5 * MINUTE_MS
JUMP = 5
LOSS = 3
"""How many times the noise a jump or a loss must be."""
MOST_RECENT = 16
RUNNING = 3
"""An engine that runs shakes the tank: so many times the noise."""


class FuelMoves:
    """`floor`: the least noise that is believed, in the unit of the amounts. `moving`: measure again at once.

    `filled`: how much the last filling was, None while none has ended.
    """

    def __init__(self, floor: int) -> None:
        self._floor = max(1, floor)
        self._slow = Slow(TAU_MS)
        self._noise = Slow(10 * MINUTE_MS)
        self._calm: int | None = None
        self._recent: list[tuple[int, int]] = []
        self._risen_ms = 0
        self._before = 0
        self._past: list[tuple[int, int]] = []
        self._lost = False
        self.moving = False
        self.filled: int | None = None

    def feed(self, now_ms: int, amount: int, noise: int, running: bool = False) -> "tuple[int, bool]":
        """(amount to be told, at once?) after one burst; `noise`: its spread."""
        noise = max(self._floor, self._noise.feed(now_ms, noise)) * (RUNNING if running else 1)
        before = self._calm
        jumped = before is None or abs(amount - before) > JUMP * noise
        rising = before is not None and (amount - before > JUMP * noise or self._rises(now_ms, amount, noise))
        at_once = jumped
        if rising:
            if not self.moving:
                self.moving, self._before, self.filled, at_once = True, before or 0, None, True
            self._risen_ms = now_ms
        elif self.moving and now_ms - self._risen_ms >= CALM_MS:
            self.moving, self.filled, at_once = False, amount - self._before, True
            self._past = []
        move = self._slow.jump if self.moving or jumped else self._slow.feed
        calm = self._calm = move(now_ms, amount)
        self._recent = [one for one in self._recent if now_ms - one[0] <= 2 * MINUTE_MS][-MOST_RECENT:]
        self._recent.append((now_ms, amount))
        return calm, self._loses(now_ms, calm, noise, running) or at_once

    def _rises(self, now_ms: int, amount: int, noise: int) -> bool:
        """For a minute at least, faster than a filling must be, and by more than noise does?"""
        earlier = [one for one in self._recent if now_ms - one[0] >= MINUTE_MS]
        if not earlier:
            return False
        at_ms, was = earlier[-1]
        return amount - was > noise and (amount - was) * MINUTE_MS >= FILL_PER_MINUTE * (now_ms - at_ms)

    def _loses(self, now_ms: int, calm: int, noise: int, running: bool) -> bool:
        """Is it newly less than 10 to 30 minutes ago by more than noise? What an engine burns is no loss."""
        if running:
            self._past, self._lost = [], False
            return False
        self._past = [one for one in self._past if now_ms - one[0] <= LOSS_TO_MS]
        before = [amount for at_ms, amount in self._past if now_ms - at_ms >= LOSS_FROM_MS]
        if not self._past or now_ms - self._past[-1][0] >= KEPT_MS:
            self._past.append((now_ms, calm))
        was, self._lost = self._lost, bool(before) and calm < max(before) - LOSS * noise
        return self._lost and not was
