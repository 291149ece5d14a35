"""How long a device is waited for, and when it is left alone: its own answers teach it. One of these for each device.

A dead device on a bus must not cost its neighbours more than a question now and then, and a slow one must not be
called dead. Times in seconds, moments in ms of uptime.
"""

import msgspec

MARGIN = 2.0
"""A device may take so many times its slowest answer before it counts as silent."""
MOST = 3.0
"""Never more than so many times what the profile asks for."""
FORGET = 0.98
"""Each answer makes the slowest one of the past count less."""
TRIES = 3
"""Rounds without an answer before it is asked less often."""
REST_S = (5.0, 10.0)
"""How long it then rests, each time longer; a device that is back is heard within the last of them."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one device's answers. `floor_s`: what the profile asks for; it is never waited for less."""

    floor_s: float
    slowest_s: float = 0.0
    silent: int = 0
    rests_until_ms: int = 0

    @property
    def timeout_s(self) -> float:
        """How long to wait for the beginning of the next answer."""
        return min(MOST * self.floor_s, max(self.floor_s, MARGIN * self.slowest_s))

    def answered(self, took_s: float) -> "Patience":
        """It spoke."""
        slowest = max(took_s, FORGET * self.slowest_s)
        return Patience(floor_s=self.floor_s, slowest_s=slowest)

    def failed(self, up_ms: int) -> "Patience":
        """A whole round brought no answer. The next is waited for longer: it may only have become slow."""
        silent = self.silent + 1
        rest = REST_S[min(silent - TRIES, len(REST_S) - 1)] if silent >= TRIES else 0.0
        slowest = min(MOST * self.floor_s / MARGIN, max(self.slowest_s, self.floor_s / MARGIN) * 1.5)
        return msgspec.structs.replace(
            self, slowest_s=slowest, silent=silent, rests_until_ms=up_ms + int(1000 * rest) if rest else 0
        )

    def rests(self, up_ms: int) -> float:
        """Seconds until it is asked again; 0 where it may be asked now."""
        return max(0.0, (self.rests_until_ms - up_ms) / 1000) if self.silent >= TRIES else 0.0
