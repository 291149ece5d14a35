"""What is drawn: the sample leaves no pair out, and is the same every time."""

import pytest

from golden.matrix import chosen, factors, narrowed
from golden.plan import sample, triples, whole
from golden.states import EVERY, states


def test_sample_covers_every_pair() -> None:
    """Every two values that can meet do meet, in a small part of all shots."""
    every, few = factors(), sample(factors())

    wanted = {pair for shot in whole(every) for pair in triples(shot)}
    assert set() == wanted - {pair for shot in few for pair in triples(shot)}
    assert len(few) < 0.05 * len(list(whole(every)))
    assert few == sample(factors())


def test_whole_matrix_has_every_language_panel_size_state_and_page() -> None:
    """Only colours take turns: each size of text is there of each, and each colour with each panel, state and page."""
    every = factors()
    shots = list(whole(every))

    def met(*names: str) -> set[tuple[str, ...]]:
        return {tuple(getattr(shot, name) for name in names) for shot in shots}

    pages = [(state, page) for state, kinds in every.pages.items() for page in kinds]
    assert len(shots) == len(every.panels) * len(every.languages) * 2 * len(pages)
    assert len(met("panel", "look", "state", "page")) == len(every.panels) * len(every.looks) * len(pages)


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
