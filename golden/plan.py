"""What is drawn: every combination, or a few that still cover every pair that can change how a page is laid out.

Pure. A page here is a kind of page of a state ("home", "section"); which of its kind and how many steps are drawn is
known only on the stage.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

Pair = tuple[tuple[str, str], ...]
"""(factor, value) of two or three factors."""
SIZES = ("ordinary", "larger", "largest")
"""What of a look changes the layout; a look of the second and the third begins with that word."""
LAYOUTS = {"ar": "from the right", "long": "long", "fit": "borrowed", "se": "borrowed", "sma": "borrowed"}
"""What of a language changes the layout: "borrowed" is Swedish with a mark on almost all; the others are alike."""
LEFT_OUT = (
    {"language", "state"}, {"language", "page"}, {"panel", "state"}, {"look", "state"}, {"look", "page"},
    {"look", "size"}, {"language", "layout"}, {"size", "layout"},
)  # fmt: skip
"""Pairs that the sample need not have: what of them matters is in size and layout, or in panel and page."""


@dataclass(frozen=True, slots=True, order=True)
class Shot:
    """One page in one state, language and look, on one panel."""

    panel: str
    language: str
    look: str
    state: str
    page: str

    def values(self) -> tuple[tuple[str, str], ...]:
        """(factor, value) of each factor, and what of look and language changes the layout."""
        return (
            ("panel", self.panel), ("language", self.language), ("look", self.look), ("state", self.state),
            ("page", self.page), ("size", size(self.look)), ("layout", layout(self.language)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """What there is of each factor; `pages` by state.

    `narrow`: panels on which there is least room. `each`: states in which every page is also looked at one thing at a
    time; the other states have no more kinds of things.
    """

    panels: Sequence[str]
    languages: Sequence[str]
    looks: Sequence[str]
    pages: Mapping[str, Sequence[str]]
    narrow: Sequence[str] = ()
    each: Sequence[str] = ()


def size(look: str) -> str:
    """What size of text a look has."""
    return next((name for name in SIZES[:0:-1] if look.startswith(name)), SIZES[0])


def layout(language: str) -> str:
    """How a language's words lie on a page."""
    return LAYOUTS.get(language, "plain")


def whole(factors: Factors) -> Iterator[Shot]:
    """Every language, panel, size of text, state and page. Colours change no layout, so they take turns."""
    states = list(factors.pages)
    for panel in factors.panels:
        for n, language in enumerate(factors.languages):
            for name in SIZES:
                looks = [look for look in factors.looks if size(look) == name]
                for m, state in enumerate(states):
                    if name == SIZES[-1] and state not in factors.each:
                        continue
                    for page in factors.pages[state]:
                        yield Shot(panel, language, looks[(n + m) % len(looks)], state, page)


def wanted(shot: Shot, narrow: Sequence[str]) -> Iterator[Pair]:
    """Each two that matter together; on a narrow panel also size of text and page: three decide what has room."""
    for one, other in combinations(shot.values(), 2):
        if {one[0], other[0]} not in LEFT_OUT:
            yield one, other
    if shot.panel in narrow:
        yield ("panel", shot.panel), ("size", size(shot.look)), ("page", shot.page)


def sample(factors: Factors) -> list[Shot]:
    """Few shots that cover all that can be wanted; the same on every run."""
    missing = {pair for shot in _all(factors) for pair in wanted(shot, factors.narrow)}
    found: list[Shot] = []
    rooms = list(product(factors.panels, factors.languages, factors.looks))
    for state, page in [(state, page) for state, pages in factors.pages.items() for page in pages]:
        tried = (Shot(*room, state, page) for room in rooms if _may(factors, room[2], state))
        _take(_best(tried, missing, factors.narrow), found, missing, factors.narrow)
    while missing:  # what is left is rare: go for it
        _take(_best(_with(min(missing), factors), missing, factors.narrow), found, missing, factors.narrow)
    return sorted(found)


def _best(tried: Iterable[Shot], missing: set[Pair], narrow: Sequence[str]) -> Shot:
    return max(tried, key=lambda shot: sum(pair in missing for pair in wanted(shot, narrow)))


def _take(shot: Shot, found: list[Shot], missing: set[Pair], narrow: Sequence[str]) -> None:
    """Only where something is still missing."""
    pairs = set(wanted(shot, narrow))
    if not missing.isdisjoint(pairs):
        found.append(shot)
        missing.difference_update(pairs)


def _with(pair: Pair, factors: Factors) -> Iterator[Shot]:
    """Every shot that has this pair."""
    has = dict(pair)

    def values(name: str, every: Sequence[str]) -> Sequence[str]:
        return [has[name]] if name in has else every

    looks = [look for look in values("look", factors.looks) if has.get("size", size(look)) == size(look)]
    tongues = [one for one in values("language", factors.languages) if has.get("layout", layout(one)) == layout(one)]
    for state in values("state", list(factors.pages)):
        for page in values("page", factors.pages[state]):
            if page in factors.pages[state]:
                for panel, language, look in product(values("panel", factors.panels), tongues, looks):
                    if _may(factors, look, state):
                        yield Shot(panel, language, look, state, page)


def _may(factors: Factors, look: str, state: str) -> bool:
    return size(look) != SIZES[-1] or state in factors.each


def _all(factors: Factors) -> Iterator[Shot]:
    """Far fewer than every shot that have all pairs: each two factors vary while the others stand still."""
    for state, pages in factors.pages.items():
        for page in pages:
            for panel, look in product(factors.panels, factors.looks):
                if _may(factors, look, state):
                    yield Shot(panel, factors.languages[0], look, state, page)
            for language in factors.languages:
                yield Shot(factors.panels[0], language, factors.looks[0], state, page)
    for panel, language, look in product(factors.panels, factors.languages, factors.looks):
        state = factors.each[0] if size(look) == SIZES[-1] else next(iter(factors.pages))
        yield Shot(panel, language, look, state, factors.pages[state][0])
