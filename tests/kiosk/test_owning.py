"""Who owns the screen, on real pages; and that nothing but the real thing ever looks like the real thing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve()
pytestmark = pytest.mark.timeout(300)  # half a minute of work for the processor, before the first test
LIVE = {"vma", "level_yellow", "level_orange", "level_red"}
"""Shapes of danger for real."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: Any) -> dict[str, Any]:
    """What walk_owning.py saw, once for all tests here."""
    folder = tmp_path_factory.mktemp("owning")
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_owning.py")), str(folder)],
        capture_output=True, text=True, timeout=280,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[2]), "SDL_VIDEODRIVER": "offscreen"}, cwd=folder,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    return json.loads(answer.stdout)


def test_a_warning_takes_the_screen_from_a_visitor_and_from_the_idle_question(told: dict[str, Any]) -> None:
    """From any page, with the question standing there: the warning is drawn, the question is gone, the panel is lit."""
    taken = told["taken"]

    assert ("crisis", True, False, 1) == (taken["page"], taken["taken"], taken["asking"], taken["woken"])
    assert "vma" == taken["proven"][0][0]


def test_read_shows_the_next_and_then_gives_back_where_the_visitor_was(told: dict[str, Any]) -> None:
    """Two messages: one touch each, then the page from before; the same messages do not come again."""
    assert ("crisis", "Mycket kraftig vind") == (
        told["after one is read"]["page"],
        told["after one is read"]["headline"],
    )
    assert ("power", False) == (told["all read"]["page"], told["all read"]["taken"])
    assert "power" == told["the same again"]["page"]


def test_an_update_takes_the_screen_again(told: dict[str, Any]) -> None:
    """A changed message is something new."""
    assert ("crisis", "Röken har nått Kall") == (told["an update"]["page"], told["an update"]["headline"])


def test_one_touch_leads_on_and_one_back(told: dict[str, Any]) -> None:
    """From the warning to advice, and back to the warning, which owns nothing any more."""
    assert ("advice", False) == (told["went on"]["page"], told["went on"]["taken"])
    assert ("crisis", False) == (told["and back"]["page"], told["and back"]["taken"])


def test_what_has_ended_leaves_the_screen(told: dict[str, Any]) -> None:
    """Its page is not there any more, and the visitor is where they were."""
    assert "power" == told["all over"]["page"]


def test_what_is_not_sure_is_a_banner_and_proves_nothing(told: dict[str, Any]) -> None:
    """From before a restart and not checked: it takes no screen, and no receipt says that it was shown."""
    assert ("power", []) == (told["unsure"]["page"], told["unsure"]["proven"])


def test_the_real_thing_comes_before_an_exercise(told: dict[str, Any]) -> None:
    """A real message takes the screen while an exercise stands there."""
    real = told["real before practice"]
    assert ("crisis", [], True) == (real["page"], real["stamps"], real["taken"])


@pytest.mark.parametrize("name", ["practice", "trial"])
@pytest.mark.parametrize("page", ["crisis", "home", "important"])
def test_exercise_and_test_never_look_live(told: dict[str, Any], name: str, page: str) -> None:
    """No shape and no colour of danger, stripes round it, and the word in front, wherever it is drawn."""
    here, real = told[f"{name} {page}"], told[f"vma {page}"]

    assert "vma" in real["symbols"]
    assert not LIVE & set(here["symbols"])
    assert not {"level_red", "level_orange", "level_yellow"} & set(here["panels"])
    assert here["frame"] or here["edges"] >= 2
    assert not real["frame"]
    assert 0 == real["edges"]
    headings = [text for text in here["words"] if "VMA" in text or "Viktigt meddelande" in text]
    assert all(text.split(":")[0].isupper() for text in headings if ":" in text)


def test_a_simulation_is_framed_wherever_a_warning_stands(told: dict[str, Any]) -> None:
    """What a simulated site shows has the frame on every page."""
    assert all(told[f"simulated {page}"]["frame"] for page in ("crisis", "home", "important"))


def test_levels_differ_in_grey(told: dict[str, Any]) -> None:
    """Without any colour: each level and a VMA have a shape of their own, and their own word beside it."""
    shapes = [LIVE & set(told[f"{name} crisis"]["symbols"]) for name in ("yellow", "orange", "red", "vma")]
    assert [{"level_yellow"}, {"level_orange"}, {"level_red"}, {"vma"}] == shapes
    for name, word in (("yellow", "Gul varning"), ("orange", "Orange varning"), ("red", "Röd varning"), ("vma", "VMA")):
        assert any(text.startswith(word) for text in told[f"{name} crisis"]["words"])


def test_what_was_read_is_told_to_whoever_notes_it(told: dict[str, Any]) -> None:
    """By "I have read it" and by going on to another page; never by an end of the message."""
    assert ["Mycket kraftig vind", "Röken har nått Kall"] == told["read"][1:3]


@pytest.mark.parametrize("name", ["amid", "held"])
def test_pictures_take_no_screen_away_from_a_warning(told: dict[str, Any], name: str) -> None:
    """A warning that comes while every page is pictured stays; so does one that held the screen before."""
    seen = told[f"pictures {name}"]

    assert ("crisis", True, False) == (seen["page"], seen["taken"], seen["busy"])
