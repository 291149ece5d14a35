"""How a feed of everyday things says how it stands: checked, not reached, or not asked at all."""

import msgspec
import pytest

from contract.freshness import Contact, Now
from contract.wire import Moment
from contract.words import ClockQuality
from kiosk.core.age import Reader
from kiosk.core.asking.feed import FeedState
from kiosk.core.day.holding import Fed
from kiosk.io.texts import words

MINUTE = 60_000
NOON, UP_MS = 1_763_636_400_000, 50_000_000


def ago(minutes: int) -> Moment:
    """A moment of this boot."""
    back_ms = minutes * MINUTE
    return Moment(boot="b", up_ms=UP_MS - back_ms, wall_ms=NOON - back_ms, clock=ClockQuality.SYNCED)


def says(state: FeedState | None, language: str = "sv") -> str:
    """What stands under its section at noon."""
    reader = Reader(Now(UP_MS, NOON, ClockQuality.SYNCED), Contact("b", UP_MS, UP_MS), words(language))
    return Fed(name="departures", kind="departures", body=None, state=state).checked(reader)


STATE = FeedState(name="departures", every_s=120.0, checked=ago(20))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (None, "Har inte kunnat kontrolleras."),
        (FeedState(name="departures", every_s=120.0), "Har inte kunnat kontrolleras."),
        (msgspec.structs.replace(STATE, checked=ago(1)), "Kontrollerat kl. 11:59."),
        (STATE, "Har inte kunnat kontrolleras sedan kl. 11:40."),
    ],
)
def test_check_that_failed_or_never_was_says_since_when(state: FeedState | None, text: str) -> None:
    """Fresh is three intervals."""
    assert text == says(state)


def test_feed_that_is_not_asked_to_save_power_says_so_and_since_when() -> None:
    """Nobody tried in vain: that is another thing than a failure, whether an answer was ever heard or not."""
    rests = msgspec.structs.replace(STATE, resting=ago(19))

    assert "Hämtas inte sedan kl. 11:41, för att spara ström. Kontrollerat kl. 11:40." == says(rests)
    assert "Hämtas inte sedan kl. 11:41, för att spara ström." == says(msgspec.structs.replace(rests, checked=None))
    assert "Not fetched since 11:41, to save power. Checked 11:40." == says(rests, "en")
