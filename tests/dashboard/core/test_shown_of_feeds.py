"""Receipts of other senders' messages: told as theirs, never taken for proof of a bulletin of the same name."""

from datetime import UTC

from contract.bulletins import Bulletin, Words
from contract.freshness import Now
from contract.messages import encode
from contract.words import ClockQuality, Status
from dashboard.core.reader import Reader
from dashboard.core.sending.bulletins import bulletin_rows, feed_rows
from dashboard.core.site.events import Stored

READER = Reader(language="sv", zone=UTC, now=Now(mono_ms=0, wall_ms=100_000_000, clock=ClockQuality.SYNCED))


def stored(number: int, **changed: object) -> Stored:
    """A receipt as the store gives it back."""
    moment = {"boot": "b", "up_ms": 1, "wall_ms": 50_000_000, "clock": "synced"}
    body = {"kiosk_run": "k", "number": number, "screen": "butiken", "bulletin": "b-1", "serial": 1, "status": "actual",
            "first_frame": moment, "why_not": ""} | changed  # fmt: skip
    return Stored(
        number=number, run="r", stream="receipt", seq=number, kind="receipt", wall_ms=50_000_000, up_ms=1,
        status="actual", simulated=False, historical=False, body=body,
    )  # fmt: skip


class Signed:
    """A signed bulletin that is only read."""

    def __init__(self, name: str, severity: str = "severe") -> None:
        self.signed = encode(
            Bulletin(
                id=name, serial=1, incident="i", msg_type="alert", status=Status.ACTUAL, sent_ms=1, expires_ms=None,
                sender_name="Åre kommun", category="Infra", urgency="immediate", severity=severity,
                certainty="observed", sites=("are-kall",), texts={"sv": Words(headline="Koka vattnet")},
            )
        )  # fmt: skip


def test_feed_message_is_told_with_its_sender() -> None:
    """One sentence: whose message, on which screen, when; an exercise says so first; not shown says why."""
    rows = feed_rows(
        [
            stored(3, source="vma", bulletin="SRVMA-7"),
            stored(2, source="smhi", bulletin="91", first_frame=None, why_not="expired"),
            stored(1, source="vma", bulletin="SRVMA-8", status="exercise"),
            stored(4),
        ],
        READER,
    )

    assert 3 == len(rows)
    assert rows[0].words.startswith("VMA SRVMA-7 visades på butiken")
    assert (False, "SMHI 91 visades inte på butiken: tiden gick ut innan") == (rows[1].shown, rows[1].words)
    assert rows[2].words.split(":")[0].isupper()


def test_another_sender_s_message_proves_no_bulletin() -> None:
    """A VMA that happens to have the bulletin's id is no proof that this was shown; a damaged receipt is left out."""
    rows = bulletin_rows([Signed("b-1")], [stored(1, source="vma"), stored(2, serial="x")], READER)  # type: ignore[list-item]
    assert () == rows[0].receipts

    rows = bulletin_rows([Signed("b-1")], [stored(1)], READER)  # type: ignore[list-item]
    assert rows[0].receipts[0].shown


def test_one_frame_is_told_once() -> None:
    """A kiosk that lost its cache tells all of it again under new numbers; "shown" counts more than "not shown"."""
    again = [stored(9, source="vma", kiosk_run="k2", first_frame=None, why_not="left"), stored(2, source="vma")]

    assert [True] == [one.shown for one in feed_rows(again, READER)]
    assert [True] == [one.shown for one in feed_rows(again[::-1], READER)]


def test_an_earlier_edition_proves_nothing() -> None:
    """A bulletin sent again with another serial has other words: what was shown before is no receipt of it."""
    assert () == bulletin_rows([Signed("b-1")], [stored(1, serial=0)], READER)[0].receipts  # type: ignore[list-item]


def test_an_unknown_reason_is_told_as_it_is() -> None:
    """A kiosk of a later edition may know more words."""
    rows = feed_rows([stored(1, source="vma", first_frame=None, why_not="torn")], READER)

    assert rows[0].words.endswith(": torn")


def test_a_receipt_is_told_as_what_it_proves() -> None:
    """The first page of what takes the screen; only the headline of what is no more than a banner."""
    words = [bulletin_rows([Signed("b-1", grave)], [stored(1)], READER)[0].receipts[0].words  # type: ignore[list-item]
             for grave in ("severe", "minor")]  # fmt: skip

    assert ["Första sidan visades", "Rubriken visades på but"] == [words[0][:20], words[1][:23]]
