"""Lines, times and durations of a story."""

import pytest

from gateway.core.story.story_text import (
    DAY_MS,
    StoryFault,
    When,
    clipped,
    clock_text,
    duration_ms,
    duration_text,
    meant,
    phrases,
    time_of,
)

HOUR_MS = 3_600_000
BEFORE = When(10_000, 1000)


@pytest.mark.parametrize(
    ("written", "at_ms", "exact_ms"),
    [
        ("00:30", HOUR_MS // 2, 60_000),
        ("00:30:15", HOUR_MS // 2 + 15_000, 1000),
        ("00:00:02.5", 2500, 1000),
        ("75:30", 75 * HOUR_MS + HOUR_MS // 2, 60_000),
        ("3d04:00", 3 * DAY_MS + 4 * HOUR_MS, 60_000),
        ("90min", 90 * 60_000, 60_000),
        ("1h30min", 90 * 60_000, 60_000),
        ("45s", 45_000, 1000),
        ("+30s", 40_000, 1000),
        ("+00:01", 70_000, 1000),
        ("-10d", -10 * DAY_MS, 60_000),
        ("-02:00", -2 * HOUR_MS, 60_000),
    ],
)
def test_times_are_read_as_documented(written: str, at_ms: int, exact_ms: int) -> None:
    """Clock, duration, after the line before, before the beginning; as exact as written."""
    assert (When(at_ms, exact_ms), ("x",)) == time_of((written, "x"), 1, BEFORE)


def test_days_may_stand_apart() -> None:
    """`3d 04:00` is one time."""
    assert (When(3 * DAY_MS + 4 * HOUR_MS, 60_000), ("x",)) == time_of(("3d", "04:00", "x"), 1, BEFORE)


@pytest.mark.parametrize("written", ["00:60", "1:2", "5", "00:00:61", "2x", "+x", "500d", "--1h"])
def test_what_is_no_time_is_a_fault(written: str) -> None:
    """A slip in a time is told with its line."""
    with pytest.raises(StoryFault, match="is not a time") as caught:
        time_of((written, "x"), 7, BEFORE)

    assert 7 == caught.value.line


@pytest.mark.parametrize(("word", "ms"), [("2.5h", 9_000_000), ("100ms", 100), ("", None), ("h", None), ("2h3", None)])
def test_durations(word: str, ms: int | None) -> None:
    """A number and a unit, several of them, and nothing else."""
    assert ms == duration_ms(word)


def test_lines_are_cut_at_semicolons_and_comments() -> None:
    """A comment ends a line, quotes keep what is in them, a semicolon at the end goes on in the next line."""
    told, faults = phrases('00:01 a "b; # c"  # d\n\n00:02 e ; f ;\n  g\nh', 3)

    assert [] == faults
    assert [
        (3, ("00:01", "a", '"b; # c"'), False),
        (5, ("00:02", "e"), False),
        (5, ("f",), True),
        (6, ("g",), True),
        (7, ("h",), False),
    ] == [(one.line, one.words, one.follows) for one in told]


def test_an_open_quotation_mark_is_a_fault() -> None:
    """It would swallow the rest of the line."""
    _, faults = phrases('a\nb "c', 10)

    assert [11] == [fault.line for fault in faults]


def test_what_a_word_processor_writes_is_understood() -> None:
    """Curly quotes, arrows and a real minus."""
    (one,), _ = phrases("fuel.level=60→40 “a b” −3 ≥2", 1)

    assert ("fuel.level=60->40", '"a b"', "-3", ">=2") == one.words


@pytest.mark.parametrize(("ms", "text"), [(0, "00:00:00"), (90_061_999, "25:01:01"), (-61_000, "-00:01:01")])
def test_printed_times(ms: int, text: str) -> None:
    """Hours go on beyond a day."""
    assert text == clock_text(ms)


def test_suggestions() -> None:
    """The nearest word, or what there is."""
    assert "did you mean genset?" == meant("gnset", ["genset", "meter"])
    assert "known are a, b" == meant("zzz", ["b", "a"])


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("'abc' is no time", "'abc' is no time"),
        (f"{'9' * 100} is no number", f"{'9' * 80}… is no number"),
        (f"'{'9' * 100}' is no number", f"'{'9' * 78}…' is no number"),
        (f"'{'long text ' * 20}' is too much", f"'{('long text ' * 20)[:78]}…' is too much"),
        (f"'a' is none of {'word, ' * 30}and 'b'", f"'a' is none of {'word, ' * 30}and 'b'"),
    ],
)
def test_no_sentence_repeats_more_than_eighty_characters(sentence: str, short: str) -> None:
    """What is wrong may be a whole file in one word; a list of what is known stays whole."""
    assert short == clipped(sentence)
    assert short == StoryFault(1, sentence).sentence


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [(28_800_000, "8h"), (90_000, "90s"), (100, "100ms"), (34_560_000_000, "400d"), (60_000, "1min")],
)
def test_a_length_is_told_as_it_is_written(length_ms: int, text: str) -> None:
    """In the largest unit that fits."""
    assert text == duration_text(length_ms)
