"""Signals with the noise that real ones have, made from a seed: the same on every machine and interpreter."""

import math

ODD = 40
"""One reading in so many is hit by the radio."""


def esp32_uv(chance, true_uv):
    """One reading of an ESP32 at 11 dB: a gain and an offset that the factory missed, noise, the radio; flat ends."""
    if true_uv < 100_000:
        return 0
    uv = true_uv + 9_000 - true_uv // 160 + chance.around(6_000)
    if chance.whole(ODD) == 0:
        uv += 60_000 if chance.whole(2) else -60_000
    if uv > 2_450_000:  # it flattens towards 3.1 V, however much comes
        uv = 2_450_000 + (uv - 2_450_000) * 3 // 4
    return max(0, min(uv, 3_100_000))


class Noisy:
    """A converter input; `uv` is what truly lies there, None: no answer."""

    def __init__(self, chance, uv):
        self._chance = chance
        self.uv = uv

    def read_uv(self):
        """One reading."""
        return esp32_uv(self._chance, self.uv)


def crank_mv(chance, at_ms, begun_ms, length_ms):
    """A start battery: rest, the starter's first grip, compression strokes, and the alternator after it."""
    since = at_ms - begun_ms
    if since < 0:
        return 12_620 + chance.around(15)
    if since >= length_ms:
        return 13_900 - max(0, 900 - (since - length_ms)) + chance.around(40)
    grip = 2_600 * math.exp(-since / 60)
    stroke = 450 * math.sin(2 * math.pi * since / 85)
    return int(9_900 - grip + stroke) + chance.around(60)


def chatter(chance, changes, until_ms, bounce_ms=18):
    """[(ms, level)] of a contact that begins at 1 and changes at these times, bouncing before it rests."""
    found, level = [], 1
    edges = []
    for at_ms in changes:
        level ^= 1
        lasts = 4 + chance.whole(bounce_ms - 4)
        edges += [(at_ms + one, level ^ chance.whole(2)) for one in range(0, lasts, 2)] + [(at_ms + lasts, level)]
    now, at = 1, 0
    for ms in range(until_ms):
        while at < len(edges) and edges[at][0] <= ms:
            now = edges[at][1]
            at += 1
        found.append((ms, now))
    return found


def mains_edges(chance, until_ms, gaps, hz=50):
    """Ms of the edges of an optocoupler, two a period with some jitter; none within the gaps [(from, to)]."""
    found, half_us = [], 500_000 // hz
    for number in range(1_000 * until_ms // half_us):
        at_ms = (number * half_us + chance.around(300)) // 1_000
        if not [1 for begin, end in gaps if begin <= at_ms < end]:
            found.append(max(0, at_ms))
    return found
