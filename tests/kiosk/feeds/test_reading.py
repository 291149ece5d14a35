"""JSON read with suspicion: bytes that are none, times in every form, numbers past sense."""

import json

import pytest

from kiosk.feeds.alert import BadAnswer
from kiosk.feeds.reading import Fields, Unreadable, as_ms, load, value

MOST = 1_000_000


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the answer is empty"),
        (b" \r\n\t", "the answer is empty"),
        (b'{"a": "\xe5"}', "the answer is not UTF-8 (byte 7)"),
        (b"<html><body>502</body></html>", "the answer is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'{"a": [1, 2', "the answer is not JSON: Expecting ',' delimiter: line 1 column 12 (char 11)"),
        (b"[] []", "the answer is not JSON: Extra data: line 1 column 4 (char 3)"),
        (b"\x1f\x8b\x08\x00", "the answer is not UTF-8 (byte 1)"),
        (b"[" * 500_000, "the answer is nested too deeply"),
        (b'{"a":' * 150_000, "the answer is nested too deeply"),
        (b" " * (MOST + 1), "the answer is larger than 1 MB and was not read"),
        (b'"a\x00b"', "the answer is not JSON: Invalid control character at: line 1 column 3 (char 2)"),
    ],
)
def test_bytes_that_are_no_answer(body: bytes, sentence: str) -> None:
    """What cannot be read as a whole is refused with one sentence."""
    with pytest.raises(BadAnswer) as refused:
        load(body, MOST)

    assert sentence == str(refused.value)


def test_endless_objects_are_refused() -> None:
    """Small objects cost far more memory than bytes, so their number has an end."""
    with pytest.raises(BadAnswer, match="more than 100000 objects"):
        load(b"[" + b"{}," * 100_000 + b"{}]", MOST)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_marked_codings_are_read(coding: str) -> None:
    """A byte order mark is no fault, nor are the other codings that JSON may have."""
    assert {"å": "ö"} == load('{"Å": "ö"}'.encode(coding), MOST)


def test_every_length_of_a_truncated_answer_is_refused() -> None:
    """An answer that was cut off anywhere is a failed check, never a shorter list."""
    whole = json.dumps({"alerts": [{"identifier": "A", "n": 1.5}, {"identifier": "B"}]}).encode()

    for length in range(len(whole)):
        with pytest.raises(BadAnswer):
            load(whole[:length], MOST)


def test_numbers_past_sense_are_missing() -> None:
    """NaN, infinity, and numbers with endless digits are no values; they break nothing."""
    body = b"[NaN, Infinity, -Infinity, 1e999, " + b"9" * 300_000 + b", 0." + b"1" * 300_000 + b", 12, 1.5]"

    assert [None, None, None, None, None, None, 12, 1.5] == load(body, MOST)


def test_key_given_twice_has_no_value() -> None:
    """Which of two values is meant nobody knows, also when the keys differ in case only."""
    fields = load(b'{"status": "Actual", "Status": "Exercise", "other": 1}', MOST)

    assert isinstance(fields, Fields)
    assert 1 == value(fields, "other")
    with pytest.raises(Unreadable, match="status is given twice"):
        value(fields, "status")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-14T09:30:00+01:00", 1773477000000),
        ("2026-03-14T08:30:00Z", 1773477000000),
        ("2026-03-14t08:30:00z", 1773477000000),
        ("2026-03-14T08:30:00-00:00", 1773477000000),
        ("2026-03-14T08:30:00.123Z", 1773477000123),
        ("2026-03-14T08:30:00,1234567Z", 1773477000123),
        ("2026-03-14 09:30:00 +0100", 1773477000000),
        ("2026-03-14T09:30", 1773477000000),
        (" 2026-03-14T09:30:00\n", 1773477000000),
        ("2026-07-14T09:30:00", 1784014200000),
        ("2026-10-25T02:30:00", 1792888200000),
        ("2026-03-29T02:30:00", 1774747800000),
        ("2026-06-30T23:59:60Z", 1782863999000),
        ("9999-12-31T23:59:59-12:00", 253402343999000),
        ("0001-01-01T00:00:00+23:59", None),
        ("1969-12-31T23:59:59Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-02-29T00:00:00Z", None),
        ("2026-03-14T24:00:00Z", None),
        ("2026-03-14T09:30:00+99:00", None),
        ("2026-03-14", None),
        ("14.3.2026 09:30", None),
        ("٢٠٢٦-03-14T09:30:00Z", None),
        ("2026-03-14T09:30:00+01:00" + "0" * 100_000, None),
        ("", None),
    ],
)
def test_times_in_every_form(written: str, expected: int | None) -> None:
    """Offset, Z and -00:00 count; without one it is Swedish time, of a doubled hour the first; a date is no time."""
    assert expected == as_ms(written)
