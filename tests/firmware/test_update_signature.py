"""The node's own check of signatures against the library `cryptography`, also where it hurts."""

import hashlib
import json
import random
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from node.core import ecdsa
from node.core.ecdsa import N, P

from keys.core import firmware
from tests.firmware.updates import played

Row = tuple[bytes, bytes, bytes]
Point = tuple[int, int]
MESSAGE = b"a manifest"


def library(row: Row) -> bool:
    """What the library says to a signature."""
    public, message, signature = row
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + public)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return len(signature) == 64


def joined(one: int, two: int) -> bytes:
    """Two numbers of 32 bytes."""
    return one.to_bytes(32, "big") + two.to_bytes(32, "big")


def public_of(secret: int) -> bytes:
    """The key of a small secret."""
    return bytes.fromhex(firmware.public_hex(ec.derive_private_key(secret, ec.SECP256R1()).public_key()))


def signed(secret: int, message: bytes = MESSAGE) -> Row:
    """A true signature."""
    key = ec.derive_private_key(secret, ec.SECP256R1())
    return public_of(secret), message, firmware.signature(key, message)


def told(message: bytes = MESSAGE) -> int:
    """The number that is signed for a message."""
    return int.from_bytes(hashlib.sha256(message).digest(), "big")


def plus(one: Point | None, two: Point | None) -> Point | None:
    """Points added as in a schoolbook, another way than the node's."""
    if one is None or two is None:
        return one or two
    (x1, y1), (x2, y2) = one, two
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(count: int, point: Point) -> Point | None:
    """A point so many times."""
    found = None
    for bit in f"{count % N:b}":
        found = plus(found, found)
        if bit == "1":
            found = plus(found, point)
    return found


def beyond_the_order() -> Row:
    """A true signature whose point has an x above N: r is that x less N, and x is what the check must find."""
    x = N
    while True:
        x += 1
        square = (x**3 - 3 * x + ecdsa.B) % P
        y = pow(square, (P + 1) // 4, P)
        if y * y % P == square:
            break
    r, s = x - N, 12345
    back = pow(r, -1, N)
    point = plus(times(s * back, (x, y)), times(-told() * back, ecdsa.G[:2]))
    assert point is not None
    return joined(*point), MESSAGE, joined(r, s)


def edges() -> list[Row]:
    """True, false and mischievous signatures."""
    public, message, signature = true = signed(7)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    numbers = [0, 1, 2, N - 1, N, N + 1, P - 1, P, 2**256 - 1, r, s, N - r, N - s]
    rows = [(public, message, joined(one, two)) for one in numbers for two in numbers]
    points = [(0, 0), (0, y), (x, 0), (x, y + 1), (x, P - y), (x + 1, y), (P - 1, y), (P, y), (x, P), (y, x)]
    points += [(2**256 - 1, 2**256 - 1), (1, 1), ecdsa.G[:2]]
    rows += [(joined(*point), message, signature) for point in points]
    # keys with which the table of the check degenerates: G, its opposite, its double and half
    rows += [signed(secret) for secret in (1, N - 1, 2, N - 2, (N + 1) // 2, N // 2)]
    # a point at infinity: u1 + u2 · secret = 0
    rows += [(public_of(secret), MESSAGE, joined(-told() * pow(secret, -1, N) % N, 99)) for secret in (1, 7, N - 1)]
    rows += [true, beyond_the_order(), (public, message, joined(r + N, s)) if r + N < 2**256 else true]
    return [
        *rows,
        (public, b"", signature),
        signed(9, b""),
        signed(11, bytes(8192)),
        (public, message + b"\0", signature),
    ]


def rows_by_chance() -> list[Row]:
    """True ones, and the same with one bit changed somewhere."""
    chance = random.Random(20261123)
    rows = []
    for _ in range(25):
        row = signed(chance.randrange(1, N), chance.randbytes(chance.randrange(200)))
        part = chance.randrange(3)
        wrong = [bytearray(one) for one in row]
        if wrong[part]:
            wrong[part][chance.randrange(len(wrong[part]))] ^= 1 << chance.randrange(8)
        rows += [row, (bytes(wrong[0]), bytes(wrong[1]), bytes(wrong[2]))]
    return rows


def test_node_agrees_with_the_library(tmp_path: Path) -> None:
    """Under both interpreters, for true signatures and for those that hackers make."""
    rows = edges() + rows_by_chance()
    expected = [library(row) for row in rows]
    (tmp_path / "rows").write_text("".join(json.dumps([one.hex() for one in row]) + "\n" for row in rows), "utf-8")

    assert 30 < sum(expected) < len(rows) - 100
    assert expected == [ecdsa.verify(*row) for row in rows]
    assert expected == played("update_signature.py", tmp_path / "rows")["valid"]


def test_point_beyond_the_order_is_true() -> None:
    """The one in 2¹²⁸ whose x was cut is made on purpose, and both call it true."""
    row = beyond_the_order()

    assert library(row)
    assert ecdsa.verify(*row)


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_wrong_lengths_are_false(size: int) -> None:
    """A key or a signature of another length is no error, only wrong."""
    public, message, signature = signed(3)

    assert not ecdsa.verify(bytes(size), message, signature)
    assert not ecdsa.verify(public, message, (signature * 3)[:size])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, N - 1), st.binary(max_size=300), st.integers(0, 63), st.integers(1, 255))
def test_true_is_true_and_changed_is_false(secret: int, message: bytes, place: int, change: int) -> None:
    """For any key and any text."""
    public, _, signature = signed(secret, message)
    other = bytearray(signature)
    other[place] ^= change

    assert ecdsa.verify(public, message, signature)
    assert library((public, message, bytes(other))) == ecdsa.verify(public, message, bytes(other))
