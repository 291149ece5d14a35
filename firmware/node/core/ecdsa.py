"""ECDSA on the curve P-256 with SHA-256: is this signature from the holder of that key? (FIPS 186-5, SEC 1, SEC 2)

Only checking, in plain integers: nothing here is secret, so nothing has to take the same time. Points are Jacobian
(X, Y, Z) with x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
"""

import hashlib

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)
SIZE = 64
"""Bytes of a public key (x, y) and of a signature (r, s), each half big-endian."""


def verify(public, message, signature):
    """True when `signature` over `message` was made with the private half of `public`; bytes, never raises."""
    if len(public) != SIZE or len(signature) != SIZE:
        return False
    x, y = _halves(public)
    r, s = _halves(signature)
    if not (0 < r < N and 0 < s < N and x < P and y < P) or (y * y - x * x * x + 3 * x - B) % P:
        return False
    inverse = pow(s, N - 2, N)
    told = int.from_bytes(hashlib.sha256(message).digest(), "big")
    big_x, _, z = _sum_of_products(told * inverse % N, r * inverse % N, (x, y, 1))
    if not z:
        return False
    # r is the x of the point, cut to N: compared without another division
    square = z * z % P
    return r * square % P == big_x or (r + N < P and (r + N) * square % P == big_x)


def _halves(data):
    half = SIZE // 2
    return int.from_bytes(data[:half], "big"), int.from_bytes(data[half:], "big")


def _sum_of_products(u, v, q):
    """u·G + v·q, both at once (Shamir's trick)."""
    both = _add(G, q)
    found = (1, 1, 0)
    bit = 1 << 255
    while bit:
        found = _double(found)
        if u & bit:
            found = _add(found, both if v & bit else G)
        elif v & bit:
            found = _add(found, q)
        bit >>= 1
    return found


def _double(point):
    x, y, z = point
    if not z or not y:
        return 1, 1, 0
    square_z, square_y = z * z % P, y * y % P
    beta = x * square_y % P
    alpha = 3 * (x - square_z) * (x + square_z) % P
    new_x = (alpha * alpha - 8 * beta) % P
    return new_x, (alpha * (4 * beta - new_x) - 8 * square_y * square_y) % P, 2 * y * z % P


def _add(one, two):
    x1, y1, z1 = one
    x2, y2, z2 = two
    if not z1:
        return two
    if not z2:
        return one
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, s1 = x1 * zz2 % P, y1 * z2 * zz2 % P
    h, r = (x2 * zz1 - u1) % P, (y2 * z1 * zz1 - s1) % P
    if not h:
        return _double(one) if not r else (1, 1, 0)
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    new_x = (r * r - hhh - 2 * v) % P
    return new_x, (r * (v - new_x) - s1 * hhh) % P, z1 * z2 * h % P
