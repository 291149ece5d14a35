"""`watch`: one device again and again, what changes marked, and how the wire is: a table, lines or JSON."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

from contract.words import Origin, Quality
from doors.clock import Clock
from gateway.core.wire.rounds import Rounds
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.tools.lines import FAILED, MISTAKES, USAGE, Reach, add_device, fail, reach_of
from gateway.tools.read import judged
from gateway.tools.rounds_told import Lines, Objects

SLOW_EVERY = 10
"""What is slow is read in the first of so many rounds."""


def add_watch(subparsers: Any) -> None:
    """Add `watch` to a program's commands (argparse's subparsers)."""
    watch = subparsers.add_parser("watch", help="read one device again and again, mark what changes")
    watch.add_argument("--every", type=float, default=2.0, metavar="S", help="seconds from round to round (2)")
    watch.add_argument("--rounds", type=int, metavar="N", help="end after so many rounds; until Ctrl-C when left out")
    watch.add_argument("--only", default="", metavar="PART", help="only signals that have this in their names")
    watch.add_argument("--all", action="store_true", help="also alarms that are at rest and what is not fitted")
    watch.add_argument("--json", action="store_true", help="one JSON object per round")
    add_device(watch)


async def run_watch(args: argparse.Namespace) -> int:
    """`watch`: 0 when it ended as asked, 1 when the device is another one or never answered, 2 for a mistake."""
    try:
        reach = reach_of(args)
        if not 0.1 <= args.every <= 3600:
            raise ValueError(f"--every: {args.every:g} is not between 0.1 and 3600 seconds")
        if args.rounds is not None and args.rounds < 1:
            raise ValueError(f"--rounds: {args.rounds} is not at least 1")
    except MISTAKES as fault:
        return fail(fault, USAGE)
    wire = open_line(reach.line)
    device = Device(wire, reach.unit, reach.profile, anyway=reach.anyway)
    screen = _screen(args, reach)
    heard = False
    try:
        async with contextlib.aclosing(_rounds(device, args.every, args.rounds)) as all_rounds:
            with screen:
                async for rounds in all_rounds:
                    fits, sentence = judged(device, rounds.values)
                    heard = heard or fits
                    if device.verdict.fits is False:
                        break
                    screen.show(device, rounds, sentence)
    finally:
        await wire.close()
    screen.end(device)
    if device.verdict.fits is False:
        return fail(f"{reach.profile.name}, {device.verdict.sentence}", FAILED)
    return 0 if heard else fail(f"{reach.profile.name}, unit {reach.unit} on {reach.line.name} never answered", FAILED)


async def _rounds(device: Device, every_s: float, most: int | None) -> AsyncIterator[Rounds]:
    """Round after round until SIGINT or SIGTERM; a round that is under way then is not told."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.create_task(stop.wait(), name="stop")
    rounds, began = Rounds(), loop.time()
    try:
        while most is None or rounds.number < most:
            work = asyncio.create_task(_one(device, rounds), name="round")
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                work.cancel()
                await asyncio.wait({work})
                return
            rounds = work.result()
            yield rounds
            began = max(began + every_s, loop.time())
            if rounds.number != most:
                await asyncio.wait({stopped}, timeout=began - loop.time())
            if stop.is_set():
                return
    finally:
        stopped.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _one(device: Device, rounds: Rounds) -> Rounds:
    """One round. The first reads everything, so that all that is there stands there."""
    up_ms = Clock().up_ms
    values = await device.values("fast", up_ms, Origin.MEASURED)
    silent = all(value.quality is Quality.COMM_ERROR for value in values.values())
    if device.verdict.fits and not silent and rounds.number % SLOW_EVERY == 0:
        values |= await device.values("slow", up_ms, Origin.MEASURED)
    return rounds.then(values)


def _screen(args: argparse.Namespace, reach: Reach) -> Any:
    """What fits the place where it is shown: has `show` and `end`, and is held open meanwhile."""
    if args.json:
        return Objects(args, reach)
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", ""):
        from gateway.tools.live import Live

        return Live(args.only, args.all, reach)
    return Lines(args, reach)
