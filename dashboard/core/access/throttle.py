"""Wrong passwords cost time: a growing wait for an address and for a device, a short one for an account.

A stranger makes a known device of the owner wait for nothing: what the stranger gets wrong counts for the stranger's
address and, up to a minute, for devices that have never signed in to the account.

A try counts as wrong from the moment it begins and is taken back when it was right: a thousand tries at the same moment
are a thousand, and not one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct, field

FORGOTTEN_MS = 3_600_000
MOST_KEYS = 5000
MOST_NAMES = 100

Key = tuple[str, str]
"""A kind of `RULES`, and whose."""


class Rule(NamedTuple):
    """`free` wrong tries cost nothing; then 1 s, 2 s, 4 s … up to `longest_s`."""

    free: int
    longest_s: int


RULES = {"address": Rule(5, 900), "device": Rule(5, 900), "account": Rule(10, 60), "code": Rule(10, 900),
         "token": Rule(5, 900)}  # fmt: skip
"""`code`: the codes of an account, which somebody guesses who has its password already. `token`: of programs at an
address; one that was forgotten somewhere and tries on keeps nobody there from signing in."""


class _Tally(Struct):
    wrong: int = 0
    last_ms: int = 0
    until_ms: int = 0
    names: dict[str, int] = field(default_factory=dict)
    """How many of them were for which account."""


class Throttle:
    """All that was got wrong lately, in this program's memory."""

    def __init__(self) -> None:
        self._tallies: dict[Key, _Tally] = {}

    def begin(self, keys: Iterable[Key], now_ms: int) -> int:
        """A try: whole seconds to wait before it, and then nothing was counted; 0: it counts as wrong until `right`."""
        told = tuple(keys)
        left = [self._tallies[key].until_ms - now_ms for key in told if key in self._tallies]
        wait_s = max(0, -(-max(left, default=0) // 1000))
        if not wait_s:
            for key in told:
                self._count(key, _name(told), now_ms)
        return wait_s

    def _count(self, key: Key, name: str, now_ms: int) -> None:
        tally = self._tallies.pop(key, None) or _Tally()
        if now_ms - tally.last_ms > FORGOTTEN_MS:
            tally = _Tally()
        rule = RULES[key[0]]
        tally.wrong += 1
        tally.last_ms = now_ms
        past = tally.wrong - rule.free
        if past > 0:
            tally.until_ms = now_ms + 1000 * min(2 ** min(past - 1, 20), rule.longest_s)
        if name in tally.names or len(tally.names) < MOST_NAMES:
            tally.names[name] = tally.names.get(name, 0) + 1
        self._tallies[key] = tally
        while len(self._tallies) > MOST_KEYS:
            self._tallies.pop(next(iter(self._tallies)))  # the one that was wrong longest ago

    def right(self, keys: Iterable[Key]) -> None:
        """Somebody has signed in: nothing is held against them. What their address got wrong of others' names stays,
        else whoever has an account could try all others for ever."""
        told = tuple(keys)
        for key in told:
            tally = self._tallies.pop(key, None)
            if tally is None or key[0] != "address":
                continue
            tally.wrong -= tally.names.pop(_name(told), 0)
            tally.until_ms = 0
            if tally.wrong > 0:
                self._tallies[key] = tally

    def take_back(self, keys: Iterable[Key]) -> None:
        """A try that was not looked at."""
        told = tuple(keys)
        for key in told:
            tally = self._tallies.get(key)
            if tally is not None:
                tally.wrong -= 1
                tally.until_ms = 0
                tally.names[_name(told)] = max(0, tally.names.get(_name(told), 0) - 1)


def _name(keys: tuple[Key, ...]) -> str:
    return next((whose for kind, whose in keys if kind == "account"), "")
