"""The plan is the cheapest there is, and asks for nothing that may not be read."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.core.wire.lines import Cost, SerialLine, TcpLine, cost_on
from gateway.core.wire.plan import Block, Object, Read, cost_s, describe, objects, plan, plans, split
from gateway.profiles.registry import load
from gateway.profiles.schema import Head, Link, Profile, Range, Row

DSE = load("dse-73xx-mkii")
SDM = load("eastron-sdm630")
LINES = [SerialLine(device="/dev/x", baud=9600), SerialLine(device="/dev/x", baud=115200), TcpLine(host="set")]
WIDTHS = {1: "u16", 2: "u32", 4: "u64"}


def profile_of(
    rows: list[Row], blocks: list[tuple[int, int]], max_words: int, holes: str, function: int = 3
) -> Profile:
    """A profile for tests."""
    return Profile(
        head=Head(name="t", title="t", maker="t", family="t", source="t", kind="meter"),
        link=Link(
            function=function, word_order="big", max_words=max_words, max_bits=4 * max_words, timeout_s=1, holes=holes
        ),
        blocks=tuple(Range(first=first, last=last) for first, last in blocks),
        identity=(),
        rows=tuple(rows),
    )


def row_at(at: int, width: int = 1) -> Row:
    """A row of some width."""
    return Row(key=f"k{at}", function=3, at=at, type=WIDTHS[width])


@st.composite
def layouts(draw: st.DrawFn) -> Profile:
    """Up to seven values with gaps, in one or two declared ranges: registers, or coils."""
    rows, at = [], draw(st.integers(0, 3))
    function, widths, gaps = draw(st.sampled_from([(3, [1, 2, 4], 6), (1, [1], 30)]))
    parts = st.tuples(st.sampled_from(widths), st.integers(0, gaps))
    for width, gap in draw(st.lists(parts, min_size=1, max_size=7)):
        rows.append(row_at(at, width) if function == 3 else Row(key=f"k{at}", function=1, at=at, type="bit"))
        at += width + gap
    cut = draw(st.sampled_from([None, *[row.at for row in rows[1:]]]))
    blocks = [(0, at)] if cut is None else [(0, cut - 1), (cut, at)]
    holes = draw(st.sampled_from(["readable", "forbidden"]))
    return profile_of(rows, blocks, draw(st.integers(4, 20)), holes, function)


def partitions(items: list[Row]) -> list[list[list[Row]]]:
    """Every way to put items into groups, neighbours or not."""
    if not items:
        return [[]]
    first, rest = items[0], partitions(items[1:])
    found = [[[first], *groups] for groups in rest]
    for groups in rest:
        found += [[*groups[:at], [first, *groups[at]], *groups[at + 1 :]] for at in range(len(groups))]
    return found


def allowed(group: list[Row], profile: Profile) -> bool:
    """Whether one request may bring a group, by the rules as a person would read them."""
    start, end = min(row.at for row in group), max(row.end for row in group)
    inside = any(block.first <= start and end - 1 <= block.last for block in profile.blocks)
    defined = {at for row in profile.rows for at in range(row.at, row.end)}
    whole = profile.link.holes == "readable" or set(range(start, end)) <= defined
    most = profile.link.max_words if profile.link.function > 2 else profile.link.max_bits
    return inside and whole and end - start <= most


def least(profile: Profile, cost: Cost) -> float:
    """The cost of the best of all partitions."""
    costs = []
    for groups in partitions(list(profile.rows)):
        if all(allowed(group, profile) for group in groups):
            lengths = [max(row.end for row in group) - min(row.at for row in group) for group in groups]
            sizes = [2 * length if profile.link.function > 2 else -(-length // 8) for length in lengths]
            costs.append(cost.of(len(groups), sum(sizes)))
    return min(costs)


@settings(max_examples=150, deadline=None)
@given(layouts(), st.sampled_from([0.0, 0.5, 1.0, 2.5, 7.0, 40.0]))
def test_plan_is_the_best_of_all(profile: Profile, request_s: float) -> None:
    """No other way of grouping the values, neighbours or not, costs less."""
    cost = Cost(request_s, 1.0)
    reads = plan(profile.rows, profile, cost)

    assert least(profile, cost) == pytest.approx(cost_s(reads, cost))
    assert all(allowed(list(read.rows), profile) for read in reads)
    assert sorted(row.key for row in profile.rows) == sorted(row.key for read in reads for row in read.rows)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
@pytest.mark.parametrize("profile", [DSE, SDM], ids=lambda profile: profile.name)
def test_plan_of_a_shipped_profile_keeps_its_rules(profile: Profile, line: SerialLine | TcpLine) -> None:
    """Every signal once, no value split, no block longer than allowed or across a page, none overlapping."""
    by_rate = plans(profile, line)
    reads = [read for rate in by_rate.values() for read in rate]

    assert sorted(row.key for row in profile.rows) == sorted(row.key for read in reads for row in read.rows)
    for read in reads:
        assert read.block.count <= profile.link.max_words
        assert all(read.block.start <= row.at and row.end <= read.block.end for row in read.rows)
        assert any(within.first <= read.block.start and read.block.end - 1 <= within.last for within in profile.blocks)
    for rate in by_rate.values():
        assert all(first.block.end <= second.block.start for first, second in pairwise(rate))


def test_plan_reads_page_four_at_once() -> None:
    """With a tenth of a second of pause one long read of basic instrumentation beats several short ones."""
    fast = plans(DSE, SerialLine(device="/dev/x", baud=19200))["fast"]

    assert Block(3, 1024, 58) in [read.block for read in fast]


def test_plan_splits_where_the_wire_is_slow() -> None:
    """A gap is skipped when its registers cost more than another request, and read when they cost less."""
    profile = profile_of([row_at(0), row_at(30)], [(0, 99)], 64, "readable")
    slow = cost_on(SerialLine(device="/dev/x", baud=9600), pause_s=0.0)
    patient = cost_on(SerialLine(device="/dev/x", baud=9600), pause_s=0.1)

    assert [(0, 1), (30, 1)] == [(r.block.start, r.block.count) for r in plan(profile.rows, profile, slow)]
    assert [(0, 31)] == [(r.block.start, r.block.count) for r in plan(profile.rows, profile, patient)]


def test_plan_keeps_bits_of_a_register_together() -> None:
    """Five bits of one register are one register on the wire."""
    rows = [row for row in DSE.rows if row.at == 774]

    assert [Object(774, 775, tuple(rows))] == objects(rows)
    assert [Block(3, 774, 1)] == [read.block for read in plan(rows, DSE, Cost(1, 1))]


def test_plan_without_rows_is_empty() -> None:
    """A rate that no signal has needs no request."""
    assert () == plan([], DSE, Cost(1, 1))
    assert () == plans(SDM, LINES[0])["once"]


def test_plan_serves_two_functions() -> None:
    """Input and holding registers of one device never share a request."""
    rows = [row_at(0), Row(key="input", function=4, at=1, type="u16")]
    made = profile_of(rows, [], 64, "readable")
    blocks = (Range(first=0, last=9), Range(first=0, last=9, function=4))
    both = Profile(head=made.head, link=made.link, blocks=blocks, identity=(), rows=made.rows)

    assert [Block(3, 0, 1), Block(4, 1, 1)] == [read.block for read in plan(rows, both, Cost(9, 1))]


@settings(max_examples=100, deadline=None)
@given(layouts())
def test_split_parts_a_refused_read(profile: Profile) -> None:
    """Both halves together hold the rows and no more registers; a single value cannot be parted."""
    assume(profile.link.holes == "readable")
    for read in plan(profile.rows, profile, Cost(40, 1)):
        halves = split(read)

        if len(read.rows) == 1:
            assert halves is None
        else:
            assert halves is not None
            assert read.rows == halves[0].rows + halves[1].rows
            assert halves[0].block.start == read.block.start
            assert halves[0].block.end <= halves[1].block.start
            assert halves[1].block.end == read.block.end


def test_split_keeps_whether_it_may_be_missing() -> None:
    """A half of a block that not every model has is still such a block."""
    halves = split(Read(Block(3, 0, 2), (row_at(0), row_at(1)), probe=True))

    assert halves is not None
    assert halves[0].probe
    assert halves[1].probe


@pytest.mark.parametrize(
    ("line", "count", "milliseconds"),
    [
        # request 8 and answer 5 + 2 × 8 bytes of 10 bits, two silences of 3.5 characters
        (SerialLine(device="/dev/x", baud=9600), 8, (29 * 10 + 2 * 35) / 9.6),
        # 8E1: eleven bits a byte
        (SerialLine(device="/dev/x", baud=19200, parity="E"), 8, (29 * 11 + 2 * 38.5) / 19.2),
        # above 19200 the silence is 1.75 ms
        (SerialLine(device="/dev/x", baud=115200), 8, 290 / 115.2 + 2 * 1.75),
    ],
)
def test_cost_counts_bits_and_silences(line: SerialLine, count: int, milliseconds: float) -> None:
    """Bytes on the wire in the configured framing, and the quiet that ends two frames."""
    assert milliseconds == pytest.approx(1000 * cost_on(line, pause_s=0.0).of(1, 2 * count))


def test_cost_counts_the_pause_and_the_turnaround() -> None:
    """The device's own pause and turnaround take the place of shorter silences."""
    line = SerialLine(device="/dev/x", baud=9600)
    plain, patient = cost_on(line, pause_s=0.0), cost_on(line, pause_s=0.1, turnaround_s=0.02)

    assert 0.1 + 0.02 - 2 * line.silence_s == pytest.approx(patient.request_s - plain.request_s)


def test_plan_is_told_in_plain_lines() -> None:
    """A technician sees per rate how many requests there are and what they cost."""
    lines = list(describe(SDM, SerialLine(device="/dev/x", baud=9600)))

    assert lines[0] == ("fast: 11 signals in 3 requests, 108.3 ms on /dev/x; one request per value would take 275.0 ms")
    assert lines[1] == "  FC04 0–17: 18 registers, 18 used, 9 signals, 58.3 ms"
