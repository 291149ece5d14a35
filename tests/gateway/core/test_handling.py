"""When something was, by the site's clocks: what can be told, and what nobody can tell."""

import pytest

from contract.orders import Command
from contract.words import ClockQuality
from gateway.core.moments import EARLIER, age_ms, before, believed_ms
from gateway.core.orders.handling import entered_at
from gateway.core.site import Now

from .conftest import WALL_MS, at, order

UNSYNCED = ClockQuality.UNSYNCED
NOW = at(1000, boot="now")
BLIND = at(1000, boot="now", clock=UNSYNCED)


@pytest.mark.parametrize(
    ("one", "other", "now", "expected"),
    [
        (at(1, boot="now"), at(2, boot="now"), NOW, True),
        (at(2, boot="now"), at(2, boot="now"), NOW, False),
        (at(3, boot="old", clock=UNSYNCED), at(2, boot="old", clock=UNSYNCED), BLIND, False),
        (at(5000, boot="old", clock=UNSYNCED), at(2, boot="now", clock=UNSYNCED), BLIND, True),
        (at(2, boot="now", clock=UNSYNCED), at(5000, boot="old", clock=UNSYNCED), BLIND, False),
        (at(5, boot="old"), at(6, boot="older"), NOW, True),
        (at(7, boot="old"), at(6, boot="older"), NOW, False),
        (at(5, boot="old"), at(6, boot="older"), BLIND, None),
        (at(5, boot="old", clock=UNSYNCED), at(6, boot="older"), NOW, None),
        (at(5, boot=EARLIER, clock=UNSYNCED), at(6, boot=EARLIER, clock=UNSYNCED), NOW, None),
        (at(5, boot=EARLIER), at(6, boot=EARLIER), NOW, True),
    ],
)  # fmt: skip
def test_what_was_first(one: Now, other: Now, now: Now, expected: bool | None) -> None:
    """By uptime in one boot; a boot before this one was earlier; else by wall clocks, or nobody knows."""
    assert expected is before(one.moment(), other.moment(), now)


def test_an_age_needs_one_clock_for_both_ends() -> None:
    """Uptime within a boot, believed wall clocks across boots."""
    assert 400_000 == age_ms(at(600, boot="now", clock=UNSYNCED).moment(), BLIND)
    assert 400_000 == age_ms(at(600, boot="old").moment(), NOW)
    assert None is age_ms(at(600, boot="old").moment(), BLIND)


def test_an_order_is_as_old_as_its_entering() -> None:
    """A cut link makes nothing newer; who had no clock, of him only the arrival is known."""
    late, blind = (order(1, Command(command="rebirth", expires_ms=1), entered_ms=ms) for ms in (WALL_MS + 400_000, 0))

    assert [400_000, 1_000_000] == [entered_at(one, NOW).up_ms for one in (late, blind)]


def test_only_a_known_wall_clock_is_believed() -> None:
    """Unsynced is no clock, whatever it shows."""
    assert [WALL_MS + 1_000_000, None] == [believed_ms(NOW), believed_ms(BLIND)]
