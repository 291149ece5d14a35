"""`python -m faults.day`: a day of warnings before a real kiosk, with faults, judged minute by minute from outside."""

import argparse
import asyncio
import contextlib
import json
import secrets
import signal
import statistics
import sys
from pathlib import Path
from typing import Any

import msgspec

from demo.config import Folder
from demo.core.faults import DemoFault
from faults.day.judge import Deviation, Judge
from faults.day.plan import LONG, SHORT
from faults.day.record import Record
from faults.day.run import Day
from faults.day.schedule import Broken, draw

GOOD, BAD, USAGE, INTERRUPTED = 0, 1, 2, 130
RATE = 400.0
"""A day in three and a half minutes."""
RECORD = "record.json"
"""In the folder of the run: all that happened."""
SHOWN = 60
"""Deviations that are printed; all are counted."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 every minute right, 1 one was not (or it could not be played), 2 wrong input."""
    asked = _parser().parse_args(arguments)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    plan = SHORT if asked.short else LONG
    faults = () if asked.calm else draw(seed, plan, plan.hours * 3600 / RATE)
    if asked.print:
        for one in faults:
            print(f"{one.at_s:7.1f}  {one.told()}")
        return GOOD
    try:
        if asked.again is not None:
            return _again(asked.again, short=asked.short)
        return asyncio.run(_run(asked, seed, faults))
    except DemoFault as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except (OSError, TimeoutError) as fault:
        print(f"could not go on: {fault or 'the screen drew nothing for a minute'}", file=sys.stderr)
        return BAD


async def _run(asked: argparse.Namespace, seed: int, faults: tuple[Broken, ...]) -> int:
    plan, home = SHORT if asked.short else LONG, Folder(asked.dir)
    day = Day(home, plan, faults, RATE, lambda sentence: print(f"{_at(day):>7}  {sentence}", flush=True))
    print(f"seed {seed}; {plan.hours:g} hours at {RATE:g} s in a second; files are in {home.home}", flush=True)
    work = asyncio.ensure_future(day.play())
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: (stopped.append(1), work.cancel()))
    with contextlib.suppress(asyncio.CancelledError):
        await work
    if stopped:
        print("interrupted; all programs have ended, nothing was judged", file=sys.stderr)
        return INTERRUPTED
    (home.home / RECORD).write_bytes(msgspec.json.encode(day.record))
    return _tell(Judge(plan, day.record), day.services.surprises, {"seed": seed, "faults": len(faults)})


def _again(folder: Path, *, short: bool) -> int:
    """Judge a day that was recorded."""
    record = msgspec.json.decode((folder / RECORD).read_bytes(), type=Record)
    return _tell(Judge(SHORT if short else LONG, record), [], {})


def _at(day: Day) -> str:
    minute = max(0, int(day.record.hour(day.second()) * 60)) if day.record.boots else 0
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _tell(judge: Judge, surprises: list[str], told: dict[str, Any]) -> int:
    deviations = judge.day()
    for one in deviations[:SHOWN]:
        print(one.told(), file=sys.stderr)
    for sentence in surprises:
        print(f"by itself: {sentence}", file=sys.stderr)
    line = {"bench": "day"} | told | _figures(judge, deviations) | {"ended_by_themselves": len(surprises)}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return GOOD if not deviations and not surprises and judge.judged else BAD


def _figures(judge: Judge, deviations: list[Deviation]) -> dict[str, Any]:
    taken, record = judge.latencies_ms(), judge.record
    return {
        "minutes": judge.judged + judge.dark, "judged": judge.judged, "dark": judge.dark, "wrong": len(deviations),
        "minutes_wrong": len({minute for one in deviations for minute in range(one.first, one.last + 1)}),
        "answers": {name: len(found) for name, found in record.told.items()}, "frames": len(record.frames),
        "answer_to_screen_ms": {"p50": round(statistics.median(taken)), "most": round(max(taken))} if taken else None,
        "kept_waiting_s": round(max((late for _, late in record.late), default=0.0), 2),
    }  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faults.day", description=__doc__)
    parser.add_argument("--seed", type=_seed, help="draw the faults from this number")
    parser.add_argument("--short", action="store_true", help="three hours with four warnings in half a minute")
    parser.add_argument("--calm", action="store_true", help="without faults")
    parser.add_argument("--dir", type=Path, help="an empty folder for settings, data and logs")
    parser.add_argument("--again", type=Path, metavar="DIR", help="judge the day that lies in this folder once more")
    parser.add_argument("--print", action="store_true", help="print the faults and do nothing")
    return parser


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
