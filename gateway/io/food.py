"""The book of the food control: a row per watched place and day in the store, the last days as a message."""

import logging
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from contract import topics
from contract.food import MOST_DAYS, MOST_PLACES, FoodLog, FoodPlace
from contract.messages import Value, encode
from contract.wire import Moment
from contract.words import ClockQuality
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.facts import Facts, PlaceFacts
from gateway.core.nodes.food import PlaceDay, begun, day_of, days_back, read
from gateway.core.pipeline import Earlier
from gateway.core.site import Now
from gateway.io.store import Store, StoreFault

log = logging.getLogger(__name__)

SHOWN_DAYS = 31
SAID_EVERY_MS = 60_000
Note = tuple[str, bytes]


class FoodBook:
    """All watched places of a site."""

    def __init__(self, store: Store, facts: Facts, timezone: str) -> None:
        self._store = store
        self._facts = facts
        self._zone = ZoneInfo(timezone)
        self._places = {(one.device, one.signal): one for node in facts.nodes for one in node.places if one.food}
        self._days: dict[str, PlaceDay | None] = {}
        """By the name of its note, what was looked at so far; None: there is none."""
        self._out: dict[tuple[str, str], tuple[Moment, bool] | None] = {}
        """Of what was read in this run: since when beyond a limit, and was it so at the first reading? None: within."""
        self._said_ms: int | None = None
        self._news = False

    def take(self, device: str, values: dict[str, Value], earlier: Iterable[Earlier], now: Now) -> tuple[Note, ...]:
        """What a report adds, as notes for the disk. What nobody can date stands in no day."""
        touched: dict[str, PlaceDay] = {}
        for one in earlier:
            for key, value in one.values.items():
                self._add(touched, (device, key), value, one.at, late=True)
        for key, value in values.items():
            ago_ms = now.up_ms - value.up_ms
            wall_ms = None if now.wall_ms is None else now.wall_ms - ago_ms
            at = msgspec.structs.replace(now, wall_ms=wall_ms, up_ms=value.up_ms)
            self._watch((device, key), value, at)
            self._add(touched, (device, key), value, at, late=False)
        return tuple((name, msgspec.json.encode(day)) for name, day in touched.items())

    def due(self, now: Now) -> list[Message]:
        """The log, where it has changed and was not told just now."""
        if not self._news or (self._said_ms is not None and now.up_ms - self._said_ms < SAID_EVERY_MS):
            return []
        return self.messages(now)

    def messages(self, now: Now) -> list[Message]:
        """The log of the last days; nothing at a site without such places.

        Nor without a clock: the log that lies at the broker is better than that of wrong days.
        """
        if not self._places or now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
            return []
        self._news, self._said_ms = False, now.up_ms
        names = [
            _name(day, place)
            for day in days_back(now.wall_ms, self._zone, SHOWN_DAYS)
            for place in self._places.values()
        ]
        found = [day.told() for name in names if (day := self._held(name)) is not None]
        places = tuple(self._place(where, one) for where, one in list(self._places.items())[:MOST_PLACES])
        said = FoodLog(head=announce.head(self._facts, now), days=tuple(found[:MOST_DAYS]), places=places)
        return [(topics.food(self._facts.site), encode(said))]

    def _place(self, where: tuple[str, str], place: PlaceFacts) -> FoodPlace:
        since, longer = self._out.get(where) or (None, False)
        return FoodPlace(
            device=place.device, signal=place.signal, place=place.title, above=place.above, below=place.below,
            out_since=since, out_longer=longer,
        )  # fmt: skip

    def _watch(self, where: tuple[str, str], value: Value, at: Now) -> None:
        """Since when a place is beyond; what is not known ends nothing."""
        place = self._places.get(where)
        if place is None or not isinstance(value.value, (int, float)):
            return
        since = self._out.get(where) or (at.moment(), where not in self._out)
        now_out = since if place.out(value.value) else None
        self._news = self._news or now_out != self._out.get(where)
        self._out[where] = now_out

    def _add(self, touched: dict[str, PlaceDay], where: tuple[str, str], value: Value, at: Now, *, late: bool) -> None:
        place = self._places.get(where)
        if place is None or at.wall_ms is None or at.clock is ClockQuality.UNSYNCED:
            return
        if not isinstance(value.value, (int, float)):
            return
        day = day_of(at.wall_ms, self._zone)
        name = _name(day, place)
        held = self._held(name) or begun(place, day)
        for_ms = int(1000 * place.every_s)
        self._days[name] = touched[name] = read(held, value.value, at.wall_ms, for_ms, self._zone, late=late)
        self._news = True

    def _held(self, name: str) -> PlaceDay | None:
        if name not in self._days:
            try:
                body = self._store.noted(name)
                self._days[name] = msgspec.json.decode(body, type=PlaceDay) if body else None
            except (StoreFault, msgspec.DecodeError) as fault:
                log.warning("a day of the food log cannot be read (%s)", fault)
                return None
        return self._days[name]


def _name(day: str, place: PlaceFacts) -> str:
    return f"food {day} {place.device}/{place.signal}"
