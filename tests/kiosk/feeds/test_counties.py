"""One table of the counties for all sources."""

import pytest

from kiosk.feeds.counties import NAMES, code_of_name, code_of_number


def test_table_has_the_21_counties() -> None:
    """There are 21, and no 02, 11, 15 or 16."""
    assert 21 == len(NAMES)
    assert {f"{number:02d}" for number in range(1, 26)} - {"02", "11", "15", "16"} == set(NAMES)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Jämtlands län", "23"),
        ("JÄMTLANDS LÄN", "23"),
        ("Ja\u0308mtlands la\u0308n", "23"),
        ("Jämtland", "23"),
        ("Jämtlands", "23"),
        ("Jämtland County", "23"),
        (" Västra  Götalands län ", "14"),
        ("Dalarnas län", "20"),
        ("Örebro", "18"),
        ("Kalmar län", "08"),
        ("Sverige", "00"),
        ("Påhittade län", ""),
        ("Jämtlands kommun", ""),
        ("", ""),
        ("x" * 100_000, ""),
    ],
)
def test_names_in_every_form_have_one_code(name: str, code: str) -> None:
    """Full name, name of the land, English name, any case: one code; an unknown name has none."""
    assert code == code_of_name(name)


@pytest.mark.parametrize(
    ("number", "code"),
    [(23, "23"), (3, "03"), (1, "01"), (2, "01"), (0, "00"), (11, ""), (41, ""), (58, ""), (-3, ""), (10**30, "")],
)
def test_numbers_become_codes(number: int, code: str) -> None:
    """Whole numbers get their leading zero; the old number of Stockholm is known; seas are no counties."""
    assert code == code_of_number(number)
