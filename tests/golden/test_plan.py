"""What is drawn: the sample leaves no pair out, and is the same every time."""

import pytest

from golden.matrix import chosen, factors, narrowed
from golden.panels import LOOKS
from golden.plan import SIZES, layout, sample, size, wanted, whole
from golden.states import EVERY, states


def test_sample_covers_every_pair() -> None:
    """Every two values that matter together do meet, in a small part of all shots."""
    every, few = factors(), sample(factors())

    pairs = {pair for shot in whole(every) for pair in wanted(shot, every.narrow)}
    assert set() == pairs - {pair for shot in few for pair in wanted(shot, every.narrow)}
    assert len(few) < 0.015 * len(list(whole(every)))
    assert few == sample(factors())


def test_sample_has_each_page_in_each_layout_and_on_each_panel() -> None:
    """What decides how a page is laid out, and each language on each panel; three of it together on the narrow ones."""
    few = sample(factors())

    def met(*names: str) -> set[tuple[str, ...]]:
        return {tuple(dict(shot.values())[name] for name in names) for shot in few}

    pages = {page for kinds in factors().pages.values() for page in kinds}
    assert len(met("layout", "page")) == len({layout(one) for one in factors().languages}) * len(pages)
    assert len(met("language", "panel")) == len(factors().languages) * len(factors().panels)
    assert len(met("panel", "page")) == len(factors().panels) * len(pages)
    assert len(met("size", "panel")) == len(SIZES) * len(factors().panels)
    narrow = {one for one in met("panel", "size", "page") if one[0] in factors().narrow}
    magnified = {page for state in factors().each for page in factors().pages[state]}
    assert len(narrow) == len(factors().narrow) * (2 * len(pages) + len(magnified))


def test_whole_matrix_has_every_language_panel_size_state_and_page() -> None:
    """Only colours take turns: each size of text is there of each, the largest where it shows other things."""
    every = factors()
    shots = list(whole(every))

    def met(*names: str) -> set[tuple[str, ...]]:
        return {tuple(getattr(shot, name) for name in names) for shot in shots}

    pages = [(state, page) for state, kinds in every.pages.items() for page in kinds]
    magnified = [(state, page) for state, page in pages if state in every.each]
    assert {"sv": 2 * len(pages) + len(magnified)} == {
        "sv": sum(shot.language == "sv" and shot.panel == "7-inch" for shot in shots)
    }
    assert len(shots) == len(every.panels) * len(every.languages) * (2 * len(pages) + len(magnified))
    looks = [look for look in every.looks if size(look) != SIZES[-1]]
    ordinary = {one for one in met("panel", "look", "state", "page") if size(one[1]) != SIZES[-1]}
    assert len(ordinary) == len(every.panels) * len(looks) * len(pages)


def test_every_size_of_text_and_every_way_to_go_on_is_drawn() -> None:
    """The largest text is one of the sizes, and there is the line that tells finger, keys or a button how to go on."""
    drawn = {shot.look for shot in sample(factors())}

    assert set(LOOKS) == drawn
    assert set(SIZES) == {size(look) for look in drawn}
    assert {"", "touch", "keys", "button"} == {look.way for look in LOOKS.values()}


def test_states_of_the_kiosk_are_all_there() -> None:
    """Each state that people have to be able to recognise, and each page that there is."""
    named = {
        "calm", "yellow", "orange", "red", "vma", "exercise", "practice", "trial", "own", "dead-broker", "old",
        "reserve", "last-hour", "nothing", "ended", "unsure", "simulated", "day", "day-old", "closed",
    }  # fmt: skip

    assert named <= set(states())
    assert {"home", "services", "power", "important", "contacts", "advice", "card", "section", "search", "languages",
            "travel", "local", "information", "crisis", "glance"} == {
        page for kinds in factors().pages.values() for page in kinds
    }  # fmt: skip
    assert {"calm", "trouble", "exercise", "nothing"} == {name for name, one in states().items() if one.pages == EVERY}


def test_somebody_may_ask_for_less() -> None:
    """FACTOR=VALUE keeps what it names; several values of one factor are alternatives."""
    only = narrowed(["language=sv", "page=home", "page=glance"])
    shots = chosen(factors(), "7-inch", only, few=False)

    assert {"sv"} == {shot.language for shot in shots}
    assert {"home", "glance"} == {shot.page for shot in shots}
    with pytest.raises(ValueError, match="FACTOR=VALUE"):
        narrowed(["sv"])
