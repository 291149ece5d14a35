"""What sensor nodes and the gateway say to each other: sizes, whole numbers, channels that have words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import decode
from contract.nodes import MAX_NODE_MESSAGE, MAX_PIECE, NodePiece, NodeReport, NodeStatus, NodeWish
from contract.signals import catalogue
from contract.wire import Refused
from gateway.profiles.channels import channels

ROW = "[1,1,30,1,0]"


def test_every_channel_is_a_signal_that_people_have_words_for() -> None:
    """No node can tell what the catalogue does not know, and no number stands for two things."""
    rows = channels().values()

    assert set() == {one.key for one in rows} - set(catalogue())
    assert len(rows) == len({one.key for one in rows})
    assert all(one.parts > 0 for one in rows)
    assert all((one.unit == "flag") == (catalogue()[one.key].kind == "flag") for one in rows)


def test_last_will_is_a_status() -> None:
    """It says who is gone and nothing else."""
    assert (0, None) == ((will := decode(b'{"v":1,"boot":"0011aaff","online":0}', NodeStatus)).online, will.up)


@pytest.mark.parametrize(
    "text",
    [
        '{"boot":"0011aaff","up":1,"records":[]}',
        f'{{"boot":"0011AAFF","up":1,"records":[{ROW}]}}',
        f'{{"boot":"0011aaff0","up":1,"records":[{ROW}]}}',
        f'{{"boot":"0011aaff","up":-1,"records":[{ROW}]}}',
        f'{{"boot":"0011aaff","up":1,"clock":3,"records":[{ROW}]}}',
        f'{{"boot":"0011aaff","up":1,"records":[{",".join([ROW] * 201)}]}}',
        '{"boot":"0011aaff","up":1,"records":[[1,1,30,1.5,0]]}',
        '{"boot":"0011aaff","up":1,"records":[[1,1,30,2147483648,0]]}',
        '{"boot":"0011aaff","up":1,"records":[[1,1,256,1,0]]}',
        '{"boot":"0011aaff","up":1,"records":[[1,1,30,1]]}',
    ],
)
def test_report_of_another_shape_is_refused(text: str) -> None:
    """Sizes and kinds are closed: a fraction, a number that a board does not have, too many at once."""
    with pytest.raises(Refused, match="NodeReport"):
        decode(text.encode(), NodeReport, MAX_NODE_MESSAGE)


def test_wish_for_a_piece_names_it() -> None:
    """Without digest and size nobody knows what is asked for; a path is no digest."""
    for text in ('{"want":"piece"}', '{"want":"piece","digest":"../../etc/passwd","size":1}', '{"want":"all"}'):
        with pytest.raises(Refused, match="NodeWish"):
            decode(text.encode(), NodeWish, MAX_NODE_MESSAGE)


@given(st.binary(min_size=1, max_size=MAX_PIECE), st.integers(0, 2**31 - 1))
def test_piece_survives_its_binary_form(body: bytes, offset: int) -> None:
    """What was packed comes out."""
    piece = NodePiece(digest="0a" * 20, offset=offset, body=body)

    assert piece == NodePiece.unpacked(piece.packed())


@pytest.mark.parametrize("size", [0, 23, 24, 24 + MAX_PIECE + 1])
def test_piece_of_another_size_is_refused(size: int) -> None:
    """A head alone, less, or more than a node has room for."""
    with pytest.raises(Refused, match="no piece"):
        NodePiece.unpacked(bytes(size))


def test_report_of_the_most_records_fits_into_a_message() -> None:
    """The widest numbers in the most rows stay below what is read at all."""
    row = (2**31 - 1, 2**32, 255, -(2**31), 13)
    report = NodeReport(boot="0011aaff", up=2**32, records=(row,) * 200)

    assert len(msgspec.json.encode(report)) < MAX_NODE_MESSAGE
