"""The books find what is missing, changed or out of order – and nothing else. Each mutant is one way to lie."""

from dataclasses import dataclass, field

import msgspec
import pytest

from faults.core.books import ALL_STREAMS, Row, covered, digest, judge

RUN = "run-a"


@dataclass
class Books:
    """A run that went well: twelve events and five samples, committed in order."""

    seen: dict = field(default_factory=lambda: {(RUN, "event"): 12, (RUN, "sample"): 5})
    rows: list = field(default_factory=list)
    digests: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (run, stream), last in self.seen.items():
            for seq in range(1, last + 1):
                mark = digest("note", {"detail": f"{stream} {seq}"})
                number = len(self.rows) + 1
                self.rows.append(Row(run=run, stream=stream, first=seq, seq=seq, number=number, digest=mark, gap=False))
                self.digests[run, stream, seq] = mark

    def verdict(self):
        """What the judge says of it."""
        return judge(self.seen, self.digests, self.rows)


@pytest.fixture
def books() -> Books:
    """A fresh one."""
    return Books()


def change(row: Row, **fields: object) -> Row:
    """The row with other fields."""
    return msgspec.structs.replace(row, **fields)


def test_good_run_has_nothing_to_say(books: Books) -> None:
    """All that was committed is there, once, in order."""
    found = books.verdict()

    assert (17, 17, 0, 0, 0, ()) == (
        found.records, found.at_centre, found.lost, found.gaps, found.reordered, found.sentences
    )  # fmt: skip


@pytest.mark.parametrize("place", [0, 5, 11])
def test_deleted_row_is_lost(books: Books, place: int) -> None:
    """One event less at the centre: the first, one in the middle, the last."""
    del books.rows[place]

    found = books.verdict()

    assert (17, 16, 1, 0) == (found.records, found.at_centre, found.lost, found.reordered)
    assert (f"lost: event {place + 1} of run run-a, of 12 committed",) == found.sentences


def test_whole_run_gone_is_lost(books: Books) -> None:
    """A run of which nothing came is not overlooked."""
    books.seen["run-b", "event"] = 3

    assert 3 == books.verdict().lost


def test_swapped_rows_are_reordered(books: Books) -> None:
    """Two records committed in the wrong order."""
    books.rows[3], books.rows[4] = change(books.rows[3], number=5), change(books.rows[4], number=4)

    found = books.verdict()

    assert (0, 1) == (found.lost, found.reordered)
    assert ("reordered: event 4 of run run-a came after a later one",) == found.sentences


def test_other_words_under_a_number_are_lost(books: Books) -> None:
    """A record that is there with another body is not the one that was committed."""
    books.rows[3], books.rows[4] = (
        change(books.rows[3], digest=books.rows[4].digest),
        change(books.rows[4], digest=books.rows[3].digest),
    )

    found = books.verdict()

    assert (15, 2) == (found.at_centre, found.lost)
    assert ("lost: event 4–5 of run run-a are not what was committed",) == found.sentences


def test_samples_may_be_told_as_a_gap(books: Books) -> None:
    """A thinned range of samples is told, not lost."""
    books.rows = [row for row in books.rows if not (row.stream == "sample" and row.seq <= 3)]
    books.rows.append(Row(run=RUN, stream="sample", first=1, seq=3, number=15, digest="", gap=True))

    found = books.verdict()

    assert (17, 14, 0, 3, 0) == (found.records, found.at_centre, found.lost, found.gaps, found.reordered)
    killed = judge(books.seen, books.digests, books.rows, never_thinned=ALL_STREAMS)
    assert (3, 0) == (killed.lost, killed.gaps), "no disk failed and nobody was away for days"


@pytest.mark.parametrize("stream", ["event", "receipt"])
def test_decisions_are_never_told_as_a_gap(stream: str) -> None:
    """What was decided is lost when only a gap stands for it."""
    books = Books(seen={(RUN, stream): 4})
    books.rows[1] = change(books.rows[1], gap=True, digest="")

    assert 1 == books.verdict().lost


def test_what_nobody_saw_at_the_site_is_not_held_against_the_centre(books: Books) -> None:
    """Records that came after the books were closed change nothing."""
    books.rows.append(Row(run=RUN, stream="event", first=13, seq=13, number=99, digest="x", gap=False))

    assert (17, 17, 0) == (books.verdict().records, books.verdict().at_centre, books.verdict().lost)


def test_covered_only_when_every_number_is_there(books: Books) -> None:
    """The wait for the last record ends no earlier."""
    assert covered(books.seen, books.rows)
    assert not covered(books.seen, books.rows[:-1])
    assert not covered(books.seen | {("run-b", "event"): 1}, books.rows)


def test_digest_sees_bodies_not_spelling() -> None:
    """The same body in another order of keys is the same; another kind or value is not."""
    assert digest("a", {"x": 1, "y": 2.5}) == digest("a", {"y": 2.5, "x": 1})
    assert digest("a", {"x": 1}) != digest("b", {"x": 1})
    assert digest("a", {"x": 1}) != digest("a", {"x": 2})


def test_digest_lets_a_moment_be_dated_and_nothing_else() -> None:
    """The wall clock of a moment may become known on the way; its boot and uptime may not become others."""
    undated = {"boot": "b", "up_ms": 5, "wall_ms": None, "clock": "unsynced"}
    dated = undated | {"wall_ms": 1_800_000_000_000, "clock": "synced"}

    assert digest("a", {"since": [undated]}) == digest("a", {"since": [dated]})
    assert digest("a", {"since": undated}) != digest("a", {"since": dated | {"up_ms": 6}})
    assert digest("a", {"wall_ms": 1}) != digest("a", {"wall_ms": 2})
