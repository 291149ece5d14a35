"""Colours that can be read, sizes that can be touched, texts that exist in both languages."""

import re
from string import Formatter

import pytest

from contract.words import Power
from kiosk.core.look.style import CAPITAL, LARGER_MM, TARGET_MM, TEXT_MM, Style
from kiosk.core.look.theme import DARK, HIGH, LIGHT, SHAPES, Role, Theme, contrast
from kiosk.core.view import POWER_ROLES
from kiosk.io.texts import words


def test_contrast_is_counted_as_the_standard_does() -> None:
    """Black on white is 21; the sheet's orange with white is 2.5 and fails."""
    assert 21 == pytest.approx(contrast("#000000", "#FFFFFF"))
    assert 2.5 == pytest.approx(contrast("#FF7F00", "#FFFFFF"), abs=0.1)


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH], ids=["light", "dark", "high"])
def test_every_pair_can_be_read(theme: Theme) -> None:
    """7:1 for what matters in a crisis, 4.5:1 for the rest, 3:1 for edges."""
    pairs = {**theme.roles, "paper": theme.paper, "quiet": theme.quiet, "stripes": theme.stripes}

    assert {} == {
        str(name): round(contrast(pair.ink, pair.ground), 2)
        for name, pair in pairs.items()
        if contrast(pair.ink, pair.ground) < (7 if pair.crisis else 4.5)
    }
    assert contrast(theme.edge, theme.paper.ground) >= 3
    assert contrast(theme.edge, theme.roles[Role.PLAIN].ground) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH], ids=["light", "dark", "high"])
def test_the_ring_is_seen_on_every_ground(theme: Theme) -> None:
    """Of its two lines, ink and ground of the paper, one has 3:1 to whatever it lies on; and they to each other."""
    ink, light = theme.paper.ink, theme.paper.ground
    grounds = {**theme.roles, "paper": theme.paper, "stripes": theme.stripes}

    assert {} == {
        str(name): (one.ground, one.ink)
        for name, one in grounds.items()
        if max(contrast(ink, one.ground), contrast(light, one.ground)) < 3
    }
    assert contrast(ink, light) >= 3


def test_states_differ_without_colour() -> None:
    """Good, bad, closed, reserve and unknown have shapes of their own; unknown is never the shape of good."""
    shapes = [SHAPES[role] for role in (Role.GOOD, Role.REMARK, Role.BAD, Role.CLOSED, Role.RESERVE, Role.UNKNOWN)]

    assert 6 == len(set(shapes))
    assert Role.UNKNOWN is POWER_ROLES[Power.UNKNOWN]
    assert set(Power) == set(POWER_ROLES)


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH], ids=["light", "dark", "high"])
def test_what_is_only_closed_has_no_colour_of_alarm(theme: Theme) -> None:
    """Closed is as grey as paper: its ground has hardly any colour, while that of what is wrong is red."""

    def red(role: Role) -> int:
        ground = theme.roles[role].ground
        return int(ground[1:3], 16) - int(ground[5:7], 16)

    assert red(Role.CLOSED) < 20
    assert red(Role.BAD) > 100


@pytest.mark.parametrize(("panel", "px"), [(5.88, 118), (8.26, 165), (5.56, 111), (4.03, 81)])
def test_targets_are_as_large_as_a_thumb(panel: float, px: int) -> None:
    """20 mm on each panel of the sheet."""
    assert 20 == TARGET_MM
    assert px == Style(panel).target


def test_larger_text_holds_the_angle() -> None:
    """Enlarged body text has a capital H of 6.1 mm, 0.7 degrees at half a metre; nothing gets smaller."""
    assert LARGER_MM["body"] * 0.71 >= 6.1
    assert all(LARGER_MM[name] >= size for name, size in TEXT_MM.items())


@pytest.mark.parametrize("distance_mm", [300, 500, 700, 1000])
def test_larger_text_grows_with_the_distance(distance_mm: int) -> None:
    """A capital H of body text covers 0.7 degrees from the stated distance."""
    style = Style(5.88, larger=True, distance_mm=distance_mm)

    assert style.text("body") * CAPITAL / style.px_per_mm >= style.capital_mm * 0.98
    assert Style(5.88, distance_mm=distance_mm).text("body") == pytest.approx(
        Style(5.88).text("body") * max(1, distance_mm / 500), abs=1
    )


@pytest.mark.parametrize("language", ["sv", "en", "fi", "ar"])
def test_numbers_of_pages_stay_together(language: str) -> None:
    """ "(1 av 2)" is never divided between two lines: there is no space in it at which a line may end."""
    say = words(language).say

    assert not {key for key in ("bar.page",) if " " in say(key, n=1, all=2)}
    assert all(" " not in say(key, n=1, all=27).rpartition("\n")[2] for key in ("crisis.turn", "crisis.next"))


@pytest.mark.parametrize("language", ["sv", "en", "fi", "ar"])
def test_an_exercise_and_a_test_have_different_words(language: str) -> None:
    """In the frame, in the sentence on the home page, and so in what is read aloud."""
    one = words(language)

    assert one.phrase("status", "exercise") != one.phrase("status", "test")
    assert one.say("check.exercise") != one.say("check.test")
    assert "\u2068" not in one.say("check.test") + one.phrase("status", "test")


def test_one_button_goes_round_the_colours() -> None:
    """Light, dark, high contrast, light; in high contrast everything has 7:1, edges too."""
    dark = Style(5.88).next_theme()

    assert (DARK, HIGH, LIGHT) == (dark.theme, dark.next_theme().theme, dark.next_theme().next_theme().theme)
    assert contrast(HIGH.edge, HIGH.paper.ground) >= 7


def test_both_languages_have_the_same_texts() -> None:
    """Same keys, same fields, nothing empty, nothing left untranslated."""
    sv, en = words("sv").table, words("en").table

    assert sv.keys() == en.keys()
    for key in sv:
        assert _fields(sv[key]) == _fields(en[key]), key
        assert sv[key].strip(), key
        assert sv[key] != en[key] or re.fullmatch(r"[^a-zåäö]*", _without_fields(sv[key])), key


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _without_fields(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)
