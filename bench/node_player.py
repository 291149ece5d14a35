"""A whole node, judged: the real program on the interpreter of the boards, a real Mosquitto, and all that goes wrong.

Entry points, coroutines that raise AssertionError where something hangs: `play(folder, reports)`, all faults in turn
among so many reports; `dark(folder, Dark(…))`, no Wi-Fi for so long; `cut(folder, operations)`, a life for each of
these numbers, which ends by a power cut within that operation of the flash. All answer with a `Verdict`. The
measurement uses them with 10 000 reports and a week that overflows the flash, the tests with short forms. The node's
clock is played; broker, sockets, TLS with a shared key and the interpreter are real (`tests/firmware/judging.py`).
"""

import asyncio
from pathlib import Path

import msgspec

from tests.firmware.judging import Verdict, World, measuring, world
from tests.firmware.nodes_played import BOUND_S


class Dark(msgspec.Struct, frozen=True, kw_only=True):
    """`seconds` without Wi-Fi, `every_s` parts two records of a channel; played time goes on in steps of `step_ms`."""

    seconds: int = 604_800
    every_s: int
    step_ms: int
    segments: int = 64
    """Of flash, 250 records in each."""


async def _frozen(made: World) -> None:
    """The broker holds its sockets and does nothing, for longer than an answer may take."""
    before = made.road.connections
    made.broker.freeze()
    await made.until(lambda: made.road.connections > before, "an end of waiting for a frozen broker")
    made.broker.thaw()


async def _forgotten(made: World) -> None:
    """The broker is killed, and comes back without memory."""
    await made.broker.kill()
    await asyncio.sleep(0.3)
    await made.broker.start()


async def _slow(made: World) -> None:
    made.road.bytes_per_s = 4_000
    await made.reports(5)
    made.road.bytes_per_s = 0


async def _closed(made: World) -> None:
    """Whoever comes is thrown out."""
    made.road.open = False
    made.road.cut()
    await asyncio.sleep(0.5)
    made.road.open = True


async def _deaf(made: World) -> None:
    """The gateway is away, and the broker confirms reports that nobody takes."""
    made.judge.away = True
    await asyncio.sleep(1.0)
    made.judge.away = False


async def _dark(made: World) -> None:
    made.darken(120)
    before = made.road.connections
    await made.until(lambda: made.road.connections > before, "a connection after the darkness")


async def _power(made: World) -> None:
    await made.cut_power()
    await made.power()


FAULTS = (_frozen, _forgotten, _slow, _closed, _deaf, _dark, _power)


async def play(folder: Path, reports: int, share: int | None = None) -> Verdict:
    """All faults in turn among so many reports, `share` of them before each."""
    share = reports // (len(FAULTS) + 1) if share is None else share
    async with world(folder, measuring(1, 1), step_ms=5_000) as made:
        await made.power()
        for fault in FAULTS:
            await made.reports(share)
            await fault(made)
        await made.until(lambda: made.judge.reports >= reports, "all reports", BOUND_S + reports / 5)
        return await made.all_told()


async def dark(folder: Path, how: Dark) -> Verdict:
    """No Wi-Fi for so long: flash fills, the oldest goes; then the present is told first, and the past at its rate."""
    async with world(folder, measuring(1, how.every_s), step_ms=how.step_ms) as made:
        await made.power({"segments": how.segments})
        await made.reports(1)
        made.darken(how.seconds)

        def after() -> list[tuple[str, int, int, int]]:
            return [one for one in made.judge.told if one[1] >= how.seconds]

        await made.until(after, "a report after the darkness", 600.0)
        made.live_first = not after()[0][2]
        seen = await made.all_told()
        gone = made.judge.missing(made.boot, made.judge.marked(made.boot))
        here = gone[-1] - gone[0] + 1 - len(gone) if gone else 0
        if here > 12:  # a few had come before the darkness
            raise AssertionError("it was not the oldest that went")
        return seen


async def cut(folder: Path, operations: tuple[int, ...]) -> Verdict:
    """The power goes within each of these operations of the flash, in one life after the other on the same flash."""
    async with world(folder, measuring(1, 1)) as made:
        made.judge.confirms = False  # while it does, nothing is written
        for operation in operations:
            await made.dies(operation)
        made.judge.confirms = True
        await made.dies(-1)
        await made.reports(1)
        return await made.all_told()
