"""The timeline of a site as its page shows it: a drawing in percent, a list of every stretch, how long in all."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from contract.daylight import SEASONS, season
from contract.words import Power
from dashboard.core import numbers
from dashboard.core.reader import Reader
from dashboard.core.site.periods import Period, marks
from dashboard.core.site.power_roles import POWER_ROLES
from dashboard.core.site.timeline import NOBODY, UNSTABLE, Stretch, columns, totals

COLUMNS = 720
LISTED = 60
"""Stretches in the list; the newest."""
ROLES = {power.value: role for power, role in POWER_ROLES.items()} | {UNSTABLE: "remark"}
DECIMALS = 3


class Bar(Struct, frozen=True, kw_only=True):
    """One stretch of the drawing; `at` and `wide` in percent of its width."""

    at: float
    wide: float
    state: str
    role: str
    words: str
    framed: bool


class Mark(Struct, frozen=True, kw_only=True):
    """A time under the drawing. `edge`: too near the right end for its words to stand after it."""

    at: float
    words: str
    edge: bool


class Line(Struct, frozen=True, kw_only=True):
    """One stretch in words."""

    state: str
    role: str
    words: str
    when: str
    long: str
    frame: str


class Total(Struct, frozen=True, kw_only=True):
    """How long in one state, in all."""

    state: str
    role: str
    words: str
    long: str
    share: str


class Timeline(Struct, frozen=True, kw_only=True):
    """Everything of the panel. `lines`: the newest first; `earlier`: how many more there are."""

    period: str
    begin: str
    end: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    earlier: int
    totals: tuple[Total, ...]
    undated: str
    timeless: bool


def timeline_picture(
    whole: Sequence[Stretch], period: Period, begin_ms: int, end_ms: int, reader: Reader, undated: int = 0
) -> Timeline:
    """The stretches of a period for people."""
    lines = tuple(_line(one, end_ms, reader) for one in reversed(whole[-LISTED:]))
    return Timeline(
        period=period.value,
        begin=reader.when(begin_ms),
        end=reader.when(end_ms),
        bars=tuple(_bar(one, begin_ms, end_ms, reader) for one in columns(whole, begin_ms, end_ms, COLUMNS)),
        marks=_marks(period, begin_ms, end_ms, reader),
        lines=lines,
        earlier=len(whole) - len(lines),
        totals=_totals(whole, reader),
        undated=_undated(undated, reader),
        timeless=reader.now.wall_ms is None,
    )


def state_words(state: str, reader: Reader) -> str:
    """What a state is called; not knowing has two names, ours and the site's."""
    if state in (NOBODY, UNSTABLE, Power.UNKNOWN):
        return reader.t(f"tl_{state}")
    return reader.phrase("power", state)


def state_role(state: str) -> str:
    """Its colour and shape; what nobody knows is never another's."""
    return ROLES.get(state, "unknown")


def _bar(one: Stretch, begin_ms: int, end_ms: int, reader: Reader) -> Bar:
    whole = end_ms - begin_ms
    return Bar(
        at=round(100 * (one.from_ms - begin_ms) / whole, DECIMALS),
        wide=round(100 * one.long_ms / whole, DECIMALS),
        state=one.state,
        role=state_role(one.state),
        words=f"{state_words(one.state, reader)}, {_from_to(one, end_ms, reader)}",
        framed=bool(one.frame),
    )


def _line(one: Stretch, end_ms: int, reader: Reader) -> Line:
    return Line(
        state=one.state,
        role=state_role(one.state),
        words=state_words(one.state, reader),
        when=_from_to(one, end_ms, reader),
        long=reader.age(one.long_ms),
        frame=reader.phrase("status", one.frame) if one.frame else "",
    )


def _from_to(one: Stretch, end_ms: int, reader: Reader) -> str:
    if one.until_ms >= end_ms:
        return reader.t("tl_since", begin=reader.when(one.from_ms))
    return reader.t("tl_from_to", begin=reader.when(one.from_ms), end=reader.when(one.until_ms))


def _totals(whole: Sequence[Stretch], reader: Reader) -> tuple[Total, ...]:
    sums = totals(whole)
    all_ms = sum(sums.values())
    return tuple(
        Total(
            state=state,
            role=state_role(state),
            words=state_words(state, reader),
            long=reader.age(ms),
            share=_share(ms, all_ms, reader),
        )
        for state, ms in sums.items()
    )


def _share(ms: int, all_ms: int, reader: Reader) -> str:
    """In percent; neither the least nor all but the least is rounded away."""
    share = 100 * ms / all_ms
    if 0 < share < 0.1:
        return f"<{numbers.number(0.1, 1, reader.language)}{numbers.HARD}%"
    return f"{numbers.number(min(share, 99.9) if ms < all_ms else share, 1, reader.language)}{numbers.HARD}%"


def _undated(count: int, reader: Reader) -> str:
    if count == 0:
        return ""
    return reader.t("tl_undated_one") if count == 1 else reader.t("tl_undated", n=count)


def _marks(period: Period, begin_ms: int, end_ms: int, reader: Reader) -> tuple[Mark, ...]:
    found = []
    for wall_ms, local in marks(period, begin_ms, end_ms, reader.zone):
        at = 100 * (wall_ms - begin_ms) / (end_ms - begin_ms)
        found.append(Mark(at=round(at, DECIMALS), words=_mark_words(period, local, reader), edge=at > 92))
    return tuple(found)


def _mark_words(period: Period, local: datetime, reader: Reader) -> str:
    """The clock, the weekday, or the month."""
    if period is Period.YEAR:
        return numbers.month(local, reader.language)
    if period is Period.WEEK or local.hour == 0:
        return numbers.weekday(local, reader.language)
    which = season(local)
    return f"{local:%H} {SEASONS[reader.language][which]}" if which else f"{local:%H}"
