"""Words and figures: every text that a page asks for is there, and figures read as Swedish does."""

import re
import zoneinfo
from pathlib import Path

import pytest

from contract.phrases import LANGUAGES
from dashboard.core import numbers, sitewords
from dashboard.core.texts import TEXTS, text

ROOM = Path(__file__).parents[3] / "dashboard"
ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
SOURCES = [*ROOM.rglob("*.html"), *ROOM.rglob("*.py")]
BUILT = {"priority_1", "priority_2", "priority_3", "bulletin_alert", "bulletin_update", "bulletin_cancel"}
ORDERS = {"order_ack", "order_report", "order_activation", "order_declaration", "order_notice", "order_command"}


def test_every_text_asked_for_is_written_and_every_written_one_is_asked_for() -> None:
    """The catalogue has what the pages use, and nothing that nobody uses."""
    used = set()
    for path in SOURCES:
        source = path.read_text("utf-8")
        used |= set(re.findall(r"\bt\(['\"](\w+)['\"]", source)) | set(re.findall(r"\btext\(\"(\w+)\"", source))
        used |= {key for key in ORDERS if f'"{key}"' in source and path.name == "orders.py"}

    assert set() == used - TEXTS.keys()
    assert set() == TEXTS.keys() - used - BUILT


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_takes_the_same_parts_in_both_languages(language: str) -> None:
    """A translation names the same parts as the Swedish text."""
    for key, words in TEXTS.items():
        parts = [set(re.findall(r"\{(\w+)\}", one)) for one in words]
        assert parts[0] == parts[1], key
        assert text(key, language, **dict.fromkeys(parts[0], "1"))


@pytest.mark.parametrize(
    ("expected", "value", "unit", "deadband"),
    [
        ("62,5\u00a0%", 62.5, "%", 0.5),
        ("1\u202f503\u00a0rpm", 1503, "rpm", 15),
        ("11,2\u00a0kW", 11_234, "W", 500),
        ("1\u202f253\u00a0h", 4_512_000, "s", 360),
        ("27,3\u00a0V", 27_300, "mV", 100),
        ("0,85", 0.85, "", 0.05),
        ("\u22124,0\u00a0°C", -4, "°C", 0.5),
        ("0,0\u00a0%", -0.01, "%", 0.5),
        ("–", float("inf"), "", 0.5),
    ],
)
def test_quantity_reads_as_swedish_does(expected: str, value: float, unit: str, deadband: float) -> None:
    """Decimal comma, narrow space in thousands, unit after a space, as exact as the signal."""
    assert expected == numbers.quantity(value, unit, deadband).replace("–\u00a0", "–")


@pytest.mark.parametrize(
    ("expected", "ms"),
    [
        ("nyss", 0), ("nyss", 1999), ("2\u00a0s", 2000), ("59\u00a0s", 59_999), ("1\u00a0min", 60_000),
        ("1\u00a0h", 3_600_000), ("2\u00a0h 5\u00a0min", 7_500_000), ("1\u00a0dygn", 86_400_000),
        ("4\u00a0dygn 3\u00a0h", 4 * 86_400_000 + 3 * 3_600_000),
    ],
)  # fmt: skip
def test_age_in_words(expected: str, ms: int) -> None:
    """Ages are told in two units at most."""
    assert expected == numbers.age(ms)


@pytest.mark.parametrize(
    ("expected", "wall_ms", "now_ms"),
    [
        ("06:40", 1_764_049_200_000, 1_764_060_000_000),
        ("tis 06:40", 1_764_049_200_000, 1_764_200_000_000),
        ("25 nov 06:40", 1_764_049_200_000, 1_765_200_000_000),
        ("25 nov 2025 06:40", 1_764_049_200_000, 1_790_000_000_000),
        ("25 nov 2025 06:40", 1_764_049_200_000, None),
        ("–", 2**53, 1_764_060_000_000),
    ],
)
def test_time_in_words(expected: str, wall_ms: int, now_ms: int | None) -> None:
    """The clock for today, weekday for the near, date for the far."""
    assert expected == numbers.when(wall_ms, ZONE, now_ms)


@pytest.mark.parametrize(
    ("expected", "raw"),
    [
        ("motorn värms upp", "engine warming_up"),
        ("el från elverket, elverket går", "power reserve, set running"),
        ("Nätet: genset/mains.voltage säger spänning, meter/meter.voltage säger ingen",
         "mains: genset/mains.voltage says present, meter/meter.voltage says absent"),
        ("något nytt", "något nytt"),
    ],
)  # fmt: skip
def test_words_of_the_site_are_told_in_swedish(expected: str, raw: str) -> None:
    """What the gateway says in its own words is translated, and what nobody knows is left as it is."""
    assert expected == sitewords.says(raw)


def test_reasons_are_told_in_swedish() -> None:
    """A reason is an alarm, or a word of its own."""
    assert "En enhet svarar inte" == sitewords.reason("alarm:device-silent")
    assert "Elverket står inte i automatik" == sitewords.reason("mode-not-auto")
