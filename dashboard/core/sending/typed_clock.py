"""The time of a message where the server knows none: a person who sends it types what the clock shows.

It counts for this one message alone, as a holdover: from the moment it was read it goes on by the server's uptime, so
that the minutes between writing and sending are not lost. It is kept with the message that a person typed it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import msgspec
from msgspec import Struct

from contract.dating import plausible
from contract.words import ClockQuality
from dashboard.core import numbers
from dashboard.core.forms.fields import BadOrder, Field, read
from dashboard.core.reader import Reader

CLOCK = Field(
    name="clock", kind="when", required=True, label=("Vad är klockan nu?", "What is the time now?"),
    hint=(
        "Servern vet inte vad klockan är. Titta på en klocka som går rätt: skärmarna räknar efter den tid du skriver.",
        "The server does not know the time. Look at a clock that is right: the screens count from what you write.",
    ),
)  # fmt: skip
OFFSET = re.compile(r"-?[0-9]{1,15}")
READ = "clock_at"
"""The hidden field that goes on from step to step: boot, and the wall clock less the uptime."""


class Timed(Struct, frozen=True):
    """Who reads, at the time that was typed; what the form goes on with; was it typed?"""

    reader: Reader
    values: dict[str, str]
    typed: bool


def timed(values: Mapping[str, str], reader: Reader, boot: str) -> Timed:
    """The reader with the time that was typed, where the server has none of its own; raises BadOrder.

    It is not held against older messages: one that was sent by a wrong time must not lock the next one out.
    """
    rest = {key: told for key, told in values.items() if key not in (CLOCK.name, READ)}
    if reader.now.wall_ms is not None:
        return Timed(reader, rest, False)
    offset = _settled(values.get(READ, ""), boot)
    if offset is None:
        offset = int(read(CLOCK, values.get(CLOCK.name, ""), reader)) - reader.now.mono_ms
    wall_ms = reader.now.mono_ms + offset
    if not plausible(wall_ms, 0):
        raise BadOrder(reader.t("message_clock_wrong"), CLOCK.name)
    now = msgspec.structs.replace(reader.now, wall_ms=wall_ms, clock=ClockQuality.HOLDOVER)
    return Timed(replace(reader, now=now), rest | {READ: f"{boot}:{offset}"}, True)


def _settled(written: str, boot: str) -> int | None:
    of, _, offset = written.rpartition(":")
    return int(offset) if of == boot and OFFSET.fullmatch(offset) else None


def shown(reader: Reader) -> str:
    """The time as the field writes it, so that a form that is shown again goes on from where it was."""
    if reader.now.wall_ms is None:
        return ""
    return numbers.written(reader.now.wall_ms, reader.zone, reader.language)
