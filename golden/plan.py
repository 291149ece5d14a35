"""What is drawn: every combination, or a few that still cover every pair of language, panel, look, state and page.

Pure. A page here is a kind of page of a state ("home", "section"); which of its kind and how many steps are drawn is
known only on the stage.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

Pair = tuple[tuple[str, str], ...]
"""(factor, value) of two or three factors."""


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
    values = shot.values()
    yield from combinations(values, 2)
    yield (("panel", shot.panel), ("size", shot.look.partition("-")[0] if "-" in shot.look else ""), ("page", shot.page))


def sample(factors: Factors) -> list[Shot]:
    """Few shots that cover all that `whole` would have of `triples`; the same on every run."""
    wanted = {pair for shot in _all(factors) for pair in triples(shot)}
    found: list[Shot] = []
    seeds = [(state, page) for state, pages in factors.pages.items() for page in pages]
    while wanted:
        before = len(wanted)
        for state, page in seeds:
            shot = _best(factors, wanted, state, page, len(found))
            if shot is not None:
                found.append(shot)
                wanted.difference_update(triples(shot))
        if len(wanted) == before:
            raise ValueError(f"no shot covers {sorted(wanted)[:3]}")
    return sorted(found)


def _best(factors: Factors, wanted: set[Pair], state: str, page: str, turn: int) -> Shot | None:
    """The shot of that page that covers most of what is still wanted; None when none covers any."""
    best, most = None, 0
    for panel in _turned(factors.panels, turn):
        for language in _turned(factors.languages, turn):
            for look in factors.looks:
                shot = Shot(panel, language, look, state, page)
                new = sum(pair in wanted for pair in triples(shot))
                if new > most:
                    best, most = shot, new
    return best


def _turned(values: Sequence[str], by: int) -> Iterable[str]:
    """The same values, from another beginning: no factor is tied to another by mere order."""
    at = by % len(values)
    return (*values[at:], *values[:at])


def _all(factors: Factors) -> Iterator[Shot]:
    for panel in factors.panels:
        for language in factors.languages:
            for look in factors.looks:
                for state, pages in factors.pages.items():
                    for page in pages:
                        yield Shot(panel, language, look, state, page)
