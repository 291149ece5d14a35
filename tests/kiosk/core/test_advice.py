"""Advice without a network: every card in three languages, what fits the alert first, and who has checked it."""

import re
from typing import Any

import msgspec
import pytest

from kiosk.core.advice import CARDS, first, passages
from kiosk.io.advice import library

LANGUAGES = ("sv", "en", "fi")
NUMBER = re.compile(r"\d+")


def warned(text: str, **changed: Any) -> Any:
    """Something with the words of a warning."""
    from types import SimpleNamespace

    return SimpleNamespace(**{"headline": text, "description": "", "instruction": "", "category": "", **changed})


def test_every_card_says_as_much_in_each_language() -> None:
    """The same number of steps in Swedish, English and Finnish, a title and a lead, and whose advice it builds on."""
    found = library()
    assert set(CARDS) == set(found.cards)
    assert LANGUAGES == found.languages()
    for card in found.cards.values():
        texts = card.texts()
        assert 1 == len({len(text.steps) for text in texts.values()}), card.id
        assert all(text.title and text.lead and len(text.steps) >= 6 for text in texts.values()), card.id
        assert card.sources


def test_text_that_nobody_has_reviewed_says_so() -> None:
    """The sentence stands last on the card in every language, Swedish too, until it has been reviewed."""
    found = library()
    for card in found.cards.values():
        for language in LANGUAGES:
            frame, text = found.frames[language], card.texts()[language]
            for reviewed in (False, True):
                read = msgspec.structs.replace(card, **{language: msgspec.structs.replace(text, reviewed=reviewed)})
                told = [one.text for one in passages(read, language, frame)]

                assert (not reviewed) is (frame.not_reviewed == told[-1]), (card.id, language)
                assert all(any(source in line for line in told) for source in card.sources)
    assert "inte granskad" in found.frames["sv"].not_reviewed


def test_every_sentence_of_a_card_can_be_looked_up() -> None:
    """The lead and each step name a page of an organisation; the card names those organisations and nobody else."""
    for card in library().cards.values():
        steps = [str(number) for number in range(1, len(card.sv.steps) + 1)]
        assert {"lead", *steps} == {about for one in card.basis for about in one.about}, card.id
        assert set(card.sources) == {one.source for one in card.basis}, card.id
        assert all(one.title and "." in one.address and "://" not in one.address for one in card.basis), card.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_numbers_of_the_swedish_sentence(language: str) -> None:
    """Hours, litres, metres, degrees and telephone numbers are the same, sentence by sentence."""
    for card in library().cards.values():
        original, text = card.sv, card.texts()[language]
        for swedish, other in zip((original.lead, *original.steps), (text.lead, *text.steps), strict=True):
            assert sorted(NUMBER.findall(swedish)) == sorted(NUMBER.findall(other)), (card.id, other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_that_no_authority_was_found_to_say_stay_off_the_cards(language: str) -> None:
    """No weeks or degrees for insulin, no days that a freezer keeps, no 10 hours; 112 is not for lives alone."""
    cards = {name: " ".join([card.texts()[language].lead, *card.texts()[language].steps])
             for name, card in library().cards.items()}  # fmt: skip

    assert {"112", "1177"} == set(NUMBER.findall(cards["medicine"]))
    assert {"2", "4", "7"} == set(NUMBER.findall(cards["food"]))
    wider = ("liv, egendom eller miljö", "life, property or the environment", "henki, omaisuus tai ympäristö")
    assert any(words in cards["information"] for words in wider)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_saves_lives_stands_on_the_card(language: str) -> None:
    """Carbon monoxide: no grill and no engine indoors, and 112. Water: 3 to 5 litres, boil. Medicine: 1177."""
    cards = {name: " ".join([card.texts()[language].lead, *card.texts()[language].steps]).lower()
             for name, card in library().cards.items()}  # fmt: skip

    assert all(any(word in cards["warmth"] for word in pair) for pair in (
        ("grilla aldrig inomhus", "never use a grill indoors", "älä koskaan grillaa sisällä"), ("112",),
        ("elverk", "generator", "aggregaattia"),
    ))  # fmt: skip
    assert any(amount in cards["water"] for amount in ("3 till 5 liter", "3 to 5 litres", "3–5 litraa"))
    assert "1177" in cards["medicine"]
    assert "113 13" in cards["information"]


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("Koka vattnet", "water"), ("Strömavbrott i Kall", "outage"), ("Mycket kraftig vind", "outage"),
        ("Extremt höga temperaturer, värmebölja", "medicine"), ("Power cut", "outage"), ("Sträng kyla", "warmth"),
        ("Störningar i telenätet", "information"), ("Varning för kolmonoxid", "warmth"),
    ],
)  # fmt: skip
def test_what_fits_the_alert_comes_first(text: str, card: str) -> None:
    """The table turns a warning's words into cards; all cards are there, each once."""
    found = first([warned(text)], dark=False)

    assert card == found[0]
    assert sorted(CARDS) == sorted(found)


def test_words_that_only_look_alike_bring_no_card() -> None:
    """High water in rivers is no drinking water, a carpet ("matta") is no food."""
    assert CARDS == first([warned("Högt vattenstånd och vattenflöden vid mattan")], dark=False)
    assert "warmth" == first([warned("Okänt", category="met")], dark=False)[0]


def test_a_dark_point_brings_the_cards_of_an_outage() -> None:
    """Without mains and without any message the advice for an outage comes first."""
    assert ("outage", "warmth") == first([], dark=True)[:2]


@pytest.mark.parametrize(
    ("category", "card"),
    [("infra", "outage"), ("health", "medicine"), ("env", "water"), ("geo health", "medicine"), ("snow", "warmth")],
)
def test_a_category_chooses_where_the_words_say_nothing(category: str, card: str) -> None:
    """CAP's categories, several of them, and what SMHI calls the matter; words that say something count first."""
    assert card == first([warned("Viktigt meddelande", category=category)], dark=False)[0]
    assert "food" == first([warned("Brist på livsmedel", category=category)], dark=False)[0]
