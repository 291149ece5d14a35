"""Values that are words: each that a profile, a story or the box itself can tell is said in Swedish and in English."""

from contract import signals
from dashboard.core.site import sitewords
from gateway.core.box.bearer import MODEM_TYPES, BearerLook, bearer_word
from gateway.core.story.story_values import ALARM_WORDS
from gateway.profiles.registry import registry

SAME_IN_BOTH = {"wifi"}


def _told() -> dict[str, set[str]]:
    """Signal → every word that it can have."""
    found: dict[str, set[str]] = {one.key: set(one.words) for one in signals.catalogue().values() if one.words}
    found["alarm"] = set(ALARM_WORDS)
    for profile in registry().values():
        for row in profile.rows:
            found.setdefault(row.key, set()).update((row.words or {}).values())
    looks = (
        BearerLook(interface="wlan0", uevent="DEVTYPE=wlan"), BearerLook(interface="wwan0"),
        BearerLook(interface="eth0", hardware="1"), BearerLook(interface="x", hardware="7"),
    )  # fmt: skip
    assert MODEM_TYPES
    found["box.bearer"] = {bearer_word(look) for look in looks}
    return found


def test_every_word_of_a_signal_is_said_in_both_languages() -> None:
    """No word of a register reaches a Swedish page as it stands in a profile."""
    told = {word for words in _told().values() for word in words}

    assert set() == told - set(sitewords.WORDS)
    for word in told:
        swedish, english = sitewords.word(word, "sv"), sitewords.word(word, "en")
        assert "_" not in swedish + english, word
        assert (swedish != english) is (word not in SAME_IN_BOTH), word


def test_every_signal_that_is_a_word_has_a_list_of_words() -> None:
    """A signal of words that is new in the catalogue must say here which words it has."""
    known = {key for key, words in _told().items() if words}

    assert set() == {key for key, one in signals.catalogue().items() if one.kind == "word"} - known
