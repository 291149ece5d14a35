"""The plan of one device after what it has refused: cells that it has not are read round, and asked for seldom.

Only refusals are remembered (blocks to which it said exception 02); the plan follows from them, so that it is the same
after a restart.
"""

from collections.abc import Iterable, Iterator

import msgspec

from gateway.core.wire.lines import SerialLine, TcpLine, cost_on
from gateway.core.wire.plan import RATES, Block, Read, objects, plan, split
from gateway.profiles.checks import block_of
from gateway.profiles.schema import Profile, Rate, Row

MOST_REFUSED = 200
"""Blocks that are remembered of one device."""


class Learned(msgspec.Struct, frozen=True):
    """What is read at each rate, and by themselves the cells that were refused."""

    reads: dict[Rate, tuple[Read, ...]]
    lacking: dict[Rate, tuple[Read, ...]]

    @property
    def all_lacking(self) -> Iterator[Read]:
        """What was refused by itself, of all rates."""
        return (read for reads in self.lacking.values() for read in reads)


def learned(profile: Profile, line: TcpLine | SerialLine, refused: Iterable[Block]) -> Learned:
    """The cheapest plan that asks for nothing that was refused; what cannot be cut any more stands by itself."""
    known = frozenset(refused)
    cost = cost_on(line, profile.link.pause_s)
    found = Learned({}, {})
    for rate in RATES:
        rows = [row for row in profile.rows if row.rate == rate]
        lacking = tuple(_refused_objects(rows, profile, known))
        cells = frozenset((r.block.function, at) for r in lacking for at in range(r.block.start, r.block.end))
        left = [row for row in rows if (row.function, row.first) not in cells]
        reads = plan(left, profile, cost, cells)
        found.reads[rate] = tuple(part for read in reads for part in cut(read, known))
        found.lacking[rate] = lacking
    return found


def cut(read: Read, refused: frozenset[Block]) -> tuple[Read, ...]:
    """A read in the pieces that were not refused."""
    halves = split(read) if read.block in refused else None
    return (read,) if halves is None else tuple(part for half in halves for part in cut(half, refused))


def remembered(refused: Iterable[Block], block: Block) -> tuple[Block, ...]:
    """One more refusal; the oldest are forgotten when there are too many."""
    return (*(one for one in refused if one != block), block)[-MOST_REFUSED:]


def forgotten(refused: Iterable[Block], block: Block) -> tuple[Block, ...]:
    """A block that is answered now: it was no reason to refuse those that hold it, either."""
    return tuple(
        one for one in refused if one.function != block.function or one.start > block.start or one.end < block.end
    )


def _refused_objects(rows: list[Row], profile: Profile, refused: frozenset[Block]) -> Iterator[Read]:
    """Objects whose own registers were refused by themselves."""
    for function in sorted({row.function for row in rows}):
        for one in objects(row for row in rows if row.function == function):
            block = Block(function, one.start, one.end - one.start)
            if block in refused:
                within = block_of(one.rows[0], profile)
                yield Read(block, one.rows, within is not None and within.probe)
