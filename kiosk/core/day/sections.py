"""All everyday sections of the screen, and which doors they stand behind. No section without content, no empty door."""

from collections.abc import Callable
from dataclasses import dataclass

from contract.messages import ServiceNow
from contract.words import Declared, Power
from kiosk.core.age import MINUTE_MS, Reader
from kiosk.core.asking.feed import FeedState
from kiosk.core.day import posts, roads, travel
from kiosk.core.day.holding import STALE_TIMES, Holding
from kiosk.core.day.offered import Offered, offered, open_line
from kiosk.core.day.section import GROUPS, Entry, Section
from kiosk.core.day.services import Today, moment_of
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.feeds.alert import Point

REACHED_MS = 10 * MINUTE_MS
"""So long an answer from outside proves that there is a network: VMA is asked at least each two minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyday:
    """What an ordinary day adds to the view. `open_text`/`open_role`: the first page's line on what is open."""

    services: tuple[Entry, ...]
    open_text: str
    open_role: Role
    sections: tuple[Section, ...]

    @property
    def doors(self) -> tuple[str, ...]:
        """Groups that lead somewhere."""
        return tuple(group for group in GROUPS if any(one.group == group for one in self.sections))


def everyday(
    held: Held,
    reader: Reader,
    power: Power | None,
    line: bool,
    holds: Callable[[ServiceNow | None], Declared],
    point: Point | None = None,
) -> Everyday:
    """`power`: as known now, None while it is not; `line`: has the municipality been heard through the box just now?

    `holds`: what a person's word on a service is worth now. `point`: where the screen stands.
    """
    holding = Holding.of(held.documents, held.items, held.feeds)
    network = line or any(_checked(state, reader) for state in held.feeds)
    today = Today(moment=moment_of(reader), power=power, network=network, reader=reader)
    overrides = holding.outage_hours.overrides if holding.outage_hours is not None else ()
    rows = offered(held.services, held.picture, overrides, today, holds)
    text, role = open_line(rows, reader)
    entries = tuple(one.entry for one in rows)
    sections = (
        *_services(rows, reader),
        *posts.here(holding, reader),
        *travel.departures(holding, reader),
        *travel.on_call(holding, reader),
        *roads.road(holding, reader, point),
        *posts.news(holding, reader, "disruptions"),
        *posts.events(holding, reader),
        *posts.rooms(holding, reader),
        *posts.businesses(holding, reader, ordinary=today.ordinary),
        *posts.news(holding, reader),
        *posts.information(holding, reader),
    )
    return Everyday(services=entries, open_text=text, open_role=role, sections=sections)


def _services(rows: tuple[Offered, ...], reader: Reader) -> tuple[Section, ...]:
    if not rows:
        return ()
    text, _ = open_line(rows, reader)
    return (
        Section(name="services", group="services", icon="services", title=reader.words.say("door.services"),
                rows=tuple(one.entry for one in rows), summary=text),
    )  # fmt: skip


def _checked(state: FeedState, reader: Reader) -> bool:
    """Was the world outside reached just now? A calendar that is asked each hour proves nothing of this minute."""
    age = None if state.checked is None or state.fault else reader.age_ms(state.checked)
    return age is not None and age <= min(STALE_TIMES * state.every_s * 1000, REACHED_MS)
