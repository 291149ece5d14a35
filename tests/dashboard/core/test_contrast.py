"""Colours that people with bad eyes can read: every pair of tokens is counted."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "dashboard/static/tokens.css").read_text("utf-8")
PAGE = (Path(__file__).parents[3] / "dashboard/static/page.css").read_text("utf-8")
PAGE_FOLDER = Path(__file__).parents[3] / "dashboard/static"
LIGHT, DARK = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in CSS.split("@media"))
THEMES = {"light": LIGHT, "dark": LIGHT | DARK}
CRISIS = ("body", "surface", "good", "remark", "bad", "reserve", "unknown", "information", "frame")
"""What matters in a crisis: 7:1; the rest 4.5:1."""
PAIRS = [(theme, name) for theme, tokens in THEMES.items() for name in tokens if f"{name}-ground" in tokens]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "name"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, name: str) -> None:
    """7:1 for what matters in a crisis, 4.5:1 elsewhere."""
    tokens = THEMES[theme]
    least = 7 if name in CRISIS else 4.5
    grounds = [tokens[f"{name}-ground"], *([tokens["unknown-hatch"]] if name == "unknown" else [])]

    assert all(least <= contrast(tokens[name], ground) for ground in grounds)


@pytest.mark.parametrize("theme", THEMES)
def test_quiet_words_can_be_read_on_every_ground_they_stand_on(theme: str) -> None:
    """Small print is still 4.5:1, on page and on card."""
    tokens = THEMES[theme]

    assert all(4.5 <= contrast(tokens["quiet"], tokens[ground]) for ground in ("body-ground", "surface-ground"))
    assert all(4.5 <= contrast(tokens["accent"], tokens[ground]) for ground in ("body-ground", "surface-ground"))


@pytest.mark.parametrize("theme", THEMES)
def test_names_on_the_map_can_be_read_over_any_tile(theme: str) -> None:
    """Tiles are veiled so far that the blackest and the whitest of them leave a name 4.5:1."""
    veils = re.findall(r"\.tiles \{ opacity: ([\d.]+)", (PAGE_FOLDER / "overview.css").read_text("utf-8"))
    tokens, veil = THEMES[theme], float(veils[list(THEMES).index(theme)])

    for tile in ("#000000", "#ffffff"):
        assert 4.5 <= contrast(tokens["body"], _veiled(tile, tokens["body-ground"], veil))


def _veiled(tile: str, ground: str, veil: float) -> str:
    """A tile that lets its ground through."""
    parts = (round(veil * int(tile[at : at + 2], 16) + (1 - veil) * int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def test_colours_have_one_home() -> None:
    """No colour is written outside the tokens."""
    assert [] == re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", PAGE)


def test_contrast_is_counted_right() -> None:
    """Black on white is 21:1."""
    assert 21 == pytest.approx(contrast("#000000", "#ffffff"))
