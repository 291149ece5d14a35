"""The tone of a warning: short, made here, as loud as the hour and the operator allow."""

import io
import wave

import pytest

from kiosk.core.voice.loudness import LEVELS, Speech, allowed
from kiosk.core.voice.tone import RATE, wav


def samples(level: int) -> memoryview:
    """The tone as numbers of 16 bits."""
    with wave.open(io.BytesIO(wav(level))) as sound:
        assert (1, 2, RATE) == (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
        return memoryview(sound.readframes(sound.getnframes())).cast("h")


def test_it_is_short_and_rises_and_falls_softly() -> None:
    """At most two seconds; no click at either end, and never clipped."""
    found = samples(LEVELS)

    assert RATE / 2 < len(found) <= 2 * RATE
    assert max(abs(found[0]), abs(found[-1])) < 300
    assert 10_000 < max(abs(one) for one in found) < 32_000


def test_each_level_is_louder_than_the_one_before() -> None:
    """Five different tones."""
    peaks = [max(samples(level)) for level in range(1, LEVELS + 1)]

    assert sorted(set(peaks)) == peaks


@pytest.mark.parametrize(("expected", "hour"), [(3, 23), (3, 3), (4, 12), (4, None)])
def test_the_night_holds_it_back(expected: int, hour: int | None) -> None:
    """As it does the voice; without a clock the ordinary limit holds."""
    speech = Speech()

    assert expected == allowed(speech.alert_tone, speech, hour)
    assert 2 == allowed(speech.alert_tone, Speech(volume_most=2), hour)
