"""What goes wrong on the day and when, drawn from a seed; printed, so that a bad day can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from faults.day.plan import Plan

HANGS = ("silent", "slow")
"""Troubles that hold a question until its deadline, twenty real seconds."""
QUICK = ("answers-500", "answers-503", "cut-short", "wrong-length", "wrong-charset", "429-seconds", "429-date", "html",
         "empty", "garbage", "redirect-loop", "packed-cut", "hangs-up", "huge")  # fmt: skip
"""Troubles that are over at once."""
FEEDS = ("vma", "smhi", "all")
QUIET_S, LAST_S = 2.5, 6.0
"""Quiet at the beginning and at the end, so that a day begins and ends well."""
CANCEL_LIVES_H = 6.0
"""So long a cancel stays on VMA's list."""


@dataclass(frozen=True, slots=True, order=True)
class Broken:
    """One fault. Times in real seconds since the day began.

    `kind`: keeper, screen (killed, come back by themselves), broker, server (killed, away for `for_s`), trouble (a feed
    misbehaves), internet (away: feeds and municipality), power (the box is dark for `for_s`, then awakes and does not
    know the time for `unknown_s`).
    """

    at_s: float
    kind: str
    for_s: float = 0.0
    feed: str = ""
    trouble: str = ""
    unknown_s: float = 0.0

    @property
    def until_s(self) -> float:
        """When it is over."""
        return self.at_s + self.for_s

    def told(self) -> str:
        """In words."""
        lasts = f" for {self.for_s:.1f} s" if self.for_s else ""
        what = f" {self.feed} {self.trouble}" if self.trouble else ""
        clock = f", clock unknown for {self.unknown_s:.1f} s" if self.unknown_s else ""
        return f"{self.kind}{what}{lasts}{clock}"


def draw(seed: int, plan: Plan, length_s: float) -> tuple[Broken, ...]:
    """The faults of one day that lasts so many real seconds."""
    chance = Random(seed)  # noqa: S311 - must be repeatable
    long = length_s > 60
    found = [*_kills(chance, length_s), *_losses(chance, length_s, long), *_troubles(chance, length_s, long)]
    found += [*_blind(chance, plan, length_s), *_power(chance, length_s)] if long else _short_blind(chance, length_s)
    return tuple(sorted(one for one in found if one.until_s + one.unknown_s < length_s - LAST_S))


def _every(chance: Random, length_s: float, mean_s: float) -> Iterator[float]:
    at_s = QUIET_S
    while (at_s := at_s + mean_s * (0.4 + 1.2 * chance.random())) < length_s - QUIET_S:
        yield round(at_s, 2)


def _kills(chance: Random, length_s: float) -> Iterator[Broken]:
    for at_s in _every(chance, length_s, 14.0):
        yield Broken(at_s, "keeper")
    for at_s in _every(chance, length_s, 18.0):
        yield Broken(at_s, "screen")


def _losses(chance: Random, length_s: float, long: bool) -> Iterator[Broken]:
    for at_s in _every(chance, length_s, 40.0 if long else 14.0):
        yield Broken(at_s, "broker", for_s=_between(chance, 0.5, 12.0 if long else 3.0))
    for at_s in _every(chance, length_s, 45.0 if long else 16.0):
        yield Broken(at_s, "server", for_s=_between(chance, 0.5, 10.0 if long else 4.0))


def _troubles(chance: Random, length_s: float, long: bool) -> Iterator[Broken]:
    for at_s in _every(chance, length_s, 12.0 if long else 8.0):
        which = chance.choice((*QUICK, *HANGS) if long else QUICK)
        feed = chance.choice(FEEDS)
        yield Broken(at_s, "trouble", _between(chance, 0.5, 8.0 if long else 3.0), feed=feed, trouble=which)


def _blind(chance: Random, plan: Plan, length_s: float) -> Iterator[Broken]:
    """Once for longer than a cancel lives on the list, once for a while."""
    hour_s = length_s / plan.hours
    cancel = next(one for one in plan.says if one.do == "cancel" and one.real)
    begins_h = cancel.at_h - 0.1 - 0.9 * chance.random()
    ends_h = cancel.at_h + CANCEL_LIVES_H + 0.3 + chance.random()
    yield Broken(round(begins_h * hour_s, 2), "internet", for_s=round((ends_h - begins_h) * hour_s, 2))
    yield Broken(round(chance.uniform(0.05, 0.25) * length_s, 2), "internet", for_s=_between(chance, 5.0, 12.0))


def _short_blind(chance: Random, length_s: float) -> Iterator[Broken]:
    """Half a minute has room for one time without a network, and in it the box awakes without knowing the time."""
    begins_s = round(chance.uniform(0.4, 0.46) * length_s, 2)
    yield Broken(begins_s, "internet", for_s=9.5)
    yield Broken(round(begins_s + _between(chance, 0.3, 1.0), 2), "power", for_s=0.3, unknown_s=6.5)


def _power(chance: Random, length_s: float) -> Iterator[Broken]:
    """The box loses its power; it awakes without knowing the time."""
    for low, high in ((0.1, 0.35), (0.42, 0.6), (0.7, 0.85)):
        at_s = round(chance.uniform(low, high) * length_s, 2)
        yield Broken(at_s, "power", for_s=_between(chance, 0.3, 2.0), unknown_s=_between(chance, 4.0, 25.0))


def _between(chance: Random, low: float, high: float) -> float:
    return round(chance.uniform(low, high), 2)
