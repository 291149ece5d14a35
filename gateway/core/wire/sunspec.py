"""SunSpec: a device says itself which models it has and where they stand.

The chain begins with the marker "SunS" at one of three addresses; then stand the models one after the other: its
number, its length L, L registers; number 0xFFFF ends it. A row of a profile counts from the register with the number
of its model. Source: sunspec/models, and the client of pysunspec2.
"""

from collections.abc import Generator

import msgspec

from contract.signals import ALARM_PREFIX
from gateway.core.wire.decode import Fault, Outcome, Registers, Why
from gateway.core.wire.plan import Block
from gateway.profiles.schema import Profile, Range, Row

FUNCTION = 3
BASES = (40000, 0, 50000)
"""In the order in which they are tried."""
MARKER = [0x5375, 0x6E53]
HEAD = 2
"""Registers of the marker; and of the head of a model, its number and its length."""
END = 0xFFFF
COMMON = (1,)
"""The model that every device has: who it is."""
MOST_MODELS = 60
ADDRESSES = 0x10000


class Model(msgspec.Struct, frozen=True):
    """One model of the chain: `start` is the address of its number, `end` the one after its last register."""

    number: int
    start: int
    end: int


class Found(msgspec.Struct, frozen=True):
    """What came of a search. Without models `sentence` says why; `known` is False where nothing answered."""

    models: tuple[Model, ...]
    sentence: str
    known: bool = True

    @property
    def numbers(self) -> str:
        """The numbers of its models for people."""
        return ", ".join(str(model.number) for model in self.models)


def walk() -> Generator[Block, Outcome, Found]:
    """The search for one device: yields what to read next, is sent what came of it, and returns what was found.

    A refusal only means that nothing stands there; silence and garbled answers end the search.
    """
    for base in BASES:
        outcome = yield Block(FUNCTION, base, HEAD)
        if (fault := _unheard(outcome)) is not None:
            return Found((), fault, known=False)
        if _words(outcome) == MARKER:
            return (yield from _chain(base + HEAD))
    places = ", ".join(str(base) for base in BASES)
    return Found((), f"wrong device: no SunSpec marker at {places}")


def _chain(start: int) -> Generator[Block, Outcome, Found]:
    """The models from the first one on. A chain that stops without its end is believed as far as it goes."""
    models: list[Model] = []
    while start + HEAD <= ADDRESSES and len(models) < MOST_MODELS:
        outcome = yield Block(FUNCTION, start, HEAD)
        if (fault := _unheard(outcome)) is not None:
            return Found((), fault, known=False)
        words = _words(outcome)
        if not words or words[0] in (0, END):
            break
        end = start + HEAD + words[1]
        if end > ADDRESSES:
            return Found((), f"its chain of SunSpec models is broken at {start}: {words[1]} registers do not fit")
        models.append(Model(words[0], start, end))
        start = end
    found = Found(tuple(models), "")
    return msgspec.structs.replace(found, sentence=f"SunSpec models {found.numbers}" if models else "no SunSpec models")


def _unheard(outcome: Outcome) -> str | None:
    """Why an answer proves nothing; None when it does."""
    if isinstance(outcome, Fault):
        return None if outcome.why is Why.REFUSED else outcome.sentence
    return None if len(outcome.words) == HEAD else "a head of another length came"


def _words(outcome: Outcome) -> list[int]:
    return list(outcome.words) if isinstance(outcome, Registers) else []


def located(profile: Profile, models: tuple[Model, ...]) -> tuple[Profile, tuple[Row, ...]]:
    """The profile at the addresses of this device, and the rows for which it has no model.

    Of several models that tell the same signal the one that stands first in the profile is read, of several models of
    one number the first in the chain; an alarm is read from all of them, the gravest is told.
    """
    found: dict[str, list[Row]] = {}
    for row in profile.rows:
        model = next((one for one in models if one.number in row.models and one.start + row.stop <= one.end), None)
        if model is not None and (row.key not in found or row.key.startswith(ALARM_PREFIX)):
            found.setdefault(row.key, []).append(at_model(row, model.start))
    rows = sorted((row for some in found.values() for row in some), key=lambda row: (row.at, -row.mask))
    blocks = (Range(first=models[0].start, last=models[-1].end - 1),) if models else ()
    lacking = tuple(row for row in profile.rows if row.key not in found)
    return msgspec.structs.replace(profile, rows=tuple(rows), blocks=blocks), lacking


def speaks_of(profile: Profile) -> bool:
    """Does a located profile tell anything but who the device is?"""
    return any(row.models != COMMON for row in profile.rows)


def stranger(profile: Profile, found: Found) -> str:
    """Why a device is none of this profile."""
    if not found.models:
        return found.sentence
    wanted = sorted({number for row in profile.rows for number in row.models if row.models != COMMON})
    numbers = ", ".join(str(number) for number in wanted)
    return f"wrong device: it has the SunSpec models {found.numbers}, {profile.name} needs one of {numbers}"


def at_model(row: Row, start: int) -> Row:
    """A row that counts from its model, at its place on the wire."""
    scale_at = None if row.scale_at is None else start + row.scale_at
    return msgspec.structs.replace(row, at=start + row.at, scale_at=scale_at)
