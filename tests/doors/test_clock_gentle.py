"""A clock that runs slower for a while: every process agrees when, and nothing jumps at its edges."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doors.clock import Clock, ClockFault, spec_of
from doors.clock_gentle import Gentle, gone_s, lasting_s, rate_at, read, told

ROOT = Path(__file__).parents[2]
SPANS = (Gentle(10.0, 20.0, 2.0), Gentle(20.0, 22.0, 4.0), Gentle(30.0, 40.0, 1.0))
TEN_TIMES = 10.0
MOMENTS = st.floats(0, 60)


@pytest.mark.parametrize(
    ("at_s", "gone", "rate"),
    [(5, 50, 10), (10, 100, 2), (15, 110, 2), (20, 120, 4), (22, 128, 10), (30, 208, 1), (40, 218, 10), (41, 228, 10)],
)
def test_product_time_goes_slower_within_a_span_and_as_before_after_it(at_s: float, gone: float, rate: float) -> None:
    """Counted by hand at the edges and between them."""
    assert (gone, rate) == (gone_s(0.0, at_s, TEN_TIMES, SPANS), rate_at(at_s, TEN_TIMES, SPANS))


@given(st.tuples(MOMENTS, MOMENTS).map(sorted))
def test_sleep_ends_at_the_product_moment_that_was_meant(moments: list[float]) -> None:
    """Real seconds for product seconds, and product seconds of real ones, are each other's way back."""
    begun_s, ended_s = moments
    seconds = gone_s(begun_s, ended_s, TEN_TIMES, SPANS)

    assert ended_s - begun_s == pytest.approx(lasting_s(begun_s, seconds, TEN_TIMES, SPANS), abs=1e-6)


def test_another_process_with_the_same_spec_reads_the_same_time() -> None:
    """Within a span that began before the spec was made, as for a program that is started again in it."""
    real_s = time.time()
    spec = spec_of(1000.0, 1_764_000_000_000, 600_000, "box", gentle=(Gentle(real_s - 60, real_s + 60, 1.0),))
    ask = f"from doors.clock import Clock; c = Clock.parse({spec!r}, allowed=True); print(c.up_ms(), c.rate)"
    other = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    up_ms, rate = other.stdout.split()
    here = Clock.parse(spec, allowed=True)

    assert 600_000 <= int(up_ms) <= here.up_ms() < 660_000  # at the full rate a minute would be gone in 60 ms
    assert (1.0, 1.0) == (float(rate), here.rate)


def test_spans_are_read_as_they_are_told() -> None:
    """A spec carries them from process to process."""
    assert SPANS == read(told(SPANS))
    assert () == read("")


@pytest.mark.parametrize("said", ["1", "1:2", "1:2:3:4", "2:1:5", "1:2:0", "1:2:-1", "1:inf:2", "1:3:2;2:4:2", "x:2:3"])
def test_spans_that_are_none_are_refused_with_what_they_ought_to_be(said: str) -> None:
    """One sentence, and no program runs on half a clock."""
    with pytest.raises(ClockFault, match="is not spans FROM:UNTIL:RATE that follow each other"):
        Clock.parse(f"{spec_of(20.0, 0, 0, 'box')},gentle={said}", allowed=True)
