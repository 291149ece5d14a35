"""Spans in which the clock of a demonstration runs slower than otherwise, because real programs start there anew.

A spec says them as `gentle=FROM:UNTIL:RATE`, several with `;` between: real moments as `real_s` is, and product
seconds for each real second. Every process of the demonstration gets the same spans, so all share one time.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gentle:
    """From one real moment until another (seconds since 1970), and the product seconds in a real one meanwhile."""

    from_s: float
    until_s: float
    rate: float


def told(spans: tuple[Gentle, ...]) -> str:
    """The spans as a spec says them."""
    return ";".join(f"{one.from_s:.3f}:{one.until_s:.3f}:{one.rate:g}" for one in spans)


def read(text: str) -> tuple[Gentle, ...]:
    """The spans of a spec, in their order; raises ValueError when they are none, or are in each other's way."""
    spans: list[Gentle] = []
    ends = [0.0]
    for said in filter(None, text.split(";")):
        from_s, until_s, rate = said.split(":")
        one = Gentle(float(from_s), float(until_s), float(rate))
        if not (ends[-1] <= one.from_s < one.until_s and math.isfinite(one.until_s) and 0 < one.rate < math.inf):
            raise ValueError(text)
        spans.append(one)
        ends.append(one.until_s)
    return tuple(spans)


def rate_at(at_s: float, rate: float, spans: tuple[Gentle, ...]) -> float:
    """How fast the clock runs at a real moment."""
    return next((one.rate for one in spans if one.from_s <= at_s < one.until_s), rate)


def gone_s(from_s: float, at_s: float, rate: float, spans: tuple[Gentle, ...]) -> float:
    """Product seconds between two real moments."""
    gone = (at_s - from_s) * rate
    for one in spans:
        gone -= (rate - one.rate) * max(0.0, min(at_s, one.until_s) - max(from_s, one.from_s))
    return gone


def lasting_s(from_s: float, seconds: float, rate: float, spans: tuple[Gentle, ...]) -> float:
    """Real seconds from a real moment until so many product seconds have gone."""
    at_s, left = from_s, seconds
    for one in spans:
        if one.until_s <= at_s:
            continue
        for until_s, fast in ((max(at_s, one.from_s), rate), (one.until_s, one.rate)):
            if left <= (until_s - at_s) * fast:
                return at_s + left / fast - from_s
            left -= (until_s - at_s) * fast
            at_s = until_s
    return at_s + left / rate - from_s
