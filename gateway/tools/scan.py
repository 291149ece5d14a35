"""`scan`: who is on this wire, at which speed, and which profile reads it. Reads only, and as little as it can."""

import argparse
import asyncio
import sys
from typing import Any

import msgspec

from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.profiles.registry import registry
from gateway.profiles.schema import Profile
from gateway.tools.lines import (
    FAILED,
    INTERRUPTED,
    MISTAKES,
    USAGE,
    add_wire,
    fail,
    say,
    serial_line,
    tcp_line,
    tell,
    way_to,
)
from gateway.tools.search import CannotScan, Found, Search

BAUDS = (9600, 19200, 38400, 115200, 57600, 4800)
"""As often as they are met, the most usual first."""
FIRST_UNITS = 20
LISTEN_S = 10.0


def add_scan(subparsers: Any) -> None:
    """Add `scan` to a program's commands (argparse's subparsers)."""
    scan = subparsers.add_parser("scan", help="look who is on a wire, and which profile reads it")
    add_wire(scan)
    scan.add_argument(
        "--units", metavar="LIST", help=f"as 1-20,100 (1-{FIRST_UNITS} and the usual ones of the profiles)"
    )
    scan.add_argument("--baud", metavar="LIST", default=",".join(map(str, BAUDS)), help="speeds to try, in this order")
    scan.add_argument("--parity", metavar="LIST", default="N", help="parities to try at each speed, as N,E (N)")
    scan.add_argument("--stop-bits", type=int, choices=(1, 2), default=1, help="stop bits of the serial line (1)")
    scan.add_argument("--timeout", type=float, default=0.5, metavar="S", help="seconds to wait for an answer (0.5)")
    scan.add_argument("--yes", action="store_true", help="go on without asking, also while a set runs")
    scan.add_argument("--json", action="store_true", help="one JSON object instead of text")


async def run_scan(args: argparse.Namespace, listen_s: float = LISTEN_S) -> int:
    """`scan`: 0 when somebody was found, 1 when not or when it may not be looked, 2 for a mistake in the arguments."""
    profiles = list(registry().values())
    try:
        lines, units = _lines(args), _units(args.units, profiles)
        if not 0.05 <= args.timeout <= 30:
            raise ValueError(f"--timeout: {args.timeout:g} is not between 0.05 and 30 seconds")
    except MISTAKES as fault:
        return fail(fault, USAGE)
    search = Search(profiles, units, args.timeout, _Progress(), None if args.yes else _may_go_on)
    refusal, interrupted = "", False
    try:
        await search.listen(lines, listen_s)
        await search.run(lines)
    except CannotScan as why:
        refusal = str(why)
    except asyncio.CancelledError:
        interrupted = True
    search.progress.end()
    if args.json:
        say(_json(search, refusal).decode())
    else:
        _print(search, quiet=bool(refusal) or interrupted)
    if interrupted:
        return fail("interrupted: what is not told was not asked", INTERRUPTED)
    if refusal:
        return fail(refusal, FAILED)
    return 0 if search.found else FAILED


# --- what is asked for ------------------------------------------------------------------------------------------------


def _lines(args: argparse.Namespace) -> list[TcpLine | SerialLine]:
    """Every way the wire may be set up, the likeliest first."""
    if args.serial is None:
        return [tcp_line(args)]
    bauds = [_number(text, "--baud", "9600,19200") for text in args.baud.split(",")]
    parities = args.parity.upper().split(",")
    wrong = [one for one in parities if one not in ("N", "E", "O")]
    if wrong:
        raise ValueError(f'--parity: "{wrong[0]}" is none of N, E and O')
    return [serial_line(args.serial, baud, one, args.stop_bits) for baud in bauds for one in parities]


def _units(text: str | None, profiles: list[Profile]) -> list[int]:
    """The units to ask, in order, each once."""
    if text is None:
        return sorted({*range(1, FIRST_UNITS + 1), *(one.head.default_unit for one in profiles)})
    found: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.partition("-")
        low = _number(first, "--units", "1-20,100")
        high = _number(last, "--units", "1-20,100") if dash else low
        if not 1 <= low <= high <= 247:
            raise ValueError(f'--units: "{part}" does not lie within 1-247')
        found |= dict.fromkeys(range(low, high + 1))
    return list(found)


def _number(text: str, name: str, example: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError(f'{name}: "{text}" is no number; write it as {example}')
    return int(text)


# --- what is said -----------------------------------------------------------------------------------------------------


class _Progress:
    """One line that is written over where somebody watches; a line per step where it is kept."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._width = 0

    def step(self, text: str) -> None:
        """Something new begins."""
        if self._live:
            self.within(text)
        else:
            tell(text)

    def within(self, text: str) -> None:
        """It goes on; only worth a word to somebody who watches."""
        if self._live:
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def note(self, text: str) -> None:
        """Something that shall stay to be read."""
        self.end()
        tell(text)

    def end(self) -> None:
        """Leave no half line behind."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


async def _may_go_on(sentence: str) -> bool:
    """Ask whoever sits there; nobody there is no."""
    if not sys.stdin.isatty():
        return False
    sys.stderr.write(f"{sentence} Go on? [y/N] ")
    sys.stderr.flush()
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja")


def _print(search: Search, *, quiet: bool) -> None:
    rows = [(_settings(one.line), str(one.unit), one.sentence) for one in search.found]
    widths = [max(len(row[column]) for row in [("line", "unit", ""), *rows]) for column in (0, 1)]
    if rows:
        say(f"{'line':{widths[0]}}  {'unit':>{widths[1]}}  device")
    for line, unit, sentence in rows:
        say(f"{line:{widths[0]}}  {unit:>{widths[1]}}  {sentence}")
    for one in search.found:
        for name in one.profiles:
            say(f"next: sotpunkt-gateway read --profile {name} {way_to(one.line)} --unit {one.unit}")
    if any(not one.profiles for one in search.found):
        shy = [one.name for one in search.profiles if not one.identity and not one.head.discover]
        say(f"profiles whose devices cannot prove themselves, to try with read: {', '.join(shy)}")
    if not rows and not quiet:
        tell(f"nobody answered: asked {search.asked} times, {_tried(search)}; {search.hint()}")


def _tried(search: Search) -> str:
    units = search.units
    several = f"units {units[0]} to {units[-1]}" if len(units) > 1 else f"unit {units[0]}"
    return f"{several}, at {', '.join(dict.fromkeys(_settings(line) for line in search.tried)) or 'no speed'}"


def _settings(line: TcpLine | SerialLine) -> str:
    return line.name if isinstance(line, TcpLine) else f"{line.baud} 8{line.parity}{line.stop_bits}"


def _json(search: Search, refusal: str) -> bytes:
    told = {"asked": search.asked, "refused": refusal, "found": [_object(one) for one in search.found]}
    return msgspec.json.encode(told)


def _object(one: Found) -> dict[str, Any]:
    line = msgspec.to_builtins(one.line) | {"name": one.line.name}
    return {
        "line": line,
        "unit": one.unit,
        "profiles": list(one.profiles),
        "runs": one.runs,
        "sentence": one.sentence,
    }
