"""Which profiles a device is one of, by what the profiles themselves say of identity."""

from collections.abc import Iterable, Mapping

import msgspec

from contract.messages import Value
from contract.words import Origin
from gateway.core.wire import sunspec
from gateway.core.wire.decode import Outcome, Registers, readings
from gateway.core.wire.identity import identify
from gateway.core.wire.plan import Block, Read
from gateway.profiles.schema import Profile, Row

MARKERS = tuple(Block(sunspec.FUNCTION, base, sunspec.HEAD) for base in sunspec.BASES)
"""Where a device that says itself what it is would begin."""


class Question(msgspec.Struct, frozen=True):
    """A block that proves something, and how the profiles that want it ask: seconds to wait, and of quiet before."""

    block: Block
    timeout_s: float
    pause_s: float


def questions(profiles: Iterable[Profile]) -> tuple[Question, ...]:
    """What must be read so that every profile can say whether a device is one of its own; each block once."""
    found: dict[Block, Question] = {block: Question(block, 0.5, 0.1) for block in MARKERS}
    for profile in profiles:
        for row in proofs(profile):
            before = found.get(block := block_of(row))
            link = profile.link
            found[block] = Question(
                block,
                max(link.timeout_s, before.timeout_s if before else 0.0),
                max(link.pause_s, before.pause_s if before else 0.0),
            )
    return tuple(found.values())


def fitting(profiles: Iterable[Profile], answers: Mapping[Block, Outcome]) -> list[Profile]:
    """Those whose whole identity is there."""
    return [one for one in profiles if one.identity and identify(one, _values(one, answers)).fits]


def nearly(profiles: Iterable[Profile], answers: Mapping[Block, Outcome]) -> list[str]:
    """What a device says of itself where a part of an identity fits, as "controller.model 32841"; for people."""
    found: dict[str, None] = {}
    for one in profiles:
        values = _values(one, answers)
        parts = [msgspec.structs.replace(one, identity=(part,)) for part in one.identity]
        if len(parts) > 1 and any(identify(part, values).fits for part in parts):
            told = [part.identity[0].key for part in parts]
            found |= {f"{key} {values[key].value}": None for key in told if values[key].value is not None}
    return list(found)


def marked(answers: Mapping[Block, Outcome]) -> bool:
    """Does it say itself where its models stand?"""
    return any(
        isinstance(outcome := answers.get(block), Registers) and list(outcome.words) == sunspec.MARKER
        for block in MARKERS
    )


def proofs(profile: Profile) -> tuple[Row, ...]:
    """The rows of its identity."""
    keys = {identity.key for identity in profile.identity}
    return tuple(row for row in profile.rows if row.key in keys and not profile.head.discover)


def block_of(row: Row) -> Block:
    """The registers of one row and nothing else: it is not known yet what else this device has."""
    return Block(row.function, row.first, row.stop - row.first)


def _values(profile: Profile, answers: Mapping[Block, Outcome]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for row in proofs(profile):
        outcome = answers.get(block_of(row))
        if outcome is not None:
            values |= readings(Read(block_of(row), (row,)), outcome, 0, Origin.MEASURED)
    return values
