"""Which blocks to read so that a device costs least time on its wire.

Exact: the rows are sorted, every block of a best plan holds a run of them, so dynamic programming over the runs finds
the least cost. A block never crosses a declared range, never splits a value, never reads a forbidden hole and never
exceeds the profile's longest answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

import msgspec

from gateway.core.wire.lines import Cost, SerialLine, TcpLine, cost_on
from gateway.profiles.schema import Profile, Range, Rate, Row

RATES: tuple[Rate, ...] = get_args(Rate)


class Block(msgspec.Struct, frozen=True):
    """One request: `count` registers from `start` on, by function 3 or 4."""

    function: int
    start: int
    count: int

    @property
    def end(self) -> int:
        """The address after its last register."""
        return self.start + self.count


class Read(msgspec.Struct, frozen=True):
    """A block and the rows it was made for. `probe`: a refusal only means that the model lacks them."""

    block: Block
    rows: tuple[Row, ...]
    probe: bool = False


class Object(msgspec.Struct, frozen=True):
    """Registers start…end-1 that must come in one answer, and the rows in them."""

    start: int
    end: int
    rows: tuple[Row, ...]


def plans(profile: Profile, line: TcpLine | SerialLine) -> dict[Rate, tuple[Read, ...]]:
    """The cheapest reads for each rate of a profile; a rate without signals has none."""
    cost = cost_on(line, profile.link.pause_s)
    return {rate: plan([row for row in profile.rows if row.rate == rate], profile, cost) for rate in RATES}


def plan(rows: Sequence[Row], profile: Profile, cost: Cost) -> tuple[Read, ...]:
    """The cheapest reads that bring all `rows`, by address."""
    reads: list[Read] = []
    for within in profile.blocks:
        function = within.function or profile.link.function
        inside = [row for row in rows if row.function == function and within.first <= row.at <= within.last]
        reads += [_read(run, within, function) for run in _cheapest(objects(inside), profile, cost)]
    return tuple(sorted(reads, key=lambda read: (read.block.function, read.block.start)))


def objects(rows: Iterable[Row]) -> list[Object]:
    """Rows as unsplittable objects by address; bits and nibbles of one register become one."""
    found: list[Object] = []
    for row in sorted(rows, key=lambda row: (row.at, row.end)):
        if found and row.at < found[-1].end:
            last = found.pop()
            found.append(Object(last.start, max(last.end, row.end), (*last.rows, row)))
        else:
            found.append(Object(row.at, row.end, (row,)))
    return found


def _cheapest(found: list[Object], profile: Profile, cost: Cost) -> list[list[Object]]:
    """The runs of objects that cost least together; of equals the one with fewer requests."""
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    came_from: list[int] = [0]
    for end in range(1, len(found) + 1):
        choices = []
        for start in _starts(found, end, profile):
            _, requests, registers = best[start]
            requests += 1
            registers += found[end - 1].end - found[start].start
            choices.append(((cost.of(requests, registers), requests, registers), start))
        least, start = min(choices)
        best.append(least)
        came_from.append(start)
    runs: list[list[Object]] = []
    end = len(found)
    while end:
        runs.append(found[came_from[end] : end])
        end = came_from[end]
    return runs[::-1]


def _starts(found: list[Object], end: int, profile: Profile) -> Iterator[int]:
    """Where a block that ends with object `end - 1` may start, nearest first."""
    for start in range(end - 1, -1, -1):
        if found[end - 1].end - found[start].start > profile.link.max_words:
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
    return cost.of(len(blocks), sum(block.count for block in blocks))


def describe(profile: Profile, line: TcpLine | SerialLine) -> Iterator[str]:
    """The plan for people: one line per block, one sum per rate."""
    cost = cost_on(line, profile.link.pause_s)
    for rate, reads in plans(profile, line).items():
        if not reads:
            continue
        signals = sum(len(read.rows) for read in reads)
        milliseconds = 1000 * cost_s(reads, cost)
        yield f"{rate}: {signals} signals in {len(reads)} requests, {milliseconds:.1f} ms on {line.name}"
        for read in reads:
            block = read.block
            used = sum(part.end - part.start for part in objects(read.rows))
            yield (
                f"  FC{block.function:02d} {block.start}–{block.end - 1}: {block.count} registers, {used} used, "
                f"{len(read.rows)} signals, {1000 * cost.of(1, block.count):.1f} ms"
            )
