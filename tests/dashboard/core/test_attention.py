"""A program that stood still knows that it did."""

from dashboard.core.hearing.attention import LEAST_REAL_S, LEAST_S, Attention, looked

MINUTE_MS = 60_000


def whole(gap_ms: int, *beats_s: float, rate: float = 1.0) -> bool:
    """Was nothing missed in a pause of so long before sites that speak so often?"""
    return looked(looked(Attention(), 5 * MINUTE_MS, beats_s), 5 * MINUTE_MS + gap_ms, beats_s, rate).whole


def test_the_first_look_misses_nothing() -> None:
    """Whoever begins has nothing to make good; how long it has listened is counted elsewhere."""
    assert looked(Attention(), 10**9, (60.0,)) == Attention(looked_ms=10**9, whole=True)


def test_a_pause_as_long_as_the_shortest_heartbeat_is_one() -> None:
    """Of the site that speaks most often; a pause between two looks that is usual is none."""
    assert whole(500, 60.0, 300.0)
    assert whole(MINUTE_MS - 1, 60.0, 300.0)
    assert not whole(MINUTE_MS, 60.0, 300.0)
    assert not whole(8 * 60 * MINUTE_MS, 300.0)


def test_no_site_makes_every_look_a_pause() -> None:
    """One that says it speaks a thousand times a second would make the centre blind for all; so would a fast clock."""
    least_ms, fast_ms = round(1000 * LEAST_S), round(240 * 1000 * LEAST_REAL_S)
    assert whole(least_ms - 1, 0.001, 300.0)
    assert not whole(least_ms, 0.001, 300.0)
    assert whole(fast_ms - 1, 300.0, rate=240.0)
    assert not whole(fast_ms, 300.0, rate=240.0)


def test_the_next_look_is_whole_again() -> None:
    """It is said once; from then on silence counts anew."""
    after = looked(Attention(looked_ms=0), 10 * MINUTE_MS, (60.0,))
    assert not after.whole
    assert looked(after, 10 * MINUTE_MS + 500, (60.0,)).whole
