"""The commands of a technician: `read` one device once, `profiles` lists them, `plan` shows the requests."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from contract.messages import Value
from contract.words import Origin, Quality
from doors.clock import Clock
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import describe
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.registry import load, registry
from gateway.profiles.schema import Profile, ProfileFault

USAGE = 2
FAILED = 1
HEADS = ("signal", "value", "unit", "quality", "reason")


def add_read_parser(subparsers: Any) -> None:
    """Add `read`, `profiles` and `plan` to a program's commands (argparse's subparsers)."""
    read = subparsers.add_parser("read", help="read one device once and print every signal")
    read.add_argument("--profile", required=True, help="name of a profile, or path of a profile file")
    read.add_argument("--unit", type=int, help="Modbus unit; the profile knows the usual one")
    read.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    _add_line(read)
    subparsers.add_parser("profiles", help="list the device profiles")
    plan = subparsers.add_parser("plan", help="show which requests a profile needs, and what they cost")
    plan.add_argument("--profile", required=True, help="name of a profile, or path of a profile file")
    _add_line(plan)


def _add_line(parser: argparse.ArgumentParser) -> None:
    """The two kinds of wire."""
    wire = parser.add_mutually_exclusive_group(required=True)
    wire.add_argument("--tcp", metavar="HOST:PORT", help="Modbus TCP; port 502 when left out")
    wire.add_argument("--serial", metavar="DEVICE", help="Modbus RTU on a serial port")
    parser.add_argument("--baud", type=int, default=9600, help="speed of the serial line (9600)")
    parser.add_argument("--parity", choices=("N", "E", "O"), default="N", help="parity of the serial line (N)")
    parser.add_argument("--stop-bits", type=int, choices=(1, 2), default=1, help="stop bits of the serial line (1)")


async def run_read(args: argparse.Namespace) -> int:
    """`read`: 0 when the device answered and is the right one, 1 when not, 2 for a mistake in the arguments."""
    try:
        profile, line = load(args.profile), line_of(args)
        unit = _unit_of(args, profile, line)
    except (ProfileFault, msgspec.ValidationError, ValueError) as fault:
        return _fail(str(fault), USAGE)
    wire = open_line(line)
    device = Device(wire, unit, profile)
    up_ms = Clock().up_ms
    try:
        values = await device.values("fast", up_ms, Origin.MEASURED)
        if device.verdict.fits:
            values |= await device.values("slow", up_ms, Origin.MEASURED)
    finally:
        await wire.close()
    return _report(profile, unit, line, device, values, as_json=args.json)


def run_profiles() -> int:
    """`profiles`: one line per profile."""
    for name, profile in registry().items():
        _say(f"{name:24}{profile.head.title}{' (experimental)' if profile.head.experimental else ''}")
    return 0


def run_plan(args: argparse.Namespace) -> int:
    """`plan`: the requests per rate and what they cost on the wire."""
    try:
        lines = list(describe(load(args.profile), line_of(args)))
    except (ProfileFault, msgspec.ValidationError, ValueError) as fault:
        return _fail(str(fault), USAGE)
    for line in lines:
        _say(line)
    return 0


def line_of(args: argparse.Namespace) -> TcpLine | SerialLine:
    """The wire of the arguments; ValueError with a sentence for what cannot be one."""
    if args.serial:
        if not 300 <= args.baud <= 1_000_000:
            raise ValueError(f"--baud: {args.baud} is not between 300 and 1000000")
        fields = {"device": args.serial, "baud": args.baud, "parity": args.parity, "stop_bits": args.stop_bits}
        return msgspec.convert(fields, SerialLine)
    host, colon, port = args.tcp.rpartition(":")
    if not colon:
        host, port = args.tcp, "502"
    host = host.removeprefix("[").removesuffix("]")
    if not port.isdecimal() or not 0 < int(port) < 65536 or not host:
        raise ValueError(f'--tcp: "{args.tcp}" is not HOST:PORT, for example 192.168.1.20:502')
    return msgspec.convert({"host": host, "port": int(port)}, TcpLine)


def _unit_of(args: argparse.Namespace, profile: Profile, line: TcpLine | SerialLine) -> int:
    """The unit asked for, or the profile's. Over TCP 0 and 255 mean the device at that address itself."""
    unit: int = profile.head.default_unit if args.unit is None else args.unit
    if 1 <= unit <= 247 or (isinstance(line, TcpLine) and unit in (0, 255)):
        return unit
    raise ValueError(f"--unit: {unit} is not between 1 and 247")


def _report(
    profile: Profile, unit: int, line: TcpLine | SerialLine, device: Device, values: dict[str, Value], *, as_json: bool
) -> int:
    """Print what was read; the exit code."""
    silent = next((value.reason for value in values.values() if value.quality is Quality.COMM_ERROR), "")
    answered = any(value.quality is not Quality.COMM_ERROR for value in values.values())
    fits = bool(answered and device.verdict.fits)
    sentence = device.verdict.sentence if answered or not silent else silent
    if as_json:
        _say(msgspec.json.encode(_object(profile, unit, line, values, fits=fits, sentence=sentence)).decode())
    elif fits:
        for text in table(profile, values):
            _say(text)
        _say(f"{profile.head.title}, unit {unit} on {line.name}: {sentence}.")
    if not fits:
        return _fail(f"{profile.name}, {sentence}", FAILED)
    return 0


def _object(
    profile: Profile, unit: int, line: TcpLine | SerialLine, values: dict[str, Value], *, fits: bool, sentence: str
) -> dict[str, Any]:
    """What was read, for programs."""
    return {
        "profile": profile.name,
        "line": line.name,
        "unit": unit,
        "fits": fits,
        "sentence": sentence,
        "signals": {
            row.key: {
                "value": values[row.key].value,
                "unit": row.unit,
                "quality": values[row.key].quality,
                "reason": values[row.key].reason,
                "experimental": row.experimental or profile.head.experimental,
            }
            for row in profile.rows
            if row.key in values
        },
    }


def table(profile: Profile, values: dict[str, Value]) -> Iterator[str]:
    """Aligned lines: signal, value, unit, quality, reason. An asterisk marks what no machine has confirmed yet."""
    rows = [HEADS]
    for row in profile.rows:
        if row.key in values:
            value = values[row.key]
            mark = " *" if row.experimental or profile.head.experimental else ""
            shown = "–" if value.value is None else str(value.value)
            rows.append((row.key + mark, shown, row.unit, value.quality.value, value.reason))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for name, value_, *rest in rows:
        cells = [name.ljust(widths[0]), value_.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
        yield "  ".join(cells).rstrip()
    if any(row[0].endswith(" *") for row in rows):
        yield "* experimental: from one source, not confirmed on a machine"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
