"""What is drawn: every combination, or a few that still cover every pair of language, panel, look, state and page.

Pure. A page here is a kind of page of a state ("home", "section"); which of its kind and how many steps are drawn is
known only on the stage.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from random import Random

Pair = tuple[tuple[str, str], ...]
"""(factor, value) of two or three factors."""
SEED, TRIED = 5, 60
"""The sample is drawn by chance, always the same; so many shots compete for each place in it."""


@dataclass(frozen=True, slots=True, order=True)
class Shot:
    """One page in one state, language and look, on one panel."""

    panel: str
    language: str
    look: str
    state: str
    page: str

    def values(self) -> tuple[tuple[str, str], ...]:
        """(factor, value) of each factor."""
        return tuple((name, getattr(self, name)) for name in self.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What there is of each factor; `pages` by state. `size`: of a look, what of it changes the layout."""

    panels: Sequence[str]
    languages: Sequence[str]
    looks: Sequence[str]
    pages: Mapping[str, Sequence[str]]


def whole(factors: Factors) -> Iterator[Shot]:
    """Every language, panel, size of text, state and page. Colours change no layout, so they take turns."""
    plain = [look for look in factors.looks if not look.startswith("larger")]
    larger = [look for look in factors.looks if look.startswith("larger")]
    states = list(factors.pages)
    for panel in factors.panels:
        for n, language in enumerate(factors.languages):
            for sizes in (plain, larger):
                for m, state in enumerate(states):
                    for page in factors.pages[state]:
                        yield Shot(panel, language, sizes[(n + m) % len(sizes)], state, page)


def triples(shot: Shot) -> Iterator[Pair]:
    """Beside each two also panel, size of text and page together: what a page has room for depends on all three."""
    yield from combinations(shot.values(), 2)
    size = "larger" if shot.look.startswith("larger") else "ordinary"
    yield ("panel", shot.panel), ("size", size), ("page", shot.page)


def sample(factors: Factors) -> list[Shot]:
    """Few shots that cover all that `whole` would have of `triples`; the same on every run."""
    every = list(_all(factors))
    wanted = {pair for shot in _enough(factors) for pair in triples(shot)}
    chance = Random(SEED)  # noqa: S311  (nothing secret)
    found: list[Shot] = []
    while wanted:
        tried = chance.sample(every, min(TRIED, len(every)))
        best = max(tried, key=lambda shot: sum(pair in wanted for pair in triples(shot)))
        if wanted.isdisjoint(triples(best)):  # what is left is rare: go for it
            rest = min(wanted)
            best = next(shot for shot in every if rest in triples(shot))
        found.append(best)
        wanted.difference_update(triples(best))
    return sorted(found)


def _all(factors: Factors) -> Iterator[Shot]:
    """Every shot that there can be."""
    for panel, language, look in product(factors.panels, factors.languages, factors.looks):
        for state, pages in factors.pages.items():
            for page in pages:
                yield Shot(panel, language, look, state, page)


def _enough(factors: Factors) -> Iterator[Shot]:
    """Far fewer that still have all triples: each two factors vary while the others stand still."""
    pages = [(state, page) for state, pages in factors.pages.items() for page in pages]
    for panel, language, look in product(factors.panels, factors.languages, factors.looks):
        yield Shot(panel, language, look, *pages[0])
    for state, page in pages:
        for panel, look in product(factors.panels, factors.looks):
            yield Shot(panel, factors.languages[0], look, state, page)
        for language in factors.languages:
            yield Shot(factors.panels[0], language, factors.looks[0], state, page)
