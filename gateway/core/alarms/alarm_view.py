"""What facts for alarms are computed from in one step, and how long the engine has been doing what it does."""

from collections.abc import Callable

import msgspec

from contract.wire import Moment
from gateway.core import moments
from gateway.core.alarms.watching import Watching
from gateway.core.facts import Facts
from gateway.core.set_words import AT_REST, STARTING, TURNING
from gateway.core.site import Now, Site, number_of, word_of

Value = bool | float | str | None
"""What a fact can be; None: nobody knows."""


class View:
    """Site, settings and time of one step. What is asked twice is computed once."""

    def __init__(self, site: Site, facts: Facts, now: Now, watching: Watching) -> None:
        self.site = site
        self.facts = facts
        self.now = now
        self.watching = watching
        self._known: dict[str, Value] = {}

    def once(self, name: str, fact: "Callable[[View], Value]") -> Value:
        """A fact of the whole site."""
        if name not in self._known:
            self._known[name] = fact(self)
        return self._known[name]

    def number(self, key: str) -> float | None:
        """A number of the set's controller."""
        return number_of(self.site, self.facts.controller, key)

    def word(self, key: str) -> str | None:
        """A word of the set's controller."""
        return word_of(self.site, self.facts.controller, key)

    def any_number(self, key: str) -> float | None:
        """A number of whichever device has it; of several the lowest."""
        told = [number_of(self.site, device.name, key) for device in self.facts.devices]
        return min((one for one in told if one is not None), default=None)

    def age_s(self, moment: Moment) -> float | None:
        """How long ago, in seconds; None when nobody can tell."""
        age = moments.age_ms(moment, self.now)
        return None if age is None else age / 1000

    def since_s(self, up_ms: int | None) -> float | None:
        """How long ago an uptime of this run was, in seconds."""
        return None if up_ms is None else (self.now.up_ms - up_ms) / 1000


def followed(watching: Watching, engine: str | None, now: Now) -> Watching:
    """The engine followed by one step. A word that is missing ends nothing."""
    if engine is None:
        return watching
    if engine in STARTING or watching.engine in STARTING:
        watching = msgspec.structs.replace(watching, cranked_ms=now.up_ms)
    if engine == watching.engine:
        return watching
    rests, rested = engine in AT_REST, watching.engine in AT_REST
    began = engine in TURNING and watching.engine not in TURNING and watching.engine is not None
    return msgspec.structs.replace(
        watching,
        engine=engine,
        engine_ms=watching.engine_ms if rests is rested and watching.engine is not None else now.up_ms,
        started_ms=now.up_ms if began else watching.started_ms,
    )
