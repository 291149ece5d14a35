"""`python -m faults`: play a schedule of faults on a whole house of real programs and judge what came of it."""

import argparse
import asyncio
import contextlib
import json
import random
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from demo.config import Folder
from demo.core.faults import DemoFault
from faults import catalogue
from faults.core import draw, figures, schedule
from faults.core.schedule import BadSchedule, Schedule
from faults.run import Found, Run

GOOD, BAD, USAGE, INTERRUPTED = 0, 1, 2, 130
DEFAULT_MINUTES = 8.0
"""Each kind of fault has its turn in it, and an idle site its day."""
MAX_BYTES = 4 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 nothing lost, 1 something was (or the run could not be done), 2 wrong input."""
    asked = _parser().parse_args(arguments)
    if asked.list:
        for name, kind in catalogue.catalogue().items():
            print(f"{name:20} {kind.tells}{' (root)' if kind.root else ''}")
        return GOOD
    try:
        plan = _plan(asked)
        if asked.print:
            print(schedule.written(plan), end="")
            return GOOD
        return asyncio.run(_run(plan, asked.dir))
    except BadSchedule as fault:
        print(fault, file=sys.stderr)
        return USAGE
    except DemoFault as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except OSError as fault:
        print(f"could not go on: {fault}", file=sys.stderr)
        return BAD


def _plan(asked: argparse.Namespace) -> Schedule:
    """The schedule of the file, or one that is drawn; raises BadSchedule."""
    if asked.schedule is not None:
        if asked.seed is not None or asked.minutes is not None:
            raise BadSchedule("a schedule file says its own seed and minutes; leave --seed and --minutes away")
        try:
            with asked.schedule.open("rb") as file:
                text = file.read(MAX_BYTES + 1)
        except OSError as fault:
            raise BadSchedule(f"{asked.schedule}: {fault.strerror}; give the path of a schedule") from fault
        if len(text) > MAX_BYTES:
            raise BadSchedule(f"{asked.schedule}: is larger than {MAX_BYTES} bytes; a schedule is a short text")
        try:
            return schedule.read(text.decode("utf-8"), asked.schedule.name, catalogue.known())
        except UnicodeDecodeError as fault:
            raise BadSchedule(f"{asked.schedule}: is not text in UTF-8 (byte {fault.start})") from fault
    seed = secrets.randbelow(10**9) if asked.seed is None else asked.seed
    minutes = DEFAULT_MINUTES if asked.minutes is None else asked.minutes
    return draw.draw(seed, minutes, random.Random(seed).random, **catalogue.drawn())  # noqa: S311 - must be repeatable


async def _run(plan: Schedule, folder: Path | None) -> int:
    loop = asyncio.get_running_loop()
    began_s = loop.time()

    def say(sentence: str) -> None:
        print(f"{loop.time() - began_s:7.1f}  {sentence}", flush=True)

    home = Folder(folder)
    (home / "schedule.toml").write_text(schedule.written(plan), "utf-8")
    say(f"seed {plan.seed}; schedule, logs and data are in {home.home}")
    run = Run(home, plan, say)
    work = asyncio.ensure_future(run.play())
    stopped: list[int] = []

    def stop(number: int) -> None:
        stopped.append(number)
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    with contextlib.suppress(asyncio.CancelledError):
        await work
    if stopped:
        print("interrupted; all programs have ended, nothing was judged", file=sys.stderr)
        return INTERRUPTED
    return _tell(plan, run.found, say)


def _tell(plan: Schedule, found: Found, say: Callable[[str], None]) -> int:
    for note in (*found.notes, *found.left_out):
        say(note)
    if found.verdict is not None and found.verdict.gaps:
        say(f"{found.verdict.gaps} samples are told as gaps")
    for sentence in (*(found.verdict.sentences if found.verdict else ()), *found.unanswered, *found.stale[:20]):
        print(sentence, file=sys.stderr)
    line = figures.last_line(
        faults=found.faults, seed=plan.seed, verdict=found.verdict, unanswered=len(found.unanswered),
        again=found.again, stale=len(found.stale), backfill=found.backfill, figures=found.figures,
    )  # fmt: skip
    print(json.dumps(line), flush=True)
    return GOOD if figures.good(line) else BAD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("schedule", type=Path, nargs="?", help="a schedule (TOML); without one a schedule is drawn")
    parser.add_argument("--seed", type=_seed, help="draw the schedule from this number")
    parser.add_argument("--minutes", type=_minutes, help=f"length of a drawn schedule (default {DEFAULT_MINUTES:g})")
    parser.add_argument("--dir", type=Path, help="an empty folder for settings, data and logs")
    parser.add_argument("--print", action="store_true", help="print the schedule and do nothing")
    parser.add_argument("--list", action="store_true", help="print all faults")
    return parser


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0.2 <= minutes <= schedule.LONGEST_MINUTES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of minutes from 0.2 to {schedule.LONGEST_MINUTES:g}"
        )
    return minutes


if __name__ == "__main__":
    sys.exit(main())
