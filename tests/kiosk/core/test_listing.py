"""What a feed says becomes what is kept: first, edited, gone, back, and dropped at last."""

from typing import Any

import pytest

from contract.wire import Moment
from contract.words import ClockQuality, Status
from kiosk.core.asking.feed import Kept
from kiosk.core.asking.listing import KEEP_GONE_MS, MOST_GONE, Folded, fold, key_of
from kiosk.feeds.alert import Alert, Answer, MsgType, Reject, Source, Words


def at(up_ms: int, boot: str = "b", wall_ms: int | None = None) -> Moment:
    """A moment of the keeper."""
    clock = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Moment(boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=clock)


def alert(name: str = "a", revision: int = 1, text: str = "x") -> Alert:
    """One alert."""
    return Alert(
        source=Source.SMHI, id=name, revision=revision, msg_type=MsgType.ALERT, status=Status.ACTUAL, sent_ms=0,
        words={"sv": Words(headline=text)},
    )  # fmt: skip


def folded(kept: dict[Any, Kept], *alerts: Alert, now: Moment, rejects: tuple[Reject, ...] = ()) -> dict[Any, Kept]:
    """What is kept after one answer."""
    found = fold(kept, Answer(alerts, rejects), now)
    after = kept | {key_of(one.alert): one for one in found.changed}
    return {key: one for key, one in after.items() if key not in found.dropped}


KEY = ("smhi", "a")


def test_new_alert_is_kept_with_when_it_came() -> None:
    """`first` is when it reached this device, and stays so when it is edited."""
    kept = folded({}, alert(), now=at(10))
    assert {KEY: Kept(alert=alert(), first=at(10))} == kept

    kept = folded(kept, alert(revision=2, text="y"), now=at(20))
    assert {KEY: Kept(alert=alert(revision=2, text="y"), first=at(10))} == kept


def test_same_answer_changes_nothing() -> None:
    """Nothing is written for what is known."""
    kept = folded({}, alert(), now=at(10))

    assert Folded() == fold(kept, Answer((alert(),)), at(20))


def test_older_edition_never_replaces_a_newer() -> None:
    """A server that lags behind says that it is listed, not what it says."""
    kept = folded({}, alert(revision=5, text="new"), now=at(10))

    assert kept == folded(kept, alert(revision=4, text="old"), now=at(20))


def test_what_leaves_the_list_is_gone_and_may_come_back() -> None:
    """Gone since the first answer without it; listed again it is not gone any more."""
    kept = folded({}, alert(), now=at(10))
    kept = folded(kept, now=at(20))
    assert at(20) == kept[KEY].gone
    kept = folded(kept, now=at(30))
    assert at(20) == kept[KEY].gone

    assert None is folded(kept, alert(), now=at(40))[KEY].gone


def test_answer_that_is_not_all_ends_nothing() -> None:
    """A list that is cut to the newest says nothing of what it does not hold."""
    kept = folded({}, alert(), now=at(10))

    assert Folded() == fold(kept, Answer(), at(20), whole=False)


@pytest.mark.parametrize(("what", "gone"), [("a", None), ("alerts 3", None), ("#2", None), ("b", at(20)), ("", None)])
def test_record_that_cannot_be_read_has_not_left(what: str, gone: Moment | None) -> None:
    """It may be the very one that is missing, unless it says that it is another."""
    kept = folded({}, alert(), now=at(10))

    assert gone == folded(kept, now=at(20), rejects=(Reject(what, "broken"),))[KEY].gone


def test_gone_alerts_stay_readable_for_days_then_go() -> None:
    """By the same boot's uptime, or by wall clocks that are known; an unknown clock drops nothing."""
    listed = folded({}, alert(), now=at(0, wall_ms=1000))
    gone = folded(listed, now=at(0, wall_ms=1000))

    assert KEY in folded(gone, now=at(KEEP_GONE_MS))
    assert KEY not in folded(gone, now=at(KEEP_GONE_MS + 1))
    assert KEY in folded(gone, now=at(5, "later", 1000 + KEEP_GONE_MS))
    assert KEY not in folded(gone, now=at(5, "later", 1001 + KEEP_GONE_MS))
    assert KEY in folded(gone, now=at(KEEP_GONE_MS + 1, "later"))


def test_listed_alert_is_never_dropped_for_its_age() -> None:
    """Only what its source lists no more."""
    kept = folded({}, alert(), now=at(0))

    assert KEY in folded(kept, alert(), now=at(100 * KEEP_GONE_MS))


def test_number_of_gone_alerts_is_bounded() -> None:
    """A feed that makes up new ones all the time does not fill the card; the oldest go first."""
    kept: dict[Any, Kept] = {}
    for number in range(MOST_GONE + 3):
        kept = folded(kept, alert(f"n{number}"), now=at(number))
    kept = folded(kept, now=at(1000))
    assert MOST_GONE == len(kept)
    assert ("smhi", "n0") not in kept
    assert ("smhi", f"n{MOST_GONE + 2}") in kept


def test_same_id_twice_counts_once_in_its_newest_edition() -> None:
    """Of one id the highest revision counts, wherever it stands in the list."""
    kept = folded({}, alert(revision=2, text="new"), alert(revision=1, text="old"), now=at(1))

    assert "new" == kept[KEY].alert.words["sv"].headline
