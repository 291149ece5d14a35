"""The catalogue of refusals: two languages that say the same, whole sentences, and never a step of electrical work."""

import re

import pytest

from contract.phrases import LANGUAGES
from contract.records import MAX_PARAMS
from contract.refusals import catalogue, places, refusal_words

ELECTRICAL = re.compile(
    r"koppla|slå (till|från|på|av)|brytare|säkring|omkopplar|kabel|jorda"
    r"|switch (on|off)|breaker|fuse|connect|plug\b|unplug|cable|wire|terminal",
    re.IGNORECASE,
)
GROUPS = re.compile(r"\{\w+:\w+\}")

each = pytest.mark.parametrize("key", catalogue())


@each
def test_a_refusal_is_whole_sentences_in_both_languages(key: str) -> None:
    """Why, and then what to do: two sentences at least, calm, and short enough to be read to the end."""
    words = catalogue()[key]

    assert re.fullmatch(r"[a-z][a-z_]*", key)
    for text in (words.sv, words.en):
        assert text == text.strip()
        assert text[0].isupper() or text[0] in "”“{"
        assert text.endswith(".")
        assert 2 <= len(re.findall(r"[.:](?: |$)", text))
        assert "!" not in text
        assert "'" not in text.replace("'s ", "")
        assert 200 > len(text)


@each
def test_both_languages_fill_in_the_same(key: str) -> None:
    """What a sentence of one language needs, the other has too, also which words of the contract are meant."""
    words = catalogue()[key]

    assert places(words.sv) == places(words.en)
    assert sorted(GROUPS.findall(words.sv)) == sorted(GROUPS.findall(words.en))
    assert MAX_PARAMS >= len(places(words.sv))


@each
def test_everything_is_filled_in(key: str) -> None:
    """No brace is left, and each thing that came along stands in the sentence."""
    names = places(catalogue()[key].sv)
    for language in LANGUAGES:
        said = refusal_words(key, language, {name: f"<{name}>" for name in names})
        assert "{" not in said
        assert [] == [name for name in names if f"<{name}>" not in said]


@each
def test_no_refusal_words_an_electrical_step(key: str) -> None:
    """Such steps come only from the site's own list."""
    words = catalogue()[key]

    assert [] == [text for text in (words.sv, words.en) if ELECTRICAL.search(text)]


def test_an_electrical_step_would_be_seen() -> None:
    """The test above can fail."""
    assert ELECTRICAL.search("Koppla om till elverket.")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("sv", "visade ”ÖVNING”. Nu visar den ”Skarpt läge”."), ("en", "showed “EXERCISE”. Now it shows “Actual”.")],
)
def test_a_word_of_the_contract_is_shown_as_people_say_it(language: str, expected: str) -> None:
    """The status travels as its word and is read in the language of the page."""
    assert expected in refusal_words("other_status", language, {"was": "exercise", "now": "actual"})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"litres": "1000"}, "rymmer 1000 liter"),
        ({}, "rymmer ? liter"),
        ({"litres": "{litres} {x}"}, "rymmer {litres} {x} liter"),
    ],
)
def test_what_comes_from_outside_is_only_text(params: dict[str, str], expected: str) -> None:
    """A part that is missing is a question mark, and braces in a part are not read again."""
    assert expected in refusal_words("tank_smaller", "sv", params)


def test_a_word_that_the_contract_does_not_have_is_shown_as_it_is() -> None:
    """A newer site may have one."""
    assert "”drill”" in refusal_words("other_status", "sv", {"was": "drill", "now": "actual"})
