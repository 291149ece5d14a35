"""The catalogue of notes: two languages that fill in the same, and nothing from outside is read as more than text."""

import re

import pytest

from contract.notes import KINDS, catalogue, note_words, places
from contract.phrases import LANGUAGES, _phrases

each = pytest.mark.parametrize("key", catalogue())


def show(kind: str, told: str) -> str:
    """As a test reads it: kind and what came along."""
    return f"{kind}({told})"


@each
def test_both_languages_fill_in_the_same(key: str) -> None:
    """What stands in one language stands in the other, of the same group or kind, and within the same brackets."""
    words = catalogue()[key]

    assert re.fullmatch(r"[a-z][a-z_]*", key)
    assert places(words.sv) == places(words.en)
    assert words.sv.count("[") == words.en.count("[") == words.sv.count("]") == words.en.count("]")
    assert 8 >= len(places(words.sv))


@each
def test_every_place_is_of_a_group_or_of_a_kind(key: str) -> None:
    """A slip of the pen would show a raw key."""
    groups = {kind for _, kind in places(catalogue()[key].sv)}

    assert set() == groups - set(_phrases()) - set(KINDS) - {""}


def test_every_kind_is_used() -> None:
    """What no note asks for, nobody needs to show."""
    asked = {kind for words in catalogue().values() for _, kind in places(words.sv)}

    assert set(KINDS) <= asked


@each
def test_everything_is_filled_in_and_nothing_is_left(key: str) -> None:
    """With all parts, each stands in the words; with none, no brace or bracket is left."""
    names = {name for name, _ in places(catalogue()[key].sv)}
    for language in LANGUAGES:
        said = note_words(key, language, {name: f"<{name}>" for name in names}, show)
        bare = note_words(key, language, {}, show)
        assert [] == [name for name in names if f"<{name}>" not in said]
        assert not re.search(r"[][{}]", said + bare)


@pytest.mark.parametrize(
    ("expected", "key", "params"),
    [
        ("Mat: Öppet", "service_declared", {"service": "food", "declared": "open"}),
        ("Mat: Öppet till time(5)", "service_declared", {"service": "food", "declared": "open", "until": "5"}),
        ("bageri: ?", "service_declared", {"service": "bageri"}),
        ("öppnad", "opened", {}),
        ("öppnad: [{said}] {x}", "opened", {"said": "[{said}] {x}"}),
        ("Lås upp", "step_done", {"step": "Lås upp", "step_en": "Unlock"}),
    ],
)
def test_what_came_along_is_only_text(expected: str, key: str, params: dict[str, str]) -> None:
    """Brackets without their part are left out, a missing part is a question mark, nothing is read twice."""
    assert expected == note_words(key, "sv", params, show)


def test_the_words_of_the_site_are_read_in_english_where_there_are_any() -> None:
    """`name_en` goes before `name`."""
    assert "Unlock" == note_words("step_done", "en", {"step": "Lås upp", "step_en": "Unlock"}, show)
    assert "Lås upp" == note_words("step_done", "en", {"step": "Lås upp"}, show)


def test_a_part_that_is_shown_as_nothing_leaves_its_brackets_out() -> None:
    """An alarm of the whole site names no device."""
    said = note_words(
        "alarm", "sv", {"alarm": "x", "device": "site"}, lambda kind, _: "" if kind == "alarm_at" else "X"
    )

    assert "X" == said


def test_a_key_of_a_newer_site_is_an_error_here() -> None:
    """Whoever shows it falls back to what the site says itself."""
    with pytest.raises(KeyError):
        note_words("of_a_newer_site", "sv", {}, show)
