"""`sotpunkt-kiosk timetable cut`: a few stops out of a GTFS file, as the document `timetable` for `content publish`."""

import argparse
from datetime import date
from pathlib import Path

from kiosk.io.gtfs import cut

MOST_DAYS = 60


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its arguments."""
    timetable = commands.add_parser("timetable", help="cut a timetable for a few stops out of a GTFS file")
    one = timetable.add_subparsers(required=True, metavar="cut", dest="deed").add_parser("cut")
    one.add_argument("gtfs", type=Path, metavar="GTFS.zip")
    one.add_argument("--stop", action="append", required=True, metavar="ID", help="a stop, station or area; repeatable")
    one.add_argument("--from", dest="first", type=_day, required=True, metavar="DAY", help="the first day, 2026-11-22")
    one.add_argument("--days", type=_days, default=14, metavar="N", help=f"so many days, at most {MOST_DAYS}")
    one.add_argument("--out", type=Path, required=True, metavar="FILE.json")


def run(asked: argparse.Namespace) -> str:
    """Cut and write; what to tell the user. Raises BadTimetable, OSError."""
    data = cut(asked.gtfs, asked.stop, first=asked.first, days=asked.days)
    unfinished = asked.out.with_name(f".{asked.out.name}")
    unfinished.write_bytes(data)
    unfinished.replace(asked.out)
    return f"{asked.out}: {len(data)} bytes, {asked.days} days from {asked.first}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-22") from fault


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MOST_DAYS}")
    return int(text)
