"""Who is woken at the centre, and over which ways."""

from msgspec import Struct

from contract.waking import Person
from contract.words import Status


class Channel(Struct, frozen=True, kw_only=True):
    """A way to reach somebody. `address` is a secret: never shown, never logged."""

    number: int
    person: int
    label: str
    address: str
    exercises: bool
    tests: bool


class Woken(Struct, frozen=True, kw_only=True):
    """One person of the list. Quiet hours in minutes of the day; both None: never quiet."""

    number: int
    name: str
    scope: str
    language: str
    quiet_from: int | None
    quiet_until: int | None
    channels: tuple[Channel, ...] = ()


def persons(people: list[Woken]) -> tuple[Person, ...]:
    """As the judgement knows them; whoever can not be reached is not among them."""
    return tuple(
        Person(id=str(one.number), quiet=_quiet(one), wants=_wants(one), scope=one.scope)
        for one in people
        if one.channels
    )


def _quiet(one: Woken) -> tuple[int, int] | None:
    if one.quiet_from is None or one.quiet_until is None:
        return None
    return one.quiet_from, one.quiet_until


def _wants(one: Woken) -> tuple[Status, ...]:
    wants = [Status.ACTUAL]
    if any(channel.exercises for channel in one.channels):
        wants.append(Status.EXERCISE)
    if any(channel.tests for channel in one.channels):
        wants.append(Status.TEST)
    return tuple(wants)
