"""The sound of a new warning: one short tone, made here as a WAV of 16 bits, so that no file of a sound is needed.

Low, with a few overtones: who hears badly loses the high ones first. It rises and falls softly, so that it frightens
nobody, and is no signal that means something else (the outdoor warning, a fire alarm).
"""

import struct
from functools import lru_cache
from math import pi, sin

from kiosk.core.voice.loudness import AMPLITUDES

SECONDS = 1.2
"""EN 301 549, 5.1.3.10 leaves three seconds."""
RATE = 16_000
PITCHES = ((520, 0.6), (1040, 0.25), (1560, 0.15))
"""Hertz, and its part of the whole."""
AGAIN = 400
"""After so many samples all three begin anew together."""
FADE_S = 0.12
LOUDEST = 26_000
"""The largest sample at the loudest level; the other levels are as much softer as the voice is at them."""


@lru_cache(maxsize=1)  # the night's level and the day's follow one another seldom
def wav(level: int) -> bytes:
    """The tone at one of the five levels, as a whole file."""
    top = LOUDEST * AMPLITUDES[level - 1] / AMPLITUDES[-1]
    count = int(SECONDS * RATE)
    wave = [_wave(at) for at in range(AGAIN)]
    samples = (int(top * _soft(at, count) * wave[at % AGAIN]) for at in range(count))
    data = struct.pack(f"<4sI{count}h", b"data", 2 * count, *samples)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def _soft(at: int, count: int) -> float:
    """How far it has risen, or how much of it is left: 0 to 1."""
    return min(1.0, at / (FADE_S * RATE), (count - at) / (FADE_S * RATE))


def _wave(at: int) -> float:
    return sum(part * sin(2 * pi * pitch * at / RATE) for pitch, part in PITCHES)
