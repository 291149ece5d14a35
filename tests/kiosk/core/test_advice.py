"""Advice without a network: every card in three languages, what fits the alert first, and who has checked it."""

from typing import Any

import pytest

from kiosk.core.advice import CARDS, first, passages
from kiosk.io.advice import library

LANGUAGES = ("sv", "en", "fi")


def warned(text: str, **changed: Any) -> Any:
    """Something with the words of a warning."""
    from types import SimpleNamespace

    return SimpleNamespace(headline=text, description="", instruction="", **changed)


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


def test_translation_that_nobody_has_checked_says_so() -> None:
    """The sentence stands on the Finnish and the English card until a speaker has read it; never on the original."""
    found = library()
    for card in found.cards.values():
        for language in LANGUAGES:
            told = [one.text for one in passages(card, language, found.frames[language])]
            unread = language != "sv" and not card.texts()[language].reviewed

            assert unread is (found.frames[language].not_reviewed in told), (card.id, language)
            assert any(card.sources[0] in text for text in told)


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
    assert "warmth" == first([warned("Okänt", category="Met")], dark=False)[0]


def test_a_dark_point_brings_the_cards_of_an_outage() -> None:
    """Without mains and without any message the advice for an outage comes first."""
    assert ("outage", "warmth") == first([], dark=True)[:2]
