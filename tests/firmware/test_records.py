"""A record in flash: whole, cut, flipped, strayed."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node.core import records
from node.core.ring import Ring

BOOT = 0xDEADBEEF
BASE = 1000
HEAD = records.pack_header(3, BOOT, 1_795_315_105, BASE, 12, 2)
CRC = records.unpack_header(HEAD, 3)[5]
RECORD = (1234, 86_400, 3, -2_147_483_648, 5)

above = st.integers(0, records.FARTHEST)
u32 = st.integers(0, 2**32 - 1)
values = st.none() | st.integers(-(2**31), 2**31 - 1)
any_record = st.tuples(above.map(lambda n: BASE + n), u32, st.integers(0, 255), values, st.integers(0, 63))


@given(record=any_record, first=st.booleans())
def test_record_reads_as_it_was_written(record: tuple, first: bool) -> None:
    """Every record that may be kept comes back as it was, in flash and in RAM, a missing value as a missing one."""
    ring = Ring(2)
    ring.push(record, first)
    packed = records.pack(record, first, BASE, CRC)

    assert records.SIZE == len(packed)
    assert (record, first) == records.unpack(packed, 0, BASE, CRC)
    assert (record, first) == ring.at(0)


def test_every_flip_of_a_record_is_seen() -> None:
    """One, two or three bits that fell over: no record, rather than a wrong one."""
    packed = int.from_bytes(records.pack(RECORD, True, BASE, CRC), "little")
    for bits in [*combinations(range(128), 1), *combinations(range(128), 2), *list(combinations(range(128), 3))[::37]]:
        flipped = packed
        for bit in bits:
            flipped ^= 1 << bit
        assert records.unpack(flipped.to_bytes(16, "little"), 0, BASE, CRC) is None, bits


def test_every_flip_and_cut_of_a_header_is_seen() -> None:
    """A segment whose header was damaged or cut is none."""
    for bit in range(8 * len(HEAD)):
        flipped = int.from_bytes(HEAD, "little") ^ (1 << bit)
        assert records.unpack_header(flipped.to_bytes(len(HEAD), "little"), 3) is None, bit
    for size in range(len(HEAD)):
        assert records.unpack_header(HEAD[:size], 3) is None
    assert (BOOT, 1_795_315_105, BASE, 12, 2) == records.unpack_header(HEAD, 3)[:5]


def test_what_is_cut_erased_or_from_elsewhere_is_no_record() -> None:
    """Cut at every length, all ones, all zeros, another segment's header: not believed."""
    packed = records.pack(RECORD, False, BASE, CRC)
    other = records.unpack_header(records.pack_header(4, BOOT, 1_795_315_105, BASE, 12, 2), 4)[5]

    assert [None] * 16 == [records.unpack(packed[:size], 0, BASE, CRC) for size in range(16)]
    assert [None, None] == [records.unpack(bytes([fill]) * 16, 0, BASE, CRC) for fill in (0, 255)]
    assert records.unpack(packed, 0, BASE, other) is None
    assert records.unpack_header(HEAD, 4) is None


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ((0, 1, 1, 1, 0), "seq"),
        ((2**31, 1, 1, 1, 0), "seq"),
        ((1, -1, 1, 1, 0), "up"),
        ((1, 1, 256, 1, 0), "channel"),
        ((1, 1, 1, 2**31, 0), "value"),
        ((1, 1, 1, 1.5, 0), "value"),
        ((1, 1, 1, "1", 0), "value"),
        ((1, 1, 1, 1, 64), "quality"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(record: tuple, word: str) -> None:
    """A number that would be kept as another one is refused, and the sentence says which."""
    with pytest.raises(ValueError, match=f"^{word} of a record must be"):
        records.check(record)


def test_boots_are_spelled_in_one_way() -> None:
    """Eight small hexadecimal letters, nothing else."""
    assert ["00000000", "deadbeef"] == [records.boot_word(number) for number in (0, BOOT)]
    assert BOOT == records.boot_number("deadbeef")
    assert [None] * 6 == [
        records.boot_number(word) for word in ("DEADBEEF", "deadbee", "deadbeef0", "0x3f0000", None, 12345678)
    ]


@given(st.lists(st.sampled_from(["push", "pop"]), max_size=60))
def test_ring_is_a_queue(steps: list[str]) -> None:
    """First in, first out, round and round; the place after a seq is found."""
    ring, held, seq = Ring(5), [], 0
    for step in steps:
        if step == "pop":
            ring.pop()
            held = held[1:]
        elif len(held) < 5:
            seq += 3
            ring.push((seq, 0, 0, None, 0), False)
            held.append(seq)

        assert held == [ring.at(place)[0][0] for place in range(len(ring))]
        for wanted in range(seq + 2):
            assert sum(one <= wanted for one in held) == ring.place_after(wanted)
