"""The factors of this kiosk, and the shots that somebody asks for."""

from collections.abc import Iterable

from golden.panels import LANGUAGES, LOOKS, NARROW, PANELS
from golden.plan import Factors, Shot, sample, whole
from golden.states import EACH, EVERY, State, states
from kiosk.core.view import View
from kiosk.io.texts import words

FACTORS = ("language", "look", "state", "page")


def factors() -> Factors:
    """What there is; of each state the kinds of pages that it has."""
    return Factors(
        panels=list(PANELS), languages=LANGUAGES, looks=list(LOOKS),
        pages={name: _kinds(state) for name, state in states().items()}, narrow=NARROW, each=EACH,
    )  # fmt: skip


def _kinds(state: State) -> tuple[str, ...]:
    """Kinds of pages that are there in a state, and on which it can be seen."""
    there = there_are(state.seen(words("sv")))
    return there if state.pages == EVERY else tuple(kind for kind in there if kind in state.pages)


def there_are(view: View) -> tuple[str, ...]:
    """Kinds of pages that a view has, as `Root.pages` names them before the "-"."""
    sections = ("section",) if any(one.name != one.group for one in view.sections) else ()
    search = ("search",) if "information" in view.doors else ()
    crisis = ("crisis",) if view.alerts else ()
    return ("home", *view.doors, "advice", "card", *sections, *search, "languages", *crisis, "glance")


def narrowed(asked: Iterable[str]) -> dict[str, set[str]]:
    """["language=sv", …] as sets by factor; raises ValueError with a sentence."""
    found: dict[str, set[str]] = {}
    for one in asked:
        name, mark, value = one.partition("=")
        if name not in FACTORS or not mark:
            raise ValueError(f"{one!r} is not FACTOR=VALUE with one of {', '.join(FACTORS)}")
        found.setdefault(name, set()).add(value)
    return found


def chosen(all_of: Factors, panel: str, only: dict[str, set[str]], *, few: bool) -> list[Shot]:
    """The shots of one panel, only those that were asked for."""
    shots = sample(all_of) if few else whole(all_of)
    return [
        shot
        for shot in shots
        if shot.panel == panel and all(getattr(shot, name) in values for name, values in only.items())
    ]
