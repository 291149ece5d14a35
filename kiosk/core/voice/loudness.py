"""How loud the voice is: five levels, a limit of the operator's, a lower one for the night."""

from typing import Annotated

import msgspec
from msgspec import Meta

LEVELS = 5
Level = Annotated[int, Meta(ge=1, le=LEVELS)]
Hour = Annotated[int, Meta(ge=0, le=23)]

AMPLITUDES = (25, 50, 85, 130, 190)
"""Of espeak-ng, 0 to 200, for each level. What that is in dBA is measured at the installed loudspeaker."""


class Speech(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[speech]`. `program` "" is a silent screen. `piper_voices`: a model file for each language that has one.

    `alert_tone`: how loud the tone of a new warning is, 0 for none; the limits of the voice hold for it too.
    `words_per_minute` of espeak-ng. From `quiet_from` to `quiet_until` o'clock nothing is louder than `quiet_most`.
    """

    program: str = "espeak-ng"
    piper: str = "piper"
    piper_voices: dict[str, str] = {}
    player: str = "aplay"
    words_per_minute: Annotated[int, Meta(ge=80, le=300)] = 150
    alert_tone: Annotated[int, Meta(ge=0, le=LEVELS)] = 4
    volume: Level = 3
    volume_most: Level = LEVELS
    quiet_from: Hour = 21
    quiet_until: Hour = 7
    quiet_most: Level = 3


def allowed(level: int, speech: Speech, hour: int | None) -> int:
    """The level that may be used now; without a clock the ordinary limit holds, for a voice must be heard."""
    most = speech.volume_most
    if hour is not None and _quiet(speech, hour):
        most = min(most, speech.quiet_most)
    return max(1, min(level, most))


def _quiet(speech: Speech, hour: int) -> bool:
    if speech.quiet_from <= speech.quiet_until:
        return speech.quiet_from <= hour < speech.quiet_until
    return hour >= speech.quiet_from or hour < speech.quiet_until
