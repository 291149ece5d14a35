"""A tank that moves, for tests under both interpreters: chance from a seed, the same on every machine."""

import math

EVERY_MS = 300


class Chance:
    """A small generator of its own: CPython's and MicroPython's `random` differ."""

    def __init__(self, seed):
        self._state = seed

    def whole(self, below):
        """0 to below - 1."""
        self._state = (1103515245 * self._state + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % below

    def around(self, width):
        """A bell of about this standard deviation, whole."""
        return (sum([self.whole(2001) for _ in range(12)]) - 12000) * width // 2000


def readings(
    chance, level_um, seconds, period_ms=1600, wave_um=30_000, noise_um=3_000, false_share=10, missing_share=10
):
    """[(ms, µm or None)]: a standing wave, noise, and of 100 echoes so many false (a pipe) and missing."""
    found = []
    phase = chance.whole(1000)
    for at_ms in range(0, 1000 * seconds, EVERY_MS):
        wave = wave_um * math.sin(2 * math.pi * (at_ms / period_ms + phase / 1000))
        level = level_um + int(wave) + chance.around(noise_um)
        throw = chance.whole(100)
        if throw < false_share:
            level = level_um + 200_000 + chance.whole(50_000)
        elif throw < false_share + missing_share:
            level = None
        found.append((at_ms, level))
    return found
