"""Runs of the set and outages of a site, from their records: what people read, and the same as a table for others."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from contract.judgement import OutageDone, RunDone
from contract.records import OutageBody, RunBody
from contract.wire import Moment, Wire
from contract.words import ClockQuality, Event, Status
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import sitewords
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.site.event_words import outage_words, timeline
from dashboard.core.site.events import Stored
from dashboard.core.site.verdict import run_words

SHOWN = 5
"""Of each kind before the rest is folded."""
KINDS = {"test": "run_test", "outage": "run_outage", "failed": "run_failed", "unknown": "run_unknown"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the begin of a formula."""
Body = TypeVar("Body", bound=Wire)


class Recorded(NamedTuple):
    """The body of a record that could be read, and for real or not: exercise, test, simulated, ""."""

    body: Any
    frame: str
    number: int


class Fact(Struct, frozen=True, kw_only=True):
    """One measurement of a run: its name, and its value or that it was not measured."""

    name: str
    shown: str
    missing: bool


class RunRow(Struct, frozen=True, kw_only=True):
    """One run."""

    id: str
    anchor: str
    kind: str
    when: str
    ran: str
    role: str
    worth: str
    who: str
    comment: str
    why: tuple[str, ...]
    noted: tuple[str, ...]
    facts: tuple[Fact, ...]
    frame: str


class OutageRow(Struct, frozen=True, kw_only=True):
    """One outage, with the lines of what happened in it."""

    anchor: str
    when: str
    words: str
    interrupted: str
    lines: tuple[str, ...]
    frame: str


class RunList(Struct, frozen=True, kw_only=True):
    """Both, the newest first."""

    runs: tuple[RunRow, ...]
    outages: tuple[OutageRow, ...]


def read(stored: Iterable[Stored], kind: type[Body]) -> list[Recorded]:
    """The bodies that can be read, in the order given."""
    found = []
    for one in stored:
        frame = "simulated" if one.simulated else "" if one.status == Status.ACTUAL else one.status
        try:
            found.append(Recorded(msgspec.convert(one.body, kind), frame, one.number))
        except msgspec.ValidationError:
            continue
    return found


def newest_of_each(records: Iterable[Recorded]) -> list[Recorded]:
    """A run that got a comment later was told again: the last word counts. The newest run first."""
    last: dict[str, Recorded] = {}
    for one in records:
        told = one.body.run if isinstance(one.body, RunBody) else one.body.outage
        held = last.get(told.id)
        if held is None or one.number > held.number:
            last[told.id] = one
    return sorted(last.values(), key=lambda one: (_started(one), one.number), reverse=True)


def _started(one: Recorded) -> int:
    told = one.body.run if isinstance(one.body, RunBody) else one.body.outage
    return told.started.wall_ms or 0


def run_list(runs: Iterable[Recorded], outages: Iterable[Recorded], picture: SitePicture, reader: Reader) -> RunList:
    """Runs and outages in words."""
    return RunList(
        runs=tuple(_run(one.body.run, one.frame, one.number, picture, reader) for one in newest_of_each(runs)),
        outages=tuple(_outage(one.body, one.frame, one.number, picture, reader) for one in newest_of_each(outages)),
    )


def _run(run: RunDone, frame: str, number: int, picture: SitePicture, reader: Reader) -> RunRow:
    words = run_words(run, picture, reader)
    noted = [one for one in words.noted if not (run.comment and one.endswith(run.comment))]
    return RunRow(
        id=run.id,
        anchor=f"run-{number}",
        kind=reader.t(KINDS[run.kind]),
        when=reader.moment(run.started, picture.contact),
        ran=_ran(run, reader),
        role=words.role,
        worth=words.worth,
        who=run.who,
        comment=run.comment,
        why=words.why,
        noted=tuple(noted),
        facts=_facts(run, picture, reader),
        frame=reader.phrase("status", frame) if frame else "",
    )


def _ran(run: RunDone, reader: Reader) -> str:
    """Ran N min at X %: whether that was enough is for the owner's own rule to say."""
    if run.kind == "failed":
        return reader.t("run_not_started")
    minutes = numbers.number(max(run.running_s, run.loaded_s) // 60, 0, reader.language)
    if run.load_mean_percent is not None:
        share = numbers.quantity(run.load_mean_percent, "%", 1, reader.language)
        return reader.t("run_ran_at", n=minutes, share=share)
    if run.load_mean_kw is not None:
        share = numbers.quantity(run.load_mean_kw, "kW", 0.1, reader.language)
        return reader.t("run_ran_at", n=minutes, share=share)
    return reader.t("run_ran", n=minutes)


def _facts(run: RunDone, picture: SitePicture, reader: Reader) -> tuple[Fact, ...]:
    """Everything that was measured of it, and what was not."""
    found = [Fact(name=reader.t("run_col_ended"), shown=reader.moment(run.ended, picture.contact), missing=False)]
    for key, value in _figures(run).items():
        shown = reader.t("not_measured") if value is None else numbers.number(value, _places(key), reader.language)
        found.append(Fact(name=reader.t(f"run_col_{key}"), shown=shown, missing=value is None))
    on_load = reader.t("yes_said") if run.loaded_s > 0 else reader.t("no_said")
    found.append(Fact(name=reader.t("run_col_on_load"), shown=on_load, missing=False))
    if run.alarms:
        names = ", ".join(alarm_name(key, reader.language) for key in run.alarms)
        found.append(Fact(name=reader.t("run_col_alarms"), shown=names, missing=False))
    return tuple(found)


def _figures(run: RunDone) -> dict[str, float | None]:
    """The numbers of a run by name; None was not measured."""
    return {
        "cranks": run.cranks,
        "to_voltage_s": run.to_voltage_s,
        "to_load_s": run.to_load_s,
        "running_min": run.running_s / 60,
        "loaded_min": run.loaded_s / 60,
        "share_min": run.at_share_s / 60,
        "load_min_kw": run.load_min_kw,
        "load_mean_kw": run.load_mean_kw,
        "load_max_kw": run.load_max_kw,
        "load_percent": run.load_mean_percent,
        "fuel_l": run.fuel_l,
        "battery_v": run.battery_min_v,
        "coolant_c": run.coolant_end_c,
        "oil_kpa": run.oil_min_kpa,
    }


def _places(key: str) -> int:
    return 1 if key.endswith(("_kw", "_v", "_s", "_l")) else 0


def _outage(body: OutageBody, frame: str, number: int, picture: SitePicture, reader: Reader) -> OutageRow:
    one = body.outage
    return OutageRow(
        anchor=f"outage-{number}",
        when=reader.moment(one.started, picture.contact),
        words=outage_words(one, reader),
        interrupted=reader.t("outage_interrupted") if one.interrupted else "",
        lines=timeline(Event.OUTAGE_ENDED, msgspec.to_builtins(body), reader, picture),
        frame=reader.phrase("status", frame) if frame else "",
    )


# --- for spreadsheets ---


def runs_table(records: Iterable[Recorded], reader: Reader) -> list[list[str]]:
    """All runs under their heads, the newest first."""
    rows = []
    for one in newest_of_each(records):
        run: RunDone = one.body.run
        words = [reader.t(KINDS[run.kind]), _clock(run.started, reader), _clock(run.ended, reader)]
        figures = [_figure(value, _places(key), reader) for key, value in _figures(run).items()]
        told = [
            reader.t("yes_said") if run.approved else reader.t("no_said"),
            "; ".join(sitewords.key_words(key, reader.language) for key in run.why_not),
            "; ".join(sitewords.key_words(key, reader.language) for key in run.remarks),
            "; ".join(alarm_name(key, reader.language) for key in run.alarms),
            run.who,
            run.comment,
            _status(one.frame, reader),
        ]
        rows.append([*words, *figures, *told])
    blank = RunDone(id="-", kind="test", started=_NEVER, ended=_NEVER)
    names = ["kind", "started", "ended", *_figures(blank), "approved", "why_not", "remarks", "alarms", "who",
             "comment", "status"]  # fmt: skip
    return [[reader.t(f"run_col_{name}") for name in names], *([safe(cell) for cell in row] for row in rows)]


def outages_table(records: Iterable[Recorded], reader: Reader) -> list[list[str]]:
    """All outages under their heads, the newest first."""
    rows = []
    for one in newest_of_each(records):
        outage: OutageDone = one.body.outage
        times = (outage.without_power_s, outage.on_reserve_s, outage.on_mains_s, outage.unknown_s)
        figures = [_figure(seconds / 60, 1, reader) for seconds in (sum(times), *times)]
        rows.append(
            [_clock(outage.started, reader), _clock(outage.ended, reader), *figures, str(outage.returns),
             _figure(outage.fuel_l, 1, reader), _status(one.frame, reader)]
        )  # fmt: skip
    names = ["run_col_started", "run_col_ended", "outage_col_all_min", "outage_col_dark_min", "outage_col_reserve_min",
             "outage_col_mains_min", "outage_col_unknown_min", "outage_col_returns", "outage_col_fuel_l",
             "run_col_status"]  # fmt: skip
    return [[reader.t(name) for name in names], *([safe(cell) for cell in row] for row in rows)]


_NEVER = Moment(boot="-", up_ms=0, wall_ms=None, clock=ClockQuality.UNSYNCED)


def safe(cell: str) -> str:
    """Words of people never become a formula in somebody's spreadsheet."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+([.,]\d+)?", cell, flags=re.ASCII) is not None


def _figure(value: float | None, places: int, reader: Reader) -> str:
    """Without spaces in thousands, which spreadsheets do not read; nothing where nothing was measured."""
    if value is None:
        return ""
    shown = f"{value:.{places}f}"
    return shown.replace(".", ",") if reader.language == "sv" else shown


def _clock(moment: Moment, reader: Reader) -> str:
    """2026-01-31 14:05:00+01:00 at the site; nothing when the time is not known."""
    wall_ms = reader.wall_of(moment, None)
    return "" if wall_ms is None else numbers.stamp(wall_ms, reader.zone)


def _status(frame: str, reader: Reader) -> str:
    return reader.phrase("status", frame or Status.ACTUAL)
