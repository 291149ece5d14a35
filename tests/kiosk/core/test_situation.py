"""The place in a crisis: what works here now, each with until when, in as much room as there is."""

from typing import Any

import pytest

from contract.words import Power
from golden import site
from golden.states import held
from kiosk.core import situation
from kiosk.core.look.theme import Role
from kiosk.core.view import View, view
from kiosk.io.texts import words

TEA = "Varmt och te i bygdegården till kl. 21."
KNOWN = "Öppet till kl. 13:00: Handla mat\u00a0· Begränsat till kl. 13:00: Tanka"


def seen(
    *notices: str, power: Power = Power.ON_RESERVE, after_ms: int = 0, language: str = "sv", **changed: Any
) -> View:
    """The site of the pictures at noon: a shop is open, fuel is short, the post closed, of two nobody has said."""
    picture = {"notices": tuple(site.notice(text) for text in notices)} | changed
    return view(held(power, picture=picture), site.now(after_ms), words(language), site.SITE, False, place=site.HERE)


def shorter_than(letters: int) -> Any:
    """Room for so many letters."""
    return lambda said: len(said) <= letters


def test_what_works_is_told_with_until_when() -> None:
    """What can be used first, then what nobody knows, then what is closed."""
    told = situation.in_short(seen(), shorter_than(500))

    assert (
        f"{KNOWN}\u00a0· Vet inte, fråga personalen: Hämta medicin, Ladda telefonen\u00a0· Stängt: Hämta post" == told
    )


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        (90, f"{KNOWN}\u00a0· och 3 till"),
        (60, "Öppet till kl. 13:00: Handla mat\u00a0· och 4 till"),
        (10, "Öppet: Handla mat"),
    ],
)
def test_what_has_no_room_is_counted(letters: int, told: str) -> None:
    """Never silently less than there is; on no room at all the one line of the first page."""
    assert told == situation.in_short(seen(), shorter_than(letters))


def test_local_notices_stand_beside_what_works() -> None:
    """With when they were put up, before what is closed; where a long one has no room, where it stands."""
    assert f"{KNOWN}\u00a0· och 3 till\u00a0· Lokala anslag: {TEA} (Uppsatt kl. 11:00)" == situation.in_short(
        seen(TEA), shorter_than(160)
    )
    assert f"{KNOWN}\u00a0· och 3 till\u00a0· Lokala anslag: se Viktigt nu" == situation.in_short(
        seen("Kaffe. " * 200), shorter_than(160)
    )


def test_an_old_notice_is_told_as_old() -> None:
    """When the box has been silent its board is an old word, as is everything else of it."""
    late = seen(TEA, after_ms=20 * site.MINUTE_MS)

    assert "Gammal uppgift" in situation.notices(late)[0]
    assert situation.in_short(late, shorter_than(60)).startswith("Vad är öppet? Vet inte")


def test_power_that_is_not_known_says_what_is_not_known() -> None:
    """ "Vet inte" alone on a crisis page would leave open what."""
    late = seen(after_ms=20 * site.MINUTE_MS)

    assert ("Ström: Vet inte", "Fråga personalen") == (situation.power(late).text, situation.power(late).word)
    assert ("På reservkraft", "Sedan kl. 09:00") == (situation.power(seen()).text, situation.power(seen()).word)


def test_a_closed_service_is_calm_and_stands_last() -> None:
    """Closed is no alarm: its role is not that of what is wrong."""
    roles = [cell.role for cell in situation.cells(seen(), 9)]

    assert [Role.RESERVE, Role.GOOD, Role.REMARK, Role.UNKNOWN, Role.UNKNOWN, Role.CLOSED] == roles
    assert Role.BAD not in roles


@pytest.mark.parametrize("language", ["en", "fi", "ar"])
def test_other_languages_have_words_of_their_own(language: str) -> None:
    """Where the notices stand and how many more there are is told in the reader's language."""
    told = situation.notices(seen(TEA, language=language))[1]

    assert "\u2068" not in told
    assert "\u2068" not in words(language).say("crisis.others", n=3)
