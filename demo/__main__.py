"""The command line: show the house at work, or run it without a screen and judge what happened."""

import argparse
import asyncio
import sys
from pathlib import Path

from demo.config import Asked
from demo.core.faults import BadUse, DemoFault

OUTAGE = "outage"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 (all judgements passed, or it was shown until Ctrl-C), 1 (something failed) or 2 (wrong use)."""
    given = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(_understand(given)))
    except DemoFault as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        return 130


async def _run(asked: Asked) -> int:
    from demo import days, outage, stopping

    looking_on = asked.scenario == OUTAGE and asked.seconds is None
    work = outage.run(asked) if asked.scenario == OUTAGE else days.run(asked)
    return await stopping.until_stopped(work, ends_well=looking_on)


def _understand(asked: argparse.Namespace) -> Asked:
    if asked.rate and asked.seconds:
        raise BadUse("--rate and --seconds: the seconds decide the rate; give one of them")
    return Asked(
        scenario=asked.scenario,
        seconds=asked.seconds,
        headless=asked.headless,
        shots=asked.shots,
        folder=asked.dir,
        broker=asked.broker,
        broker_password=asked.broker_password,
        rate=asked.rate,
        port=asked.port,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sotpunkt-demo",
        description="Runs plant, brokers, gateway, dashboard and kiosk as real processes; Ctrl-C stops them all.",
    )
    parser.add_argument(
        "--scenario",
        default=OUTAGE,
        metavar="S",
        help="outage (default); three-days, or the path of a scenario file: told hour by hour",
    )
    parser.add_argument(
        "--seconds", type=_positive, metavar="N", help="fit the scenario into N real seconds, judge it and end"
    )
    parser.add_argument("--headless", action="store_true", help="open no window; the kiosk draws into memory")
    parser.add_argument("--shots", type=Path, metavar="DIR", help="save PNGs of kiosk and dashboard there")
    parser.add_argument("--dir", type=Path, metavar="DIR", help="run folder (default: a new temporary one)")
    parser.add_argument("--broker", metavar="URL", help="a broker that runs, for both roads: mqtt://NAME@HOST:PORT")
    parser.add_argument("--broker-password", type=Path, metavar="FILE", help="its password, mode 0600")
    parser.add_argument("--rate", type=_positive, metavar="R", help="product seconds per real second")
    parser.add_argument("--port", type=_port, metavar="N", help="port of the dashboard (default: a free one)")
    return parser


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1–65535)")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
