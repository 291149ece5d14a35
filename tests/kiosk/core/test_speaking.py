"""What the voice gets: numbers to call digit by digit, no addresses, no commands, each part in its own voice."""

import pytest

from kiosk.core.look.script import swedish
from kiosk.core.visitor.languages import LANGUAGES
from kiosk.core.voice.loudness import LEVELS, Speech, allowed
from kiosk.core.voice.pronounce import MOST_LETTERS, portions, pronounce
from kiosk.core.voice.speaking import Item, introduction, said, voice_of
from kiosk.io.texts import words


@pytest.mark.parametrize(
    ("heard", "text", "language"),
    [
        ("Ring ett ett två.", "Ring 112.", "sv"),
        ("Ring ett ett tre, ett tre", "Ring 113 13", "sv"),
        ("ett ett sju sju – råd", "1177 – råd", "sv"),
        ("telefon noll sju sju ett, sju nio, tre tre, tre sex", "tel. 0771-79 33 36", "sv"),
        ("klockan 14 noll 5", "kl. 14:05", "sv"),
        ("klockan 14", "kl. 14:00", "sv"),
        ("torsdag 14 32", "tor 14:32", "sv"),
        ("E 14 högst 70 kilometer i timmen", "E14 högst 70 km/h", "sv"),
        ("V M A i P 4", "VMA i P4", "sv"),
        ("övning: Koka vattnet", "ÖVNING: Koka vattnet", "sv"),
        ("9 till 19", "9–19", "sv"),
        ("Läs på webbadressen står på skärmen", "Läs på https://www.krisinformation.se/a?b=1", "sv"),
        ("Call one one two at 2 oh 5", "Call 112 at 2:05", "en"),
        ("Soita yksi yksi kaksi", "Soita 112", "fi"),
        ("اتصل واحد واحد اثنان", "اتصل 112", "ar"),
        ("112,5 och 1120 m", "112,5 och 1120 m", "sv"),
        ("a slash b", "a [[slash]] <b>", "sv"),
    ],
)
def test_pronunciation(heard: str, text: str, language: str) -> None:
    """As people say it."""
    assert heard == pronounce(text, language)


def test_long_texts_are_divided_between_sentences() -> None:
    """No portion is longer than the program gets, and no word is lost."""
    text = "Det här är en mening. " * 200

    assert all(len(portion) <= MOST_LETTERS for portion in portions(text))
    assert text.split() == " ".join(portions(text)).split()
    assert all(len(portion) <= MOST_LETTERS for portion in portions("x" * 5000))


def test_each_part_has_the_voice_of_its_language() -> None:
    """A Swedish word on a Finnish page is read by the Swedish voice; a button says that it is one."""
    spoken = said(Item(f"Auki {swedish('till kl. 14')}", "fi", control=True), words("fi"))

    assert [("fi", "Auki"), ("sv", "till klockan 14"), ("fi", "Painike.")] == [(one.voice, one.text) for one in spoken]


def test_language_without_a_voice_says_so_in_swedish() -> None:
    """North Sami words are left out; a Swedish sentence tells that only the Swedish is read."""
    assert () == said(Item("Eanet", "se"), words("se"))
    told = introduction(words("se"))
    assert ["sv"] == [one.voice for one in told]
    assert "Davvisámegiella" in told[0].text
    assert () == introduction(words("sv"))


def test_near_voice_is_named() -> None:
    """Meänkieli is read by the Finnish voice, and called what it is."""
    assert ("fi", "fi") == voice_of(LANGUAGES["fit"])
    assert "Suomi" in introduction(words("fit"))[0].text


def test_volume_keeps_to_its_limits() -> None:
    """The operator's limit, a lower one at night over midnight, and the ordinary one where no clock is known."""
    speech = Speech(volume=3, volume_most=4, quiet_from=21, quiet_until=7, quiet_most=2)

    assert 4 == allowed(LEVELS, speech, 12)
    assert [2, 2, 4, 4] == [allowed(LEVELS, speech, hour) for hour in (21, 6, 7, 20)]
    assert 4 == allowed(LEVELS, speech, None)
    assert 1 == allowed(-3, speech, 12)
