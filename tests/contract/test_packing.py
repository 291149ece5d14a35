"""Packed messages: told apart by their first byte, equal after the way, and never more than the limit."""

import zlib
from contextlib import suppress
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Head, SiteStatus, decode, encode
from contract.packing import pack, unpack
from contract.wire import Refused

LIMIT = 10_000
DICTIONARY = 919_176_304
"""Adler-32 of packing.txt. Another number here means that no site in the field could be understood any more."""


@given(st.binary(max_size=LIMIT).filter(lambda body: body[:1] != b"\x78"))
def test_what_was_packed_comes_out_equal(body: bytes) -> None:
    """Whatever is said is what is heard."""
    assert body == unpack(pack(body), LIMIT)


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_or_refused_in_a_sentence(body: bytes) -> None:
    """Garbage raises Refused and nothing else."""
    said = b""
    with suppress(Refused):
        said = unpack(body, LIMIT)

    assert len(said) <= LIMIT


def test_the_dictionary_is_the_one_that_sites_have() -> None:
    """`packing.txt` is part of the wire."""
    assert DICTIONARY == zlib.adler32(files("contract").joinpath("packing.txt").read_bytes())


@pytest.mark.parametrize("size", [LIMIT + 1, 100 * LIMIT, 50_000_000])
def test_a_small_message_does_not_unfold_into_a_large_one(size: int) -> None:
    """A bomb is refused when it has reached the limit, not when it has filled the memory."""
    bomb = zlib.compress(b"a" * size, 9)

    with pytest.raises(Refused, match="more than 10000 bytes"):
        unpack(bomb, LIMIT)


def test_plain_zlib_is_taken_too() -> None:
    """Another program may pack without knowing the dictionary."""
    assert b"{}" * 200 == unpack(zlib.compress(b"{}" * 200), LIMIT)


@pytest.mark.parametrize("keep", [1, 2, 5, 20, -1])
def test_a_torn_message_is_refused(keep: int) -> None:
    """Half a message says nothing."""
    whole = pack(b'{"heartbeat_s":300.0}' * 30)

    with pytest.raises(Refused, match="packed message"):
        unpack(whole[:keep], LIMIT)


def test_what_follows_the_end_is_refused() -> None:
    """A message is one message."""
    with pytest.raises(Refused, match="before its last byte"):
        unpack(pack(b'{"heartbeat_s":300.0}' * 30) + b"x", LIMIT)


def test_another_dictionary_is_named_as_the_reason() -> None:
    """A newer site is not garbage: the sentence says what to do."""
    way = zlib.compressobj(9, zdict=b"another dictionary")
    body = way.compress(b"another dictionary" * 9) + way.flush()

    with pytest.raises(Refused, match="bring it up to date"):
        unpack(body, LIMIT)


def test_a_packed_heartbeat_is_read_like_a_plain_one(head: Head) -> None:
    """The reader need not know which it is, and a heartbeat travels in a third of its bytes."""
    said = SiteStatus(head=head, online=True, heartbeat_s=300, version="0.1.0")
    plain = encode(said)

    assert (said, said) == (decode(plain, SiteStatus), decode(pack(plain), SiteStatus))
    assert len(pack(plain)) < len(plain) / 2
