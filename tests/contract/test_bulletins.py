"""Bulletins, signed and verified, and the receipts that come back."""

import base64
import json
from typing import Any

import msgspec
import pytest

from contract.bulletins import (
    MAX_SIGNED,
    Asleep,
    Bulletin,
    PublicBulletin,
    Receipt,
    ReceiptMark,
    SignedBulletin,
    Words,
)
from contract.messages import MAX_MESSAGE, Head, decode, encode
from contract.wire import Moment, Refused
from contract.words import Status

BULLETIN = Bulletin(
    id="are-1",
    serial=7,
    incident="water",
    msg_type="alert",
    status=Status.EXERCISE,
    sent_ms=5,
    expires_ms=None,
    sender_name="Åre kommun",
    category="Infra",
    urgency="immediate",
    severity="severe",
    certainty="observed",
    sites=("are-kall",),
    texts={"sv": Words(headline="Koka vattnet")},
)


def test_bulletin_comes_back_as_it_went() -> None:
    """What is signed can be read again, letter by letter."""
    assert BULLETIN == decode(encode(BULLETIN), Bulletin)
    assert "exercise" == json.loads(encode(BULLETIN))["status"]


@pytest.mark.parametrize(
    "changes",
    [
        {"msg_type": "gossip"},
        {"status": "real"},
        {"serial": -1},
        {"serial": "7"},
        {"sent_ms": None},
        {"sites": []},
        {"sites": ["are-kall"] * 1001},
        {"sites": "are-kall"},
        {"urgency": "Immediate"},
        {"texts": {"sv": {"headline": ""}}},
        {"texts": {"sv": {"headline": "x" * 161}}},
        {"texts": {"sv": {"headline": "x", "description": "y" * 2001}}},
        {"texts": {"": {"headline": "x"}}},
        {"texts": []},
        {"id": ""},
        {"references": [1]},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_bulletin_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    """Wrong words, types and sizes are refused with a sentence."""
    with pytest.raises(Refused, match=r"^Bulletin: "):
        decode(json.dumps(json.loads(encode(BULLETIN)) | changes).encode(), Bulletin)


def test_end_is_said_or_open_but_never_forgotten() -> None:
    """`expires_ms` may be null, but a bulletin that does not mention its end is refused."""
    tree = json.loads(encode(BULLETIN))
    del tree["expires_ms"]

    with pytest.raises(Refused, match="expires_ms"):
        decode(json.dumps(tree).encode(), Bulletin)


def test_signed_bytes_travel_unchanged() -> None:
    """Not the bulletin but its very bytes are sent, spaces and all, so that the signature holds."""
    written = json.dumps(json.loads(encode(BULLETIN)), indent=3).encode() + b"\n"
    sent = SignedBulletin(key_id="are-2025", signed=written, signature=b"\0" * 64)

    taken = decode(encode(sent), SignedBulletin)

    assert written == taken.signed
    assert written == base64.b64decode(json.loads(encode(sent))["signed"])
    assert BULLETIN == decode(taken.signed, Bulletin)


@pytest.mark.parametrize(
    ("signed", "signature", "taken"),
    [
        (b"x" * MAX_SIGNED, b"s" * 64, True),
        (b"x" * (MAX_SIGNED + 1), b"s" * 64, False),
        (b"x", b"s" * 65, False),
    ],
)
def test_signed_bulletin_has_a_size(signed: bytes, signature: bytes, taken: bool) -> None:
    """The largest allowed fits well into a message, a larger one is refused."""
    data = encode(SignedBulletin(key_id="k", signed=signed, signature=signature))

    assert len(data) < MAX_MESSAGE / 4
    if taken:
        assert signed == decode(data, SignedBulletin).signed
    else:
        with pytest.raises(Refused, match="bytes"):
            decode(data, SignedBulletin)


@pytest.mark.parametrize("text", ["not base64!", "YQ", 5, None])
def test_signature_that_is_no_base64_is_refused(text: Any) -> None:
    """Bytes that cannot be bytes are refused."""
    with pytest.raises(Refused):
        decode(json.dumps({"key_id": "k", "signed": text, "signature": ""}).encode(), SignedBulletin)


def test_empty_payload_ends_no_bulletin() -> None:
    """A wiped topic says nothing about a bulletin."""
    with pytest.raises(Refused):
        decode(b"", SignedBulletin)


def test_public_bulletin_is_live_until_it_is_said_to_have_ended(head: Head, moment: Moment) -> None:
    """What the kiosk reads carries the bulletin as verified, and whether it is over."""
    shown = PublicBulletin(head=head, bulletin=BULLETIN, received=moment)

    assert (False, BULLETIN) == (shown.ended, decode(encode(shown), PublicBulletin).bulletin)


def test_receipt_tells_the_first_frame_or_why_not(moment: Moment) -> None:
    """A receipt with neither a frame nor a bulletin's number is refused."""
    shown = Receipt(
        kiosk_run="k-1", number=1, screen="shop", bulletin="are-1", serial=7, status=Status.ACTUAL, first_frame=moment
    )
    not_shown = msgspec.structs.replace(shown, number=2, first_frame=None, why_not="expired before it came")

    for receipt in (shown, not_shown):
        assert receipt == decode(encode(receipt), Receipt)
        assert not receipt.asleep
        assert not msgspec.structs.replace(receipt, why_not="asleep_closed", first_frame=moment).asleep
    for why in (*Asleep, "asleep_of_tomorrow"):
        assert msgspec.structs.replace(not_shown, why_not=why).asleep
    for field in ("number", "serial", "first_frame", "status"):
        tree = json.loads(encode(shown))
        del tree[field]
        with pytest.raises(Refused, match=field):
            decode(json.dumps(tree).encode(), Receipt)


def test_receipts_are_numbered_from_one() -> None:
    """The mark says 0 before the first; a receipt never does."""
    mark = ReceiptMark(marks={"k-1": 0})

    assert mark == decode(encode(mark), ReceiptMark)
    with pytest.raises(Refused, match="marks"):
        decode(b'{"marks":{"k-1":-1}}', ReceiptMark)
