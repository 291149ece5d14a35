"""When is a feed asked next? Pure: seconds go in and out, and chance is a number from 0 to 1 that the caller draws.

Three rules stand above the rest: VMA is asked again within seconds after a failure, nothing that a server says keeps it
from being asked for longer than two minutes, and it is the last to be thinned when the power runs out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

QUICK_S = (5.0, 15.0)
"""VMA after a failure: one lost request must not blind the screen for a minute."""
QUICK_TRIES = 3
"""After so many quick tries in a row it is asked at its normal pace: a server in trouble is not helped by more."""
VITAL_LONGEST_S = 120.0
"""VMA is never asked more seldom, until the last hour; and no server may silence it for longer."""
RETRY_AFTER_S = 3600.0
MAX_AGE_S = 3600.0
FIRST_BACK_OFF_S = 30.0
SPREAD_S = 45.0
"""All points of a county find the network back in the same second: other feeds wait up to so long, after VMA."""
VITAL_SPREAD_S = 2.0
DAY_BEGINS, DAY_ENDS = 5, 22
"""Hours on the wall at the site."""


class Tier(IntEnum):
    """How scarce power or bytes are. Whoever knows the power state chooses (`power_tiers.py`); the keeper obeys."""

    PLENTY = 0
    SAVING = 1
    LOW = 2
    LAST_HOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a feed is asked in each tier, in product seconds; None: not at all.

    `vital`: VMA's rules. `longest_s`: the back-off after failures grows up to this, never beyond. `alone_s`: the least
    interval while nobody stands before the screen; `night_s`: the same between 22 and 5.
    """

    every_s: tuple[float | None, float | None, float | None, float | None]
    longest_s: float
    vital: bool = False
    alone_s: float = 0.0
    night_s: float = 0.0

    def at(
        self, tier: Tier, wanted_s: float | None = None, *, night: bool = False, watched: bool = False
    ) -> float | None:
        """The interval in this tier; `wanted_s` replaces the normal one, and is thinned no less."""
        own = self.every_s[tier]
        if own is not None and not watched:
            least = max(self.alone_s, self.night_s if night else 0.0)
            own, wanted_s = max(own, least), None if wanted_s is None else max(wanted_s, least)
        if own is None or wanted_s is None:
            return own
        every_s = wanted_s if tier is Tier.PLENTY else max(wanted_s, own)
        return min(every_s, VITAL_LONGEST_S) if self.vital and tier is not Tier.LAST_HOUR else every_s


def is_night(now: datetime | None) -> bool:
    """Is it between 22 and 5 on the wall at the site? Who does not know the time asks as by day."""
    return now is not None and not DAY_BEGINS <= now.hour < DAY_ENDS


def after_answer_s(every_s: float, pace: Pace, max_age_s: float | None, chance: float) -> float:
    """Seconds until the next request after a good one: a little early, so that sites drift apart."""
    wait = every_s * (0.9 + 0.1 * chance)
    if max_age_s is not None and not pace.vital:
        wait = max(wait, min(max_age_s, MAX_AGE_S))
    return wait


def after_failure_s(every_s: float, pace: Pace, failures: int, retry_after_s: float | None, chance: float) -> float:
    """Seconds until the next try after `failures` (1 …) failures in a row."""
    if pace.vital:
        low, high = QUICK_S
        quick = low + (high - low) * chance
        wait = quick if failures <= QUICK_TRIES else every_s * (0.7 + 0.3 * chance)
        return max(wait, min(retry_after_s or 0.0, VITAL_LONGEST_S))
    ceiling = min(pace.longest_s, FIRST_BACK_OFF_S * 2.0 ** min(failures - 1, 20))
    wait = ceiling * (0.5 + 0.5 * chance)
    return max(wait, min(retry_after_s or 0.0, RETRY_AFTER_S))


def first_s(every_s: float, pace: Pace, checked_age_s: float | None, chance: float) -> float:
    """Seconds until the first request of a run: VMA at once, the others spread behind it.

    `checked_age_s`: how old the newest good answer is, when that is known. A keeper that was started again need not ask
    again what it has just heard, so one that keeps dying does not hammer anybody.
    """
    wait = VITAL_SPREAD_S * chance if pace.vital else VITAL_SPREAD_S + min(SPREAD_S, every_s / 4) * chance
    if checked_age_s is None or not 0 <= checked_age_s < every_s:
        return wait
    return max(wait, min(every_s - checked_age_s, every_s))


def network_back_s(pace: Pace, chance: float) -> float:
    """Seconds from the first sign that the network is back until this feed is asked again."""
    return VITAL_SPREAD_S * chance if pace.vital else QUICK_S[1] + SPREAD_S * chance


def retry_after_s(header: str, answered: str) -> float | None:
    """The `Retry-After` of an answer, in both forms; None when it says nothing that can be used.

    A date is compared with the answer's own `Date`: the server's clock against itself, for ours may be wrong.
    """
    header = header.strip()
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    until, said = http_date(header), http_date(answered)
    return None if until is None or said is None else max(0.0, (until - said).total_seconds())


def max_age_s(cache_control: str, age: str = "") -> float | None:
    """How much longer the answer counts as new by `Cache-Control: max-age` and `Age`; None when nothing is said."""
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,9})", cache_control, re.IGNORECASE)
    if found is None:
        return None
    return max(0.0, float(found[1]) - age_s(age))


def age_s(age: str) -> float:
    """The `Age` of an answer: how long it has lain in a cache on its way; 0 when nothing is said."""
    return float(age) if re.fullmatch(r"[0-9]{1,9}", age.strip()) else 0.0


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def http_date(text: str) -> datetime | None:
    """`Sun, 06 Nov 1994 08:49:37 GMT` as a moment; None for anything else (nobody sends the dead forms)."""
    found = re.fullmatch(
        r"\w{3}, ([0-9]{2}) (\w{3}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT", text.strip(), re.ASCII
    )
    if found is None or found[2].lower() not in MONTHS:
        return None
    day, year, hour, minute, second = (int(found[number]) for number in (1, 3, 4, 5, 6))
    try:
        return datetime(year, MONTHS.index(found[2].lower()) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
