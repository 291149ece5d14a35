"""What a device refused is read round, and the plan follows from the refusals alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.wire.learned import MOST_REFUSED, Learned, cut, forgotten, learned, remembered
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Block, Read, plans, split
from gateway.profiles.registry import load
from gateway.profiles.schema import Head, Link, Profile, Range, Row

SLOW = SerialLine(device="/dev/x", baud=9600)
FAST = TcpLine(host="device")
DSE = load("dse-73xx-mkii")


def made(widths: list[tuple[int, int]], probe: bool = False) -> Profile:
    """Values of these widths with these gaps behind them, in one block of holding registers."""
    rows, at = [], 0
    for width, gap in widths:
        rows.append(Row(key=f"k{at}", function=3, at=at, type={1: "u16", 2: "u32"}[width], rate="fast"))
        at += width + gap
    return Profile(
        head=Head(name="t", title="t", maker="t", family="t", source="t", kind="meter"),
        link=Link(function=3, word_order="big", max_words=30, timeout_s=1, holes="readable"),
        blocks=(Range(first=0, last=at + 1, probe=probe),),
        identity=(),
        rows=tuple(rows),
    )


def polled(profile: Profile, missing: set[int], rounds: int) -> tuple[tuple[Block, ...], list[list[Read]]]:
    """Rounds with a device that lacks some cells: what it has refused, and what it was asked for in each."""
    refused: tuple[Block, ...] = ()
    asked: list[list[Read]] = []
    for _ in range(rounds):
        found = learned(profile, FAST, refused)
        waiting, asked_now = list(found.reads["fast"]), []
        while waiting:
            read = waiting.pop(0)
            asked_now.append(read)
            if missing & set(range(read.block.start, read.block.end)):
                refused = remembered(refused, read.block)
                waiting[:0] = split(read) or ()
        asked.append(asked_now)
    return refused, asked


layouts = st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(0, 4)), min_size=1, max_size=10).map(made)


def test_learned_without_refusals_is_the_plan() -> None:
    """Nothing lacks."""
    found = learned(DSE, SLOW, ())

    assert plans(DSE, SLOW) == found.reads
    assert [] == list(found.all_lacking)


def test_learned_cell_is_read_round_and_asked_for_by_itself() -> None:
    """3 is not there: 0–2 and 4–6 are read, and 3 stands apart."""
    profile = made([(1, 0)] * 7)
    found = learned(profile, FAST, [Block(3, 0, 7), Block(3, 0, 4), Block(3, 3, 1)])

    assert [Block(3, 0, 3), Block(3, 4, 3)] == [read.block for read in found.reads["fast"]]
    assert [Block(3, 3, 1)] == [read.block for read in found.lacking["fast"]]


def test_learned_cell_of_some_models_is_still_one() -> None:
    """A refusal there means *not fitted*."""
    found = learned(made([(1, 0)] * 3, probe=True), FAST, [Block(3, 1, 1)])

    assert [True] == [read.probe for read in found.all_lacking]


def test_learned_length_that_is_refused_is_read_in_pieces() -> None:
    """All cells are there, but not so many at once: each half, and nothing lacks."""
    profile = made([(1, 0)] * 8)
    found = learned(profile, FAST, [Block(3, 0, 8)])

    assert [Block(3, 0, 4), Block(3, 4, 4)] == [read.block for read in found.reads["fast"]]
    assert [] == list(found.all_lacking)


@settings(max_examples=150, deadline=None)
@given(layouts, st.data())
def test_learned_converges_in_one_round(profile: Profile, data: st.DataObject) -> None:
    """The round after the first asks for nothing that is refused, and brings every value that the device has."""
    cells = sorted({at for row in profile.rows for at in range(row.at, row.end)})
    missing = set(data.draw(st.lists(st.sampled_from(cells), max_size=4)))
    refused, asked = polled(profile, missing, 3)
    here = sorted(row.key for row in profile.rows if not missing & set(range(row.at, row.end)))

    for later in asked[1:]:
        assert here == sorted(row.key for read in later for row in read.rows)
    lacking = [row.key for read in learned(profile, FAST, refused).all_lacking for row in read.rows]
    assert sorted(here + lacking) == sorted(row.key for row in profile.rows)


@settings(max_examples=100, deadline=None)
@given(layouts, st.lists(st.builds(Block, st.just(3), st.integers(0, 40), st.integers(1, 30)), max_size=12))
def test_learned_never_loses_a_row_whatever_is_remembered(profile: Profile, refused: list[Block]) -> None:
    """Also blocks that no plan of this profile ever had, as after a new version of the profile."""
    found = learned(profile, FAST, refused)
    reads = [*found.reads["fast"], *found.lacking["fast"]]

    assert sorted(row.key for row in profile.rows) == sorted(row.key for read in reads for row in read.rows)
    assert all(read.block.start <= row.at and row.end <= read.block.end for read in reads for row in read.rows)
    assert [] == [one.block for one in found.reads["fast"] if one.block in refused and split(one) is not None]


def test_learned_is_the_same_after_a_restart() -> None:
    """The order of the refusals does not matter, nor does one told twice."""
    refused = [Block(3, 1024, 58), Block(3, 1050, 2), Block(3, 1024, 30)]

    def asked(found: Learned) -> list[Block]:
        return [read.block for reads in (*found.reads.values(), *found.lacking.values()) for read in reads]

    assert asked(learned(DSE, SLOW, refused)) == asked(learned(DSE, SLOW, [*reversed(refused), refused[0]]))


def test_cut_of_a_block_that_was_answered_is_itself() -> None:
    """Only what was refused is cut."""
    read = plans(DSE, SLOW)["fast"][0]

    assert (read,) == cut(read, frozenset())


def test_remembered_forgets_the_oldest() -> None:
    """A device that refuses everything cannot fill the memory; the newest stands last, and once."""
    refused: tuple[Block, ...] = ()
    for at in [*range(MOST_REFUSED + 5), 10]:
        refused = remembered(refused, Block(3, at, 1))

    assert MOST_REFUSED == len(refused)
    assert (Block(3, 5, 1), Block(3, 10, 1)) == (refused[0], refused[-1])


def test_forgotten_takes_along_what_holds_it() -> None:
    """A cell that is there now was no reason to refuse the block round it; other blocks stay."""
    refused = (Block(3, 0, 20), Block(3, 10, 5), Block(3, 12, 1), Block(4, 0, 20), Block(3, 15, 1), Block(3, 12, 0))

    assert (Block(4, 0, 20), Block(3, 15, 1)) == forgotten(refused[:5], Block(3, 12, 1))
