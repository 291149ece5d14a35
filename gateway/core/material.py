"""Is what is judged now worth telling, after what was told last? Numbers that only go with time are not.

What counts down by itself is counted down by the reader too (`contract.freshness.hours_left`): it is news only when it
leaves what the reader would show by then. Towards less, sooner than towards more.
"""

import re

import msgspec

from contract.judgement import Contradiction, Endurance, Reason, Witness
from contract.messages import Head, SiteState
from contract.words import Power

BURNING = (Power.ON_RESERVE, Power.RETURNING)
LESS, LESS_H = 0.02, 0.1
"""The low end may be so much lower than told, as a share and in hours, whichever is more."""
MORE, MORE_H = 0.05, 0.25
WIDE, WIDE_H = 0.1, 0.5
"""Of the high end, either way."""
DRIFT = 0.2
"""Of rates, loads and litres, which nobody decides by."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def is_news(told: SiteState, now: SiteState) -> bool:
    """Must the centre be told the judgement anew?"""
    if _words(told) != _words(now):
        return True
    hours = ((told.endurance, now.endurance), (told.battery, now.battery))
    return any(_hours_moved(was, one, now.power) for was, one in hours)


def _words(state: SiteState) -> SiteState:
    """What of it is news whenever it changes: all but times of reading, hours, and numbers that stand elsewhere."""
    return msgspec.structs.replace(
        state,
        head=_same_time(state.head),
        witnesses=tuple(_says(one) for one in state.witnesses),
        contradictions=tuple(_of(one) for one in state.contradictions),
        reasons=tuple(_of(one) for one in state.reasons),
        endurance=None,
        battery=None,
        fuel=None,
        load=None,
    )


def _same_time(head: Head) -> Head:
    return msgspec.structs.replace(head, up_ms=0, wall_ms=None)


def _says(one: Witness) -> Witness:
    return msgspec.structs.replace(one, up_ms=0, doubt_s=0.0)


Worded = Contradiction | Reason


def _of(one: Worded) -> Worded:
    """A number in the small print follows with the next that is news."""
    return msgspec.structs.replace(one, detail=_NUMBER.sub("#", one.detail))


def _hours_moved(told: Endurance | None, now: Endurance | None, power: Power) -> bool:
    if told is None or now is None:
        return told is not now
    if told.basis != now.basis or (told.until_ms is None) is not (now.until_ms is None):
        return True
    if (told.high_h is None) is not (now.high_h is None) or told.at.boot != now.at.boot:
        return True
    gone_h = (now.at.up_ms - told.at.up_ms) / 3_600_000
    counts = power in BURNING or now.until_ms is not None
    shown = max(0.0, told.low_h - gone_h) if counts else told.low_h
    if now.low_h < shown - max(LESS_H, LESS * shown) or now.low_h > shown + max(MORE_H, MORE * shown):
        return True
    if told.high_h is not None and now.high_h is not None:
        high = max(0.0, told.high_h - gone_h) if counts else told.high_h
        if abs(now.high_h - high) > max(WIDE_H, WIDE * high):
            return True
    return any(_drifted(was, is_) for was, is_ in _numbers(told, now))


def _numbers(told: Endurance, now: Endurance) -> tuple[tuple[float | None, float | None], ...]:
    return ((told.usable_l, now.usable_l), (told.rate_lh, now.rate_lh), (told.load_kw, now.load_kw))


def _drifted(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(now - was) > DRIFT * abs(was) + 0.5
