"""OSM opening hours at a moment: open, closed or unknown, and when that changes. In Swedish local time.

`opening-hours-py` counts midsummer eve and Christmas Eve as public holidays in Sweden. A shop that writes "Dec 24 off;
PH 11:00-15:00" means both: what names a date is more particular than "holidays", so it is put last here.

Hours that begin or end within the hour that comes twice in autumn do not say at which of the two: between them it is
unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain, islice, pairwise

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # its stub forgets ParserError

from contract.daylight import season
from kiosk.core.age import PLACE

AHEAD = timedelta(days=370)
"""No change within so long is no change."""
MOST_STEPS = 400
_RULE = re.compile(r'(?:[^;"]|"[^"]*")+')
_HOLIDAYS = re.compile(r"\s*PH\b(?!\s*,)")
_UNJUDGED = re.compile(r"sunrise|sunset|dawn|dusk|\bSH\b")
"""The sun needs a place, school holidays a calendar: without them an answer would be a guess."""
_OPEN_END = re.compile(r"\d\d:\d\d\+")
_DATED = re.compile(r"\s*(\d{4}\s+)?((Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|easter\b)")


class Stand(StrEnum):
    """How something stands now."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """How it stands, until when (None: no change in sight), how it stands then, and the author's comment on now."""

    stand: Stand
    until: datetime | None = None
    then: Stand | None = None
    comment: str = ""


UNKNOWN = Span(Stand.UNKNOWN)


def at(expression: str, moment: datetime | None) -> Span:
    """How `expression` stands at `moment` (aware); unknown for no time, no expression, or one that is none."""
    evaluated = _evaluated(expression) if expression.strip() else None
    if evaluated is None or moment is None:
        return UNKNOWN
    spans = _spans(evaluated, moment)
    first = next(spans, None)
    if first is None:
        return UNKNOWN
    _, end, stand, comment = first
    if stand is Stand.OPEN and _OPEN_END.search(expression):
        return Span(stand, None, None, comment)  # "18:00+": nobody knows when it closes
    for _, later, other, _ in islice(spans, MOST_STEPS):
        if other is not stand:
            return Span(stand, end, other, comment)
        end = later
    return Span(stand, None, None, comment)


def next_open(expression: str, moment: datetime | None) -> datetime | None:
    """When it opens next, while it is not open now; None when nobody can tell."""
    evaluated = _evaluated(expression) if expression.strip() else None
    if evaluated is None or moment is None:
        return None
    for begins, _, stand, _ in islice(_spans(evaluated, moment), MOST_STEPS):
        if stand is Stand.OPEN:
            return begins
        if stand is Stand.UNKNOWN:
            return None
    return None


def _spans(evaluated: OpeningHours, moment: datetime) -> Iterator[tuple[datetime, datetime, Stand, str]]:
    """From `moment` on: begin, end, how it stands, comment."""
    here = moment.astimezone(PLACE)
    # the library reads the time of day alone: what changed within the hour that comes twice must be seen from before it
    since = (here.replace(minute=0, fold=0) - timedelta(minutes=1)) if season(here) else here
    raw = evaluated.intervals(since, here + AHEAD)
    for (begin, end, state, comment), after in pairwise(chain(raw, (None,))):
        stand, then = (_STANDS.get(one, Stand.UNKNOWN) for one in (state, after[2] if after else state))
        surely = begin.replace(fold=1) if season(begin) else begin
        at_first, at_last = (end.replace(fold=fold) if season(end) else end for fold in (0, 1))
        between = (at_first, at_last, stand if then is stand else Stand.UNKNOWN, "")
        for start, stop, how, said in ((surely, at_first, stand, comment), between):
            first = max(start, here, key=_utc)
            if _utc(first) < _utc(stop):
                yield first, stop, how, said


def _utc(moment: datetime) -> datetime:
    """Two times of one zone are compared by what clocks show, which is no order in the hour that comes twice."""
    return moment.astimezone(UTC)


def readable(expression: str) -> bool:
    """Are these opening hours that can be judged?"""
    return _evaluated(expression) is not None


def ordered(expression: str) -> str:
    """The rules with those of holidays before those that name a date; fallbacks (`||`) stay as they are."""
    if "||" in expression:
        return expression
    rules = _RULE.findall(expression)
    dated = [rule for rule in rules if _DATED.match(rule)]
    holidays = [rule for rule in rules if _HOLIDAYS.match(rule)]
    if not dated or not holidays:
        return expression
    rest = [rule for rule in rules if rule not in dated and rule not in holidays]
    return ";".join((*rest, *holidays, *dated))


_STANDS = {State.OPEN: Stand.OPEN, State.CLOSED: Stand.CLOSED, State.UNKNOWN: Stand.UNKNOWN}


@lru_cache(maxsize=300)
def _evaluated(expression: str) -> OpeningHours | None:
    if _UNJUDGED.search(expression):
        return None
    try:
        return OpeningHours(ordered(expression), timezone=PLACE, country="SE", max_interval_days=400)
    except (ParserError, ValueError, SyntaxError, TypeError, OverflowError):
        return None
