"""The closed lists of words, and people's words for them."""

import inspect
import tomllib
from enum import StrEnum
from pathlib import Path

import pytest

from contract import words
from contract.phrases import LANGUAGES, phrase
from contract.words import (
    PUBLIC_EVENTS,
    AlarmState,
    Basis,
    Clash,
    ClockSource,
    Declared,
    Event,
    Freshness,
    NeedKind,
    NeedState,
    Opening,
    Origin,
    Power,
    Quality,
    Readiness,
    Service,
    Sot,
    Status,
    Stream,
)

LISTS = {
    name: thing for name, thing in vars(words).items() if inspect.isclass(thing) and thing.__module__ == words.__name__
}
SPOKEN = {
    "power": list(Power),
    "readiness": list(Readiness),
    "quality": list(Quality),
    "freshness": list(Freshness),
    "declared": list(Declared),
    "status": [*Status, "simulated"],
    "origin": list(Origin),
    "alarm_state": list(AlarmState),
    "event": list(Event),
    "basis": list(Basis),
    "opening": list(Opening),
    "need_state": list(NeedState),
    "need": list(NeedKind),
    "service": list(Service),
    "sot": list(Sot),
    "clash": list(Clash),
    "clock_source": list(ClockSource),
    "help": ["electrician", "not_112", "say_need"],
    "waking": [
        "exercise",
        "test",
        "next",
        "reminder",
        "update",
        "over",
        "site",
        "sites",
        "also",
        "since",
        "times",
        "answer",
        "answer_at",
        "try",
    ],
}
"""Group of phrases.toml → the words it must have, and no other."""
PHRASES = tomllib.loads(Path(words.__file__).with_name("phrases.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", LISTS)
def test_words_are_plain_strings(name: str) -> None:
    """Each list is a StrEnum of lower-case words, so that what travels is the word itself."""
    assert issubclass(LISTS[name], StrEnum)
    for word in LISTS[name]:
        assert word.value == str(word)
        assert word.value.replace("_", "").isalpha()
        assert word.value == word.value.lower()
        assert word.value.isascii()


@pytest.mark.parametrize("group", SPOKEN)
def test_every_word_is_spoken_in_both_languages(group: str) -> None:
    """A word that can reach a person has Swedish and English words, and no phrase is left over."""
    wanted = {str(word) for word in SPOKEN[group]}

    assert wanted == set(PHRASES[group])
    for word in SPOKEN[group]:
        said = [phrase(group, word, language) for language in LANGUAGES]
        assert [] == [text for text in said if not text.strip() or text != text.strip()], word
        assert set(LANGUAGES) == set(PHRASES[group][str(word)])


def test_no_group_of_phrases_is_unknown() -> None:
    """Every group belongs to a list of words."""
    assert set(SPOKEN) == set(PHRASES)


@pytest.mark.parametrize("group", SPOKEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_words_of_a_list_say_the_same(group: str, language: str) -> None:
    """Two states that people must tell apart have two phrases."""
    said = [phrase(group, word, language) for word in SPOKEN[group]]

    assert len(said) == len(set(said))


def test_people_read_swedish_unless_asked_otherwise() -> None:
    """Swedish first."""
    assert "På reservkraft" == phrase("power", Power.ON_RESERVE)
    assert "On reserve power" == phrase("power", "on_reserve", "en")


@pytest.mark.parametrize(("group", "word"), [("power", "humming"), ("humour", "good")])
def test_word_without_a_phrase_is_an_error(group: str, word: str) -> None:
    """A missing phrase is never an empty text on a screen."""
    with pytest.raises(KeyError):
        phrase(group, word)


def test_visitors_never_see_staff_events() -> None:
    """Faults of devices, alarms, orders and who reported what are for staff."""
    mains = {"mains_lost", "mains_back", "mains_unstable", "mains_settled", "back_on_mains"}

    assert mains | {"engine_starting", "on_reserve", "engine_stopped"} == set(PUBLIC_EVENTS)


def test_streams_are_ordered_by_urgency() -> None:
    """Events go first, samples last."""
    assert ["event", "receipt", "sample"] == list(Stream)
