"""The catalogue of reasons: two languages, plain sentences, weights, and never an electrical instruction."""

import re

import pytest

from contract.reasons import catalogue, reason_words

ELECTRICAL = re.compile(
    r"koppla|slå (till|från|på|av)|slå ner|slå upp|brytare|säkring|omkopplar|frånskilj|dra ut|sätt i|kabel|jorda|fas\b"
    r"|switch (on|off)|breaker|fuse|connect|plug\b|unplug|cable|wire|isolat|terminal",
    re.IGNORECASE,
)
MARKED = re.compile(r"\{[^}]*\}")

each = pytest.mark.parametrize("key", catalogue())


@each
def test_a_reason_has_words_in_both_languages(key: str) -> None:
    """What it means without a full stop, for lists; what to do as whole sentences."""
    words = catalogue()[key]

    assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
    assert 0 < words.weight < 200
    for means in (words.sv, words.en):
        assert means == means.strip() != ""
        assert means[-1] not in ".!"
        assert means[0].isupper() or means.startswith("{detail}")
    for do in (words.do_sv, words.do_en):
        assert do == do.strip()
        assert do.endswith((".", "?"))
        assert do[0].isupper()
        assert "!" not in do


@each
def test_what_to_do_never_words_an_electrical_step(key: str) -> None:
    """Such steps come only from the site's own list, approved by an electrician."""
    words = catalogue()[key]

    assert [] == [do for do in (words.do_sv, words.do_en) if ELECTRICAL.search(do)]


@pytest.mark.parametrize(
    "sentence", ["Koppla in elverket.", "Slå till brytaren.", "Byt säkring.", "Switch off the mains.", "Pull the fuse."]
)
def test_electrical_steps_are_seen(sentence: str) -> None:
    """The test above can fail."""
    assert ELECTRICAL.search(sentence)


@each
def test_only_the_detail_is_filled_in(key: str) -> None:
    """Both languages name it, or neither does."""
    words = catalogue()[key]
    marks = [set(MARKED.findall(text)) for text in (words.sv, words.en)]

    assert marks[0] == marks[1] <= {"{detail}"}
    assert [] == MARKED.findall(" ".join(reason_words(key, "sv", "3") + reason_words(key, "en", "3")))


def test_a_reason_that_makes_a_site_not_ready_stands_before_one_that_is_a_remark() -> None:
    """No fuel before a battery before a mode, what is bad before what is not known, that before remarks."""
    order = [
        "shutdown_latched", "estop_in", "no_fuel", "battery_low", "mode_not_auto", "no_activator", "contact_unknown",
        "battery_unknown", "mode_unknown", "test_old", "battery_weak", "charger_failed", "service_due",
        "estop_unknown", "clock_holdover",
    ]  # fmt: skip
    weights = [catalogue()[key].weight for key in order]

    assert sorted(weights, reverse=True) == weights
    assert weights[5] >= 100 > weights[6]
    assert weights[9] >= 80 > weights[10]


@pytest.mark.parametrize(
    ("language", "detail", "expected"),
    [("sv", "11.8", "11,8"), ("en", "11.8", "11.8"), ("sv", "-12", "−12"), ("en", "-12", "−12"), ("sv", "Kim", "Kim")],
)
def test_numbers_are_written_as_people_write_them(language: str, detail: str, expected: str) -> None:
    """A decimal comma in Swedish, a real minus in both; a date and a name stay as they are."""
    assert f"({expected} V)" in reason_words("battery_weak", language, detail)[0]
    assert "2026-01-31" in reason_words("place_over", language, "2026-01-31")[0]
