"""What many browsers see alike is gathered once, and nobody gets what was gathered before the change that woke them."""

import asyncio
import itertools
from typing import Any

import pytest

from dashboard.core.access.people import Person
from dashboard.core.overview.drawing import Sheet
from dashboard.io.web.gathered import MOST, Gathered, Gatherings
from dashboard.io.web.live import Hub


def made(number: int) -> Gathered:
    """A gathering that is known by its number."""
    sheet = Sheet(pins=(), areas="", lines="", unplaced=(), scale=None)
    return Gathered(everything=[], chosen=[], versions={}, summary=str(number), regions=[], newest_at=None, sheet=sheet,
                    drawn="", at_ms=number)  # fmt: skip


def counting() -> Any:
    """Each call makes the next one."""
    numbers = itertools.count(1)
    return lambda: made(next(numbers))


def test_fifty_browsers_that_are_woken_together_cost_one_gathering() -> None:
    """One change, fifty questions, one answer made."""

    async def play() -> tuple[int, set[str]]:
        hub = Hub()
        gatherings, make = Gatherings(hub, lambda: 0), counting()
        hub.tell("a")
        answers = await asyncio.gather(*(gatherings.soon("all", make) for _ in range(50)))
        return gatherings.made, {one.summary for one in answers}

    assert (1, {"1"}) == asyncio.run(play())


def test_who_is_woken_by_a_change_never_gets_what_was_gathered_before_it() -> None:
    """Without a change the same is given again; after one it is another."""

    async def play() -> list[str]:
        hub = Hub()
        gatherings, make = Gatherings(hub, lambda: 0), counting()
        first, same = await gatherings.soon("all", make), await gatherings.soon("all", make)
        hub.tell("a")
        after = await gatherings.soon("all", make)
        opened = gatherings.now("all", make)
        return [one.summary for one in (first, same, after, opened)]

    assert ["1", "1", "2", "2"] == asyncio.run(play())


def test_without_a_change_time_alone_makes_it_be_gathered_again() -> None:
    """Words that move by themselves, as what is overdue, are never a second behind."""
    clock = [0]
    gatherings, make = Gatherings(Hub(), lambda: clock[0]), counting()

    first = gatherings.now("all", make).summary
    clock[0] = 5000

    assert ("1", "2") == (first, gatherings.now("all", make).summary)


def test_change_while_it_is_gathered_makes_it_be_gathered_again() -> None:
    """What was told in the middle may be missing in it."""

    async def play() -> list[str]:
        hub = Hub()
        gatherings, make = Gatherings(hub, lambda: 0), counting()

        def interrupted() -> Gathered:
            hub.tell("a")
            return make()  # type: ignore[no-any-return]

        return [(await gatherings.soon("all", interrupted)).summary, (await gatherings.soon("all", make)).summary]

    assert ["1", "2"] == asyncio.run(play())


def test_who_may_see_other_sites_gets_a_gathering_of_their_own() -> None:
    """Two ways to look never share; what nobody looks at any more is forgotten."""

    async def play() -> tuple[str, str, int]:
        gatherings, make = Gatherings(Hub(), lambda: 0), counting()
        one, other = await asyncio.gather(gatherings.soon("one", make), gatherings.soon("other", make))
        for way in range(2 * MOST):
            gatherings.now(way, make)
        return one.summary, other.summary, len(gatherings._kept)

    assert ("1", "2", MOST) == asyncio.run(play())


def test_fault_reaches_everybody_who_waits_and_the_next_question_is_tried_anew() -> None:
    """A store that does not answer leaves nobody waiting for ever."""

    def broken() -> Gathered:
        raise ValueError("no")

    async def play() -> tuple[list[Any], str]:
        gatherings = Gatherings(Hub(), lambda: 0)
        faults = await asyncio.gather(*(gatherings.soon("all", broken) for _ in range(3)), return_exceptions=True)
        return faults, (await gatherings.soon("all", counting())).summary

    faults, after = asyncio.run(play())
    assert ["no"] * 3 == [str(fault) for fault in faults]
    assert "1" == after


def test_who_leaves_while_it_is_gathered_takes_it_from_nobody() -> None:
    """A browser that goes away does not end what others wait for."""

    async def play() -> str:
        gatherings, make = Gatherings(Hub(), lambda: 0), counting()
        leaving = asyncio.ensure_future(gatherings.soon("all", make))
        staying = asyncio.ensure_future(gatherings.soon("all", make))
        leaving.cancel()
        return (await staying).summary

    assert "1" == asyncio.run(play())


@pytest.mark.parametrize("urgent", [True, False])
def test_sign_of_life_goes_with_the_next_change_or_by_itself(urgent: bool) -> None:
    """A heartbeat that changes no word is told all the same, together with what is told at once."""

    async def still() -> bool:
        return True

    async def play() -> bytes:
        hub = Hub()
        stream = hub.stream(Person(), still)
        await anext(stream)
        hub.tell("calm", calm=True)
        if urgent:
            hub.tell("now")
        told = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        return bytes(told.data)  # type: ignore[arg-type]

    assert (b'{"sites":["calm","now"]}' if urgent else b'{"sites":["calm"]}') == asyncio.run(play())
