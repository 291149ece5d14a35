"""Which blocks to read so that a device costs least time on its wire.

Exact: the rows are sorted, every block of a best plan holds a run of them, so dynamic programming over the runs finds
the least cost. A block never crosses a declared range, never splits a value, never reads a forbidden hole and never
exceeds the profile's longest answer. What is on the wire is counted in bytes: a register is two, eight coils are one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, get_args

import msgspec

from gateway.core.wire.lines import Cost, SerialLine, TcpLine, cost_on
from gateway.profiles.schema import BIT_FUNCTIONS, Profile, Range, Rate, Row

RATES: tuple[Rate, ...] = get_args(Rate)


Cell = tuple[int, int]
"""(function, address)"""


class Block(msgspec.Struct, frozen=True):
    """One request: `count` registers from `start` on by function 3 or 4, coils by 1, discrete inputs by 2."""

    function: int
    start: int
    count: int

    @property
    def end(self) -> int:
        """The address after its last one."""
        return self.start + self.count

    @property
    def size(self) -> int:
        """Bytes of data in its answer."""
        return size_of(self.function, self.count)


def size_of(function: int, count: int) -> int:
    """Bytes that so many registers take, or so many coils and inputs, eight of them in one."""
    return (count + 7) // 8 if function in BIT_FUNCTIONS else 2 * count


class Spot(NamedTuple):
    """Where a row stands in an answer: its registers or bits from `first` until `end`, the register beside it."""

    row: Row
    first: int
    end: int
    beside: int | None
    inside: bool
    """Is all of it in the answer?"""


def spots(rows: Iterable[Row], block: Block) -> tuple[Spot, ...]:
    """Where each row stands in the answer to a block."""
    return tuple(
        Spot(
            row,
            row.at - block.start,
            row.end - block.start,
            None if row.beside is None else row.beside - block.start,
            row.function == block.function and block.start <= row.first and row.stop <= block.end,
        )
        for row in rows
    )


class Read(msgspec.Struct, frozen=True, dict=True):
    """A block and the rows it was made for. `probe`: a refusal only means that the model lacks them."""

    block: Block
    rows: tuple[Row, ...]
    probe: bool = False

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Where each row stands in the answer."""
        return spots(self.rows, self.block)


class Object(msgspec.Struct, frozen=True):
    """Registers start…end-1 that must come in one answer, and the rows in them."""

    start: int
    end: int
    rows: tuple[Row, ...]


def plans(profile: Profile, line: TcpLine | SerialLine) -> dict[Rate, tuple[Read, ...]]:
    """The cheapest reads for each rate of a profile; a rate without signals has none."""
    cost = cost_on(line, profile.link.pause_s)
    return {rate: plan([row for row in profile.rows if row.rate == rate], profile, cost) for rate in RATES}


def plan(rows: Sequence[Row], profile: Profile, cost: Cost, lacking: frozenset[Cell] = frozenset()) -> tuple[Read, ...]:
    """The cheapest reads that bring all `rows`, by address. `lacking`: cells that no read may touch."""
    reads: list[Read] = []
    for within in profile.blocks:
        function = within.function or profile.link.function
        inside = [row for row in rows if row.function == function and within.first <= row.first <= within.last]
        avoid = sorted(at for its, at in lacking if its == function)
        reads += [_read(run, within, function) for run in _cheapest(objects(inside), function, profile, cost, avoid)]
    return tuple(sorted(reads, key=lambda read: (read.block.function, read.block.start)))


def objects(rows: Iterable[Row]) -> list[Object]:
    """Rows as unsplittable objects by address; bits of one register become one, and a value and its exponent."""
    found: list[Object] = []
    for row in sorted(rows, key=lambda row: (row.first, row.stop)):
        if found and row.first < found[-1].end:
            last = found.pop()
            found.append(Object(last.start, max(last.end, row.stop), (*last.rows, row)))
        else:
            found.append(Object(row.first, row.stop, (row,)))
    return found


def _cheapest(
    found: list[Object], function: int, profile: Profile, cost: Cost, avoid: Sequence[int] = ()
) -> list[list[Object]]:
    """The runs of objects that cost least together; of equals the one with fewer requests."""
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    came_from: list[int] = [0]
    for end in range(1, len(found) + 1):
        choices = []
        for start in _starts(found, end, function, profile, avoid):
            _, requests, size = best[start]
            requests += 1
            size += size_of(function, found[end - 1].end - found[start].start)
            choices.append(((cost.of(requests, size), requests, size), start))
        least, start = min(choices)
        best.append(least)
        came_from.append(start)
    runs: list[list[Object]] = []
    end = len(found)
    while end:
        runs.append(found[came_from[end] : end])
        end = came_from[end]
    return runs[::-1]


def _starts(found: list[Object], end: int, function: int, profile: Profile, avoid: Sequence[int]) -> Iterator[int]:
    """Where a block that ends with object `end - 1` may start, nearest first."""
    most = profile.link.max_bits if function in BIT_FUNCTIONS else profile.link.max_words
    for start in range(end - 1, -1, -1):
        if found[end - 1].end - found[start].start > most:
            return
        last = bisect_left(avoid, found[end - 1].end)
        if last and avoid[last - 1] >= found[start].start:
            return
        yield start
        if profile.link.holes == "forbidden" and start and found[start - 1].end < found[start].start:
            return


def _read(run: list[Object], within: Range, function: int) -> Read:
    block = Block(function, run[0].start, run[-1].end - run[0].start)
    return Read(block, tuple(row for part in run for row in part.rows), within.probe)


def split(read: Read) -> tuple[Read, Read] | None:
    """A refused read in two, cut between objects where the registers part most evenly; None for a single object."""
    parts = objects(read.rows)
    if len(parts) < 2:
        return None
    middle = read.block.start + read.block.count / 2
    cut = min(range(1, len(parts)), key=lambda at: abs((parts[at - 1].end + parts[at].start) / 2 - middle))
    within = Range(first=read.block.start, last=read.block.end - 1, probe=read.probe)
    function = read.block.function
    return _read(parts[:cut], within, function), _read(parts[cut:], within, function)


def cost_s(reads: Iterable[Read], cost: Cost) -> float:
    """Seconds on the wire for all reads once."""
    blocks = [read.block for read in reads]
    return cost.of(len(blocks), sum(block.size for block in blocks))


def one_per_value_s(profile: Profile, line: TcpLine | SerialLine) -> dict[Rate, float]:
    """Seconds on the wire for each rate if every value were asked for by itself: what the plan is measured against."""
    cost = cost_on(line, profile.link.pause_s)
    found: dict[Rate, float] = {}
    for rate in RATES:
        rows = [row for row in profile.rows if row.rate == rate]
        found[rate] = cost.of(len(rows), sum(size_of(row.function, row.count) for row in rows))
    return found


def describe(profile: Profile, line: TcpLine | SerialLine) -> Iterator[str]:
    """The plan for people: one line per block, one sum per rate."""
    cost = cost_on(line, profile.link.pause_s)
    single_s = one_per_value_s(profile, line)
    for rate, reads in plans(profile, line).items():
        if not reads:
            continue
        signals = sum(len(read.rows) for read in reads)
        yield (
            f"{rate}: {signals} signals in {len(reads)} requests, {1000 * cost_s(reads, cost):.1f} ms on {line.name}; "
            f"one request per value would take {1000 * single_s[rate]:.1f} ms"
        )
        for read in reads:
            block = read.block
            used = sum(part.end - part.start for part in objects(read.rows))
            things = "bits" if block.function in BIT_FUNCTIONS else "registers"
            yield (
                f"  FC{block.function:02d} {block.start}–{block.end - 1}: {block.count} {things}, {used} used, "
                f"{len(read.rows)} signals, {1000 * cost.of(1, block.size):.1f} ms"
            )
