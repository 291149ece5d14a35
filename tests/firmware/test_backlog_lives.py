"""Many lives of one store: whatever happens, in whatever order, nothing false is told, nothing missed in silence."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node.core import records
from node.core.backlog import Backlog
from node.core.pace import Pace

from tests.firmware.segments_played import PlayedFlash, record

STEPS = st.one_of(
    st.tuples(st.just("keep"), st.integers(1, 25)),
    st.tuples(st.just("event"), st.integers(1, 3)),
    st.tuples(st.just("settle"), st.booleans()),
    st.tuples(st.just("tell"), st.integers(1, 30)),
    st.tuples(st.just("confirm"), st.just(0)),
    st.tuples(st.just("lie"), st.integers(1, 200)),
    st.tuples(st.just("rewind"), st.just(0)),
    st.tuples(st.just("restart"), st.just(0)),
    st.tuples(st.just("cut"), st.tuples(st.integers(1, 4), st.booleans())),
)


class Gateway:
    """Commits what it is told and says how far it has all of a boot, as the contract has it: `oldest` ends a gap."""

    def __init__(self) -> None:
        self.committed: dict[str, set[int]] = {}
        self.marks: dict[str, int] = {}

    def hear(self, boot: str, batch: list[tuple], oldest: int | None) -> None:
        """A report: its records, and what of that boot is still to come at all."""
        known = self.committed.setdefault(boot, set())
        known |= {one[0] for one in batch}
        mark = max(self.marks.get(boot, 0), (oldest or 1) - 1)
        while mark + 1 in known:
            mark += 1
        self.marks[boot] = mark


class Lives:
    """A node that is switched off again and again, and its gateway."""

    def __init__(self) -> None:
        self.flash, self.gateway = PlayedFlash(), Gateway()
        self.number, self.safe, self.kept = 0, {}, {}
        self.start()

    def start(self) -> None:
        """The power comes; RAM is empty."""
        self.flash.left = None
        self.number += 1
        pace = Pace(per_minute=10**9, window=10**9, patience_s=300)
        self.store = Backlog(self.flash, f"{self.number:08x}", ring=12, segments=4, gather=5, pace=pace)
        self.seq = 0

    def play(self, what: str, how: object) -> None:
        """One step."""
        if what in ("keep", "event"):
            for _ in range(how):
                self.seq += 1
                self.kept[self.store.boot] = self.seq
                self.store.keep(record(self.seq), what == "event")
                self.store.settle(self.seq)
        elif what == "settle":
            self.store.settle(self.seq + 100, everything=how)
        elif what == "tell":
            self.tell(how)
        elif what == "confirm":
            self.store.forget(self.gateway.marks)
        elif what == "lie":
            self.store.forget({self.store.boot: self.seq + how, "ffffffff": how})
        elif what == "rewind":
            self.store.rewind()
        elif what == "cut":
            self.flash.left, self.flash.torn = how
            self.play("keep", 20)
        self.safe[self.store.boot] = max(self.safe.get(self.store.boot, 0), self.store.safe_seq)
        if what in ("restart", "cut"):
            self.start()

    def tell(self, limit: int) -> list[tuple]:
        """One report, believed only if it is true."""
        boot, _, batch = self.store.next_batch(limit)
        assert batch == [record(one[0]) for one in batch]
        assert all(one[0] <= self.kept[boot] for one in batch)
        self.gateway.hear(boot, batch, self.store.oldest(boot))
        return batch

    def missed(self) -> Iterator[tuple[str, int]]:
        """What was acknowledged as kept and is nowhere."""
        for boot, safe in self.safe.items():
            known = self.gateway.committed.get(boot, set())
            yield from ((boot, seq) for seq in range(1, safe + 1) if seq not in known)


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of eight records, so that few steps fill many."""
    monkeypatch.setattr(records, "MOST", 8)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(steps=st.lists(STEPS, max_size=40))
def test_nothing_acknowledged_is_missed_in_silence(steps: list[tuple]) -> None:
    """Cuts, lies, restarts, overflow: in the end the gateway has what was acknowledged, but for what was counted."""
    lives = Lives()
    for what, how in steps:
        lives.play(what, how)
    lives.play("settle", True)
    for _ in range(3):
        lives.store.rewind()
        while lives.tell(30):
            pass
        lives.play("confirm", 0)

    assert len(list(lives.missed())) <= lives.store.dropped()
    assert 0 == lives.store.queued()
