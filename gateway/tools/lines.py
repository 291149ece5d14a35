"""What the commands share: which device on which wire, as a command line says it, and how they speak."""

import argparse
import sys
from difflib import get_close_matches

import msgspec

from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.profiles.contacts import MEANINGS, ContactTable, wired
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

USAGE = 2
FAILED = 1
INTERRUPTED = 130
MISTAKES = (ValueError, msgspec.ValidationError)
"""What the functions here raise for what somebody wrote wrongly: a sentence."""
LEAST_REASON = 10
BAUD = (300, 1_000_000)
CONTACT_FORM = "INPUT=MEANS, INPUT=MEANS,open or INPUT=MEANS,closed"


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """One device that is to be read. `anyway`: why it need not prove itself, or nothing."""

    profile: Profile
    line: TcpLine | SerialLine
    unit: int
    anyway: str = ""


def add_device(parser: argparse.ArgumentParser) -> None:
    """The arguments that name one device and the way to it."""
    parser.add_argument("--profile", required=True, help="name of a profile, or path of a profile file")
    parser.add_argument("--unit", type=int, help="Modbus unit; the profile knows the usual one")
    parser.add_argument(
        "--contact",
        action="append",
        default=[],
        metavar="INPUT=MEANS",
        help="what a contact of an input module means, as 3=common_shutdown,open; may stand several times",
    )
    parser.add_argument("--anyway", metavar="REASON", help="read a device that does not prove itself, and why")
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds to wait for an answer (the profile's)")
    parser.add_argument("--pause", type=float, metavar="S", help="seconds of quiet before a request (the profile's)")
    add_line(parser)


def add_line(parser: argparse.ArgumentParser) -> None:
    """The three kinds of wire."""
    add_wire(parser)
    parser.add_argument("--baud", type=int, default=9600, help="speed of the serial line (9600)")
    parser.add_argument("--parity", choices=("N", "E", "O"), default="N", help="parity of the serial line (N)")
    parser.add_argument("--stop-bits", type=int, choices=(1, 2), default=1, help="stop bits of the serial line (1)")


def add_wire(parser: argparse.ArgumentParser) -> None:
    """Where the wire begins, without its speed."""
    wire = parser.add_mutually_exclusive_group(required=True)
    wire.add_argument("--tcp", metavar="HOST:PORT", help="Modbus TCP; port 502 when left out")
    wire.add_argument("--rtu-over-tcp", metavar="HOST:PORT", help="a converter that passes RTU frames as they are")
    wire.add_argument("--serial", metavar="DEVICE", help="Modbus RTU on a serial port")


def reach_of(args: argparse.Namespace) -> Reach:
    """The device of the arguments; one of MISTAKES for what cannot be one."""
    profile, line = load(args.profile), line_of(args)
    pace: dict[str, float] = {}
    for name, value, least, most in (("timeout", args.timeout, 0.02, 30), ("pause", args.pause, 0, 5)):
        if value is not None:
            if not least <= value <= most:
                raise ValueError(f"--{name}: {value:g} is not between {least:g} and {most:g} seconds")
            pace[f"{name}_s"] = value
    profile = msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, **pace))
    if args.contact:
        profile, faults = wired(profile, [contact_of(text) for text in args.contact])
        if faults:
            raise ValueError("\n".join(f"--{fault}" for fault in faults))
    anyway = args.anyway or ""
    if args.anyway is not None and len(anyway.strip()) < LEAST_REASON:
        raise ValueError(f"--anyway: write why, in at least {LEAST_REASON} letters; it is told with every value")
    return Reach(profile=profile, line=line, unit=_unit_of(args.unit, profile, line), anyway=anyway.strip())


def line_of(args: argparse.Namespace) -> TcpLine | SerialLine:
    """The wire of the arguments; ValueError with a sentence for what cannot be one."""
    if args.serial is not None:
        return serial_line(args.serial, args.baud, args.parity, args.stop_bits)
    return tcp_line(args)


def serial_line(device: str, baud: int, parity: str, stop_bits: int) -> SerialLine:
    """A serial line; ValueError for what cannot be one."""
    if not BAUD[0] <= baud <= BAUD[1]:
        raise ValueError(f"--baud: {baud} is not between {BAUD[0]} and {BAUD[1]}")
    if not device:
        raise ValueError("--serial: name the serial port, for example /dev/ttyUSB0")
    fields = {"device": device, "baud": baud, "parity": parity, "stop_bits": stop_bits}
    return msgspec.convert(fields, SerialLine)


def tcp_line(args: argparse.Namespace) -> TcpLine:
    """The address of the arguments, of a device or of a converter; ValueError for what cannot be one."""
    rtu = args.rtu_over_tcp is not None
    name, text = ("rtu-over-tcp", args.rtu_over_tcp) if rtu else ("tcp", args.tcp)
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, "502"
    host = host.removeprefix("[").removesuffix("]")
    if not port.isdecimal() or not 0 < int(port) < 65536 or not host:
        raise ValueError(f'--{name}: "{text}" is not HOST:PORT, for example 192.168.1.20:502')
    return msgspec.convert({"host": host, "port": int(port), "rtu": rtu}, TcpLine)


def contact_of(text: str) -> ContactTable:
    """A contact as `3=common_shutdown,open`; ValueError with a sentence."""
    number, equals, rest = text.partition("=")
    means, _, active = rest.partition(",")
    if not equals or not number.isdecimal() or not 1 <= int(number) <= 128 or active not in ("", "open", "closed"):
        raise ValueError(f'--contact: "{text}" is not {CONTACT_FORM}, for example 3=common_shutdown,open')
    if means not in MEANINGS:
        close = get_close_matches(means, MEANINGS, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(MEANINGS)}"
        raise ValueError(f'--contact: nobody knows what "{means}" means; {hint}')
    fields = {"input": int(number), "means": means, "active": active or "closed"}
    return msgspec.convert(fields, ContactTable)


def _unit_of(asked: int | None, profile: Profile, line: TcpLine | SerialLine) -> int:
    """The unit asked for, or the profile's. Over TCP 0 and 255 mean the device at that address itself."""
    unit: int = profile.head.default_unit if asked is None else asked
    if 1 <= unit <= 247 or (isinstance(line, TcpLine) and not line.rtu and unit in (0, 255)):
        return unit
    raise ValueError(f"--unit: {unit} is not between 1 and 247")


def way_to(line: TcpLine | SerialLine) -> str:
    """The wire as arguments of these commands."""
    if isinstance(line, TcpLine):
        host = f"[{line.host}]" if ":" in line.host else line.host
        return f"--{'rtu-over-tcp' if line.rtu else 'tcp'} {host}:{line.port}"
    words = [f"--serial {line.device} --baud {line.baud}"]
    words += [f"--parity {line.parity}"] if line.parity != "N" else []
    words += [f"--stop-bits {line.stop_bits}"] if line.stop_bits != 1 else []
    return " ".join(words)


def say(text: str) -> None:
    """A line of what was asked for."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """A line beside it, which no script reads."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def fail(sentence: object, code: int) -> int:
    """Why it cannot be; gives the exit code back."""
    tell(str(sentence))
    return code
