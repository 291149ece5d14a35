"""`capture`: the raw words of one device in a file, without what says whose it is, for tests and for the simulator."""

import argparse
from pathlib import Path
from typing import Any

from contract.words import Origin, Quality
from doors.clock import Clock
from gateway.core.wire.capture import Capture, as_toml, captured
from gateway.io.device import Device
from gateway.io.recording import RecordingLine
from gateway.tools.lines import FAILED, MISTAKES, USAGE, Reach, add_device, fail, reach_of, say
from gateway.tools.read import judged

MOST_NOTE = 120


def add_capture(subparsers: Any) -> None:
    """Add `capture` to a program's commands (argparse's subparsers)."""
    capture = subparsers.add_parser("capture", help="keep a device's raw words in a file, without private data")
    capture.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file to write (.toml); a new one")
    capture.add_argument("--note", default="", help="what the machine does just now, as: running on load")
    add_device(capture)


async def run_capture(args: argparse.Namespace) -> int:
    """`capture`: 0 when the file is written, 1 when the device did not answer or is another one, 2 for a mistake."""
    try:
        reach = reach_of(args)
        _check_file(args.out)
        if len(args.note) > MOST_NOTE or not args.note.isprintable():
            raise ValueError(f"--note: write one line of at most {MOST_NOTE} letters")
    except MISTAKES as fault:
        return fail(fault, USAGE)
    line = RecordingLine(reach.line)
    device = Device(line, reach.unit, reach.profile, anyway=reach.anyway)
    fits, sentence, lost = await _read(device)
    await line.close()
    if not fits:
        return fail(f"{reach.profile.name}, {sentence}; nothing was written", FAILED)
    if lost:
        return fail(f"{reach.profile.name}, {lost} signals did not come ({sentence}); nothing was written", FAILED)
    capture = captured(device.profile, line.answers)
    try:
        _write(args.out, as_toml(capture, device.profile, reach.unit, args.note))
    except OSError as fault:
        return fail(f"--out: {args.out} cannot be written: {fault.strerror or fault}", FAILED)
    _tell(args.out, capture, reach, device)
    return 0


async def _read(device: Device) -> tuple[bool, str, int]:
    """Everything once: does it fit, the sentence, and how many signals were lost on the wire."""
    up_ms = Clock().up_ms
    values = await device.values("fast", up_ms, Origin.MEASURED)
    if device.verdict.fits:
        values |= await device.values("slow", up_ms, Origin.MEASURED)
    fits, sentence = judged(device, values)
    lost = [value.reason for value in values.values() if value.quality is Quality.COMM_ERROR]
    return fits, lost[0] if fits and lost else sentence, len(lost)


def _check_file(path: Path) -> None:
    if path.suffix != ".toml":
        raise ValueError(f"--out: {path} must end in .toml")
    if path.exists():
        raise ValueError(f"--out: {path} is there already; choose another name")
    if not path.parent.is_dir():
        raise ValueError(f"--out: there is no folder {path.parent}")


def _write(path: Path, text: str) -> None:
    """A whole new file or none."""
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink()
            raise


def _tell(path: Path, capture: Capture, reach: Reach, device: Device) -> None:
    say(f"{path}: {len(capture.cells)} words of {device.profile.head.title}, unit {reach.unit} on {reach.line.name}")
    say(f"replaced: {', '.join(capture.replaced) or 'nothing; the profile names no serial number and no name'}")
    if capture.texts:
        say(f"look through these texts before you hand it on: {', '.join(capture.texts)}")
    say(f"serve it: sotpunkt-simulator image {path}")
