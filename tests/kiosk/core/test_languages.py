"""Which languages are offered; what is missing is Swedish and says so; catalogues have no keys of their own."""

from string import Formatter

import pytest

from kiosk.catalogues import written
from kiosk.core.look.script import borrowed, parts
from kiosk.core.visitor.languages import LANGUAGES, faults, language, offered, preferred
from kiosk.io.texts import words

GROUPS = ("power", "declared", "status", "service")


def test_unreviewed_languages_are_off_until_switched_on() -> None:
    """Nobody gets a language that no speaker has read, unless the settings name it; the screen's own comes first."""
    assert ("sv", "en") == offered(written(), (), "sv")
    assert ("en", "sv") == offered(written(), (), "en")
    assert ("sv", "se", "ar") == offered(written(), ("se", "ar"), "sv")
    assert not any(LANGUAGES[tag].reviewed for tag in ("fi", "fit", "se", "sma", "ar", "sv-lattlast"))


def test_a_language_without_texts_is_a_fault() -> None:
    """The sentence names what there is."""
    assert [] == faults(written(), ("fi",), "sv")
    assert ["languages: there are no texts in 'xx'; choose of en, sv"] == faults(("sv", "en"), ("xx",), "sv")
    assert ["language: there are no texts in 'uk'; choose of en, sv"] == faults(("sv", "en"), (), "uk")


@pytest.mark.parametrize("tag", [tag for tag in written() if tag not in ("sv", "en")])
def test_catalogue_has_known_keys_and_fields(tag: str) -> None:
    """Every key is one of the Swedish, with the same fields; the tag is in the table of languages."""
    sv, own = words("sv"), words(tag).table

    assert tag in LANGUAGES
    assert [] == [key for key in own if key not in sv.table and not key.startswith("phrase_")]
    assert [] == [key for key in own if key in sv.table and _fields(own[key]) != _fields(sv.table[key])]
    assert [] == [key for key in own if not own[key].strip()]
    for key, rows in (("age.weekdays", 7), ("age.months", 12)):
        assert rows == len(own.get(key, sv.table[key]).split())
    for key in (key for key in own if key.startswith("phrase_")):
        group, word = key.removeprefix("phrase_").split(".")
        assert group in GROUPS
        assert sv.phrase(group, word)


def test_missing_text_is_swedish_and_says_so() -> None:
    """Neither silent nor a crash: the words are marked, and known as Swedish for the voice."""
    se = words("se")

    assert "Eanet" == se.say("bar.more")
    assert borrowed(se.say("bar.larger"))
    assert (("Större text", "sv"),) == parts(se.say("bar.larger"), "se")
    assert (("2\u00a0av\u00a03", "sv"),) == parts(se.say("bar.page", n=2, all=3), "se")
    assert borrowed(se.phrase("power", "dead"))
    assert "Gitta" == se.phrase("declared", "closed")
    with pytest.raises(KeyError):
        se.say("bar.nothing")


def test_easy_swedish_falls_back_to_swedish_without_a_mark() -> None:
    """It is the same language: nothing to mark, and Swedish phrases hold."""
    easy = words("sv-lattlast")

    assert words("sv").say("bar.more") == easy.say("bar.more")
    assert words("sv").say("power.means_dead") != easy.say("power.means_dead")
    assert words("sv").phrase("power", "dead") == easy.phrase("power", "dead")


def test_message_is_picked_in_the_readers_language() -> None:
    """Easy Swedish has two spellings and falls back to Swedish; others get Swedish; what is only English is shown."""
    texts = {"sv": "a", "en": "b", "sv-x-lattlast": "c"}

    assert ("sv-x-lattlast", "c") == words("sv-lattlast").pick(texts)
    assert ("sv", "a") == words("sv").pick(texts)
    assert ("sv", "a") == words("ar").pick(texts)
    assert ("en", "b") == words("ar").pick({"sv": "", "en": "b"})
    assert borrowed(words("ar").own(texts))
    assert ("fi", "sv") == preferred("fi")


def test_every_language_has_its_own_name() -> None:
    """No two share a name, and a tag that nobody knows is called by its tag."""
    names = [one.name for one in LANGUAGES.values()]

    assert len(names) == len(set(names))
    assert "xx" == language("xx").name


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
