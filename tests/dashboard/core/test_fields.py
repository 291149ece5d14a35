"""What people write becomes what an order takes, or one sentence that says what to write."""

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.freshness import Now
from contract.words import ClockQuality
from dashboard.core.forms.fields import BadOrder, Field, read
from dashboard.core.reader import Reader

LITRES = Field(name="litres", kind="number", high=1000)
PEOPLE = Field(name="people", kind="whole", high=100)
WHEN = Field(name="at", kind="when")
FIELDS = [
    LITRES,
    PEOPLE,
    WHEN,
    Field(name="a", kind="text", longest=20),
    Field(name="b", kind="yesno"),
    Field(name="c", kind="choice", choices=(("1", ("a", "b")),)),
]


@pytest.mark.parametrize(
    ("expected", "field", "raw"),
    [
        (430.5, LITRES, "430,5"), (430.5, LITRES, " 430.5 "), (1000.0, LITRES, "1 000"), (1000.0, LITRES, "1\u00a0000"),
        (0.0, LITRES, "0"), (12, PEOPLE, "12"), (12, PEOPLE, "12,0"), (None, LITRES, "  "),
        (-12.0, Field(name="x", kind="number", low=-60), "\u221212"),
        (True, Field(name="x", kind="yesno"), "yes"), (False, Field(name="x", kind="yesno"), "false"),
        ("lite text", Field(name="x", kind="text"), " lite text\n"),
        (1_764_241_200_000, WHEN, "2025-11-27T12:00"), (1_764_241_200_000, WHEN, "2025-11-27 12:00:00"),
        (1_764_241_200_000, WHEN, "2025-11-27 12.00"), (1_751_364_000_000, WHEN, "2025-07-01 12:00"),
    ],
)  # fmt: skip
def test_people_may_write_as_they_do(reader: Any, expected: Any, field: Field, raw: str) -> None:
    """Decimal comma, space in thousands, winter and summer time."""
    assert expected == read(field, raw, reader())


@pytest.mark.parametrize(
    ("sentence", "field", "raw"),
    [
        ("Skriv ett tal, till exempel 120 eller 7,5.", LITRES, "många"),
        ("Skriv ett tal, till exempel 120 eller 7,5.", LITRES, "1e9"),
        ("Skriv ett tal, till exempel 120 eller 7,5.", LITRES, "nan"),
        ("Skriv ett tal, till exempel 120 eller 7,5.", LITRES, "٣"),
        ("Skriv ett tal från 0 till 1\u202f000.", LITRES, "1001"),
        ("Skriv ett tal från 0 till 1\u202f000.", LITRES, "-1"),
        ("Skriv ett heltal, till exempel 12.", PEOPLE, "1,5"),
        ("Skriv ett heltal, till exempel 12.", PEOPLE, "tio"),
        ("Skriv högst 3 tecken.", Field(name="x", kind="text", longest=3), "fyra"),
        ("Välj ett av alternativen.", Field(name="x", kind="yesno"), "kanske"),
        ("Välj ett av alternativen.", Field(name="x", kind="choice", choices=(("a", ("A", "A")),)), "b"),
        ("Fyll i det här.", Field(name="x", kind="text", required=True), " "),
        ("Skriv datum och tid, till exempel 2026-01-31 14:30.", WHEN, "i går"),
        ("Skriv datum och tid, till exempel 2026-01-31 14:30.", WHEN, "2025-02-30 12:00"),
        ("Skriv datum och tid, till exempel 2026-01-31 14:30.", WHEN, "1960-01-01 12:00"),
        ("Den tiden har inte varit än.", Field(name="x", kind="when", past=True), "2025-11-27 12:02"),
        ("Den tiden har redan varit.", Field(name="x", kind="when", future=True), "2025-11-27 11:59"),
    ],
)
def test_what_cannot_be_meant_gets_one_sentence(reader: Any, sentence: str, field: Field, raw: str) -> None:
    """The sentence says what to write, and belongs to its field."""
    with pytest.raises(BadOrder) as fault:
        read(field, raw, reader())

    assert (sentence, field.name) == (str(fault.value), fault.value.field)


def test_sentences_are_in_the_readers_language(reader: Any) -> None:
    """English is asked for, English comes."""
    with pytest.raises(BadOrder, match=r"^Write a number, for example 120 or 7\.5\.$"):
        read(LITRES, "many", reader("en"))


def test_without_a_clock_no_time_is_wrong(reader: Any) -> None:
    """Nobody here can say that a time has not been yet."""
    field = Field(name="x", kind="when", past=True)

    assert 4_070_948_400_000 == read(field, "2099-01-01 12:00", reader(wall=False))


@given(st.text(max_size=40), st.sampled_from(FIELDS))
def test_any_text_is_read_or_answered(raw: str, field: Field) -> None:
    """Nothing that anybody can write ends in anything but a value or a sentence."""
    here = Reader(language="sv", zone=UTC, now=Now(mono_ms=0, wall_ms=1, clock=ClockQuality.SYNCED))
    try:
        value = read(field, raw, here)
    except BadOrder as fault:
        value = str(fault) or object()

    assert value is None or isinstance(value, str | float | int)
