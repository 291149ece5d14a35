"""What the site's broker was told and is not so any more is found; what is kept, over or still unsure is not."""

import pytest

from contract import topics
from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.messages import Head, encode
from contract.records import AnswerBody, Answers
from contract.wire import Moment
from contract.words import ClockQuality, Status
from demo.io.brokers import Door
from faults.core.settings import SITE
from faults.io.promises import Promises

DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS


class Ear:
    """Promises that hear what a test says; the second is the number of the message."""

    def __init__(self) -> None:
        self.number = 0
        self.twin = False
        door = Door(url="mqtt://127.0.0.1:1", user="judge", password_file="/dev/null")
        self.promises = Promises(door, SITE, lambda: float(self.number), lambda: self.twin)

    def answered(self, run: str, *orders: str) -> None:
        """The gateway's snapshot."""
        rows = tuple(AnswerBody(order=order, kind="notice") for order in orders)
        self._hear(topics.answers(SITE), Answers(head=head(run), answers=rows))

    def bulletin(self, run: str, name: str, days: int) -> None:
        """One that is shown."""
        said = Bulletin(
            id=name, serial=1, incident=name, msg_type="alert", status=Status.TEST, sent_ms=NOW_MS,
            expires_ms=NOW_MS + days * DAY_MS, sender_name="K", category="infra", urgency="immediate",
            severity="minor", certainty="observed", sites=(SITE,), texts={"sv": Words(headline="a", description="b")},
        )  # fmt: skip
        at = Moment(boot="b", up_ms=1, wall_ms=None, clock=ClockQuality.UNSYNCED)
        self._hear(topics.public_bulletin(SITE, name), PublicBulletin(head=head(run), bulletin=said, received=at))

    def _hear(self, topic: str, said: object) -> None:
        self.number += 1
        self.promises.hear(topic, encode(said), False)


def head(run: str) -> Head:
    """Of a run of the gateway."""
    return Head(site=SITE, run=run, boot="b", up_ms=1, wall_ms=None, clock=ClockQuality.UNSYNCED, status=Status.TEST)


@pytest.fixture
def ear() -> Ear:
    """Nothing heard yet."""
    return Ear()


def test_answered_order_that_the_next_run_does_not_know_is_told(ear: Ear) -> None:
    """An answer was shown before it was on the disk: the site's page has let go of the order by then."""
    ear.answered("run-1", "a", "b")
    ear.answered("run-2", "a")

    (said,) = ear.promises.broken({"a", "b"}, NOW_MS)
    assert "the order b was shown as answered at 1.0 s, and the gateway's next run knew nothing of it at 2.0 s" in said


def test_answered_order_without_an_answer_at_the_centre_is_told(ear: Ear) -> None:
    """Known to every run and still not among the records."""
    ear.answered("run-1", "a", "b")

    (said,) = ear.promises.broken({"b"}, NOW_MS)
    assert "lost: the order a was shown as answered" in said


def test_kept_answers_are_no_fault(ear: Ear) -> None:
    """The same again by a later run, less in the same run, a second gateway in between: nothing is said."""
    ear.answered("run-1", "a", "b")
    ear.answered("run-1", "b")
    ear.answered("run-2", "b", "c")
    ear.twin = True
    ear.answered("run-twin", "a")
    ear.twin = False
    ear.answered("run-3", "b", "c")

    assert [] == ear.promises.broken({"a", "b", "c"}, NOW_MS)


def test_shown_bulletin_that_the_newest_run_does_not_show_is_told(ear: Ear) -> None:
    """Only one that is surely valid: what a wrong clock may have ended is not judged."""
    ear.answered("run-1", "a")
    ear.bulletin("run-1", "long", 5)
    ear.bulletin("run-1", "short", 1)
    assert [] == ear.promises.missing(NOW_MS)
    ear.answered("run-2", "a")

    assert ["lost: the bulletin long was shown at the site and is not held"] == ear.promises.broken({"a"}, NOW_MS)
    assert [] == ear.promises.missing(NOW_MS + 6 * DAY_MS)
    ear.bulletin("run-2", "long", 5)
    assert [] == ear.promises.missing(NOW_MS)


def test_rubbish_is_no_promise(ear: Ear) -> None:
    """Whoever may write everything says nothing that counts."""
    for topic in (topics.answers(SITE), topics.public_bulletin(SITE, "rubbish"), topics.public_picture(SITE)):
        for payload in (b"", b"null", b"\xff" * 50, b'{"answers": "all"}'):
            ear.promises.hear(topic, payload, True)

    assert [] == ear.promises.broken(set(), NOW_MS)
