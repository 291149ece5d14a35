"""`read`: one device once, every signal with its quality and reason."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from contract.messages import Value
from contract.words import Origin, Quality
from doors.clock import Clock
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.schema import Profile, Row
from gateway.tools.lines import FAILED, MISTAKES, USAGE, Reach, add_device, fail, reach_of, say

HEADS = ("signal", "value", "unit", "quality", "reason")
FOOTNOTE = "* experimental: one source only, or sources that disagree; compare it with the display"


def add_read(subparsers: Any) -> None:
    """Add `read` to a program's commands (argparse's subparsers)."""
    read = subparsers.add_parser("read", help="read one device once and print every signal")
    read.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    add_device(read)


async def run_read(args: argparse.Namespace) -> int:
    """`read`: 0 when the device answered and is the right one, 1 when not, 2 for a mistake in the arguments."""
    try:
        reach = reach_of(args)
    except MISTAKES as fault:
        return fail(fault, USAGE)
    wire = open_line(reach.line)
    device = Device(wire, reach.unit, reach.profile, anyway=reach.anyway)
    up_ms = Clock().up_ms
    try:
        values = await device.values("fast", up_ms, Origin.MEASURED)
        if device.verdict.fits:
            values |= await device.values("slow", up_ms, Origin.MEASURED)
    finally:
        await wire.close()
    return _report(reach, device, values, as_json=args.json)


def _report(reach: Reach, device: Device, values: dict[str, Value], *, as_json: bool) -> int:
    """Print what was read; the exit code."""
    fits, sentence = judged(device, values)
    profile = reach.profile
    if as_json:
        told = {"profile": profile.name, "line": reach.line.name, "unit": reach.unit, "fits": fits}
        told |= {"sentence": sentence, "signals": signals(profile, values)}
        say(msgspec.json.encode(told).decode())
    elif fits:
        for text in table(profile, values):
            say(text)
        say(f"{profile.head.title}, unit {reach.unit} on {reach.line.name}: {sentence}.")
    return 0 if fits else fail(f"{profile.name}, {sentence}", FAILED)


def judged(device: Device, values: Mapping[str, Value]) -> tuple[bool, str]:
    """Did it answer and is it the right one, and the sentence for that."""
    silent = next((value.reason for value in values.values() if value.quality is Quality.COMM_ERROR), "")
    answered = any(value.quality is not Quality.COMM_ERROR for value in values.values())
    return bool(answered and device.verdict.fits), device.verdict.sentence if answered or not silent else silent


def signals(profile: Profile, values: Mapping[str, Value]) -> dict[str, Any]:
    """What was read, for programs."""
    return {
        row.key: {
            "value": values[row.key].value,
            "unit": row.unit,
            "quality": values[row.key].quality,
            "reason": values[row.key].reason,
            "experimental": weak(profile, row),
        }
        for row in profile.rows
        if row.key in values
    }


def table(profile: Profile, values: Mapping[str, Value]) -> Iterator[str]:
    """Aligned lines: signal, value, unit, quality, reason. An asterisk marks what no machine has confirmed yet."""
    rows = [HEADS]
    for row in once_each(profile):
        if row.key in values:
            value = values[row.key]
            rows.append((marked(profile, row), shown(value), row.unit, value.quality.value, value.reason))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for name, value_, *rest in rows:
        cells = [name.ljust(widths[0]), value_.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
        yield "  ".join(cells).rstrip()
    if any(row[0].endswith(" *") for row in rows):
        yield FOOTNOTE


def once_each(profile: Profile) -> list[Row]:
    """The rows, of an alarm with several bits the first."""
    return list({row.key: row for row in reversed(profile.rows)}.values())[::-1]


def marked(profile: Profile, row: Row) -> str:
    """The name of a signal, with an asterisk where it is experimental."""
    return row.key + (" *" if weak(profile, row) else "")


def weak(profile: Profile, row: Row) -> bool:
    """Is it experimental, by itself or with its whole profile?"""
    return row.experimental or profile.head.experimental


def shown(value: Value) -> str:
    """A value for people; a dash where there is none."""
    return "–" if value.value is None else str(value.value)
