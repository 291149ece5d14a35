"""The command line: run a plant, serve a register image, check a file, list scenarios."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from doors.clock import Clock, ClockFault
from simulator import config, feed_server, plant
from simulator.config import Rtu
from simulator.core.faults import SimulatorError
from simulator.core.scenario import conductor_lines
from simulator.core.timeline import Timeline

USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (could not do it) or 2 (wrong input)."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        command: Callable[[argparse.Namespace], None] = asked.command
        command(asked)
    except SimulatorError as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except ClockFault as fault:
        print(fault, file=sys.stderr)
        return USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotpunkt-simulator", description="A plant over real Modbus.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _add_run(commands.add_parser("run", help="serve a plant and play a scenario"))
    _add_image(commands.add_parser("image", help="serve a register image over Modbus TCP"))
    _add_feeds(commands.add_parser("feeds", help="serve VMA, SMHI and Krisinformation from a script"))

    check = commands.add_parser("check", help="check a plant, scenario or image and show what it would do")
    check.add_argument("file")
    check.add_argument("--plant", help="the plant to play a scenario on (default: the one the scenario names)")
    check.set_defaults(command=_check)

    scenarios = commands.add_parser("scenarios", help="list the scenarios that come with the program")
    scenarios.set_defaults(command=_scenarios)
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("plant", help=f"a plant file, or one of: {', '.join(config.built_in('plants'))}")
    run.add_argument("--scenario", default="calm", help="a scenario file, or a name from `scenarios`")
    run.add_argument("--clock", help="a clock spec, to run faster than life: rate=20")
    run.add_argument("--dir", type=Path, help="folder of the serial link (default: a temporary one)")
    run.add_argument(
        "--begin-up-ms", type=int, metavar="N", help="begin when the clock's uptime is N ms (default: now)"
    )
    run.add_argument("--to-end", action="store_true", help="stop when the scenario is over")
    run.set_defaults(command=_run)


def _add_image(image: argparse.ArgumentParser) -> None:
    image.add_argument("file", help="an image as TOML or CSV")
    image.add_argument("--host", default="127.0.0.1")
    image.add_argument("--port", type=_port, default=0, help="default: a free one")
    image.add_argument("--unit", type=int, choices=range(1, 248), metavar="N", help="instead of the image's own")
    image.add_argument(
        "--serial", type=int, choices=(9600, 19200, 38400, 57600, 115200), help="answer on a pseudo-terminal too"
    )
    image.add_argument("--dir", type=Path, help="folder of the serial link (default: a temporary one)")
    image.set_defaults(command=_image)


def _add_feeds(feeds: argparse.ArgumentParser) -> None:
    feeds.add_argument("file", help=f"a script of feeds, or one of: {', '.join(config.built_in('feeds'))}")
    feeds.add_argument("--port", type=_port, default=0, help="default: a free one")
    feeds.add_argument("--clock", help="a clock spec, to run faster than life: rate=20")
    feeds.add_argument("--begin-up-ms", type=int, metavar="N", help="begin when the clock's uptime is N ms")
    feeds.add_argument("--tell", action="store_true", help="a line of JSON for each good answer")
    feeds.set_defaults(command=_feeds)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0–65535)")
    return int(text)


def _run(asked: argparse.Namespace) -> None:
    clock = Clock.parse(asked.clock, allowed=True)
    plant_file, profiles = config.read_plant(asked.plant)
    source, scenario = config.read_scenario(asked.scenario)
    prepared = plant.prepare(plant_file, profiles, asked.plant, scenario, source)

    async def serve(stop: asyncio.Event) -> None:
        await plant.run(
            plant_file,
            prepared,
            clock=clock,
            folder=asked.dir,
            say=_sayer(stop),
            stop=stop,
            conductor=conductor_lines(scenario),
            begins_up_ms=asked.begin_up_ms,
            to_end=asked.to_end,
        )

    asyncio.run(_until_signal(serve))


def _image(asked: argparse.Namespace) -> None:
    image = config.read_image(asked.file, asked.unit)

    async def serve(stop: asyncio.Event) -> None:
        await plant.run_image(
            image,
            host=asked.host,
            port=asked.port,
            serial=Rtu(device=(), baud=asked.serial) if asked.serial else None,
            folder=asked.dir,
            say=_sayer(stop),
            stop=stop,
        )

    asyncio.run(_until_signal(serve))


def _feeds(asked: argparse.Namespace) -> None:
    clock = Clock.parse(asked.clock, allowed=True)
    script = config.read_feeds(asked.file)

    async def serve(stop: asyncio.Event) -> None:
        await feed_server.run(
            script, port=asked.port, clock=clock, begins_up_ms=asked.begin_up_ms, say=_sayer(stop), stop=stop,
            tell=asked.tell,
        )  # fmt: skip

    asyncio.run(_until_signal(serve))


def _check(asked: argparse.Namespace) -> None:
    kind = config.kind_of(asked.file)
    if kind == "image":
        image = config.read_image(asked.file)
        words = sum(len(cells) for cells in image.memory.values())
        print(f"{asked.file}: image of unit {image.unit}, {words} words. {image.title}")
    elif kind == "plant":
        file, profiles = config.read_plant(asked.file)
        plant.prepare(file, profiles, asked.file, config.read_scenario("calm")[1], "calm")
        for device in file.devices():
            print(f"  {device.name}: {profiles[device.name].head.title}, unit {device.unit}")
        print(f"{asked.file}: plant with {len(file.devices())} devices. {file.title}")
    else:
        _check_scenario(asked.file, asked.plant)


def _check_scenario(path: str, plant_name: str | None) -> None:
    source, scenario = config.read_scenario(path)
    on = plant_name or scenario.plant or "automatic"
    file, profiles = config.read_plant(on)
    timeline, _ = plant.prepare(file, profiles, on, scenario, source)
    _print_timeline(timeline)
    print(
        f"{path}: scenario of {timeline.ends_s:g} s on plant {on}, {len(scenario.step)} steps, "
        f"{len(scenario.conductor)} for the conductor. {scenario.title}"
    )


def _print_timeline(timeline: Timeline) -> None:
    for happening in (one for one in timeline.happenings if one.at_s <= timeline.ends_s):
        what = " ".join(part for part in (happening.event, happening.device, happening.signal) if part)
        state = timeline.at(happening.at_s)
        print(f"  {happening.at_s:>10.0f} s  {what:<40} {state.stage.value:<10} fuel {state.fuel_l:.0f} L")


def _scenarios(_: argparse.Namespace) -> None:
    for name in config.built_in("scenarios"):
        scenario = config.read_scenario(name)[1]
        print(f"{name:<12} {scenario.ends_s / 60:>7.1f} min  {scenario.title}")


def _sayer(stop: asyncio.Event) -> Callable[[dict[str, Any]], None]:
    """Says one JSON line at a time; when nobody listens any more it is time to stop."""

    def say(line: dict[str, Any]) -> None:
        try:
            print(json.dumps(line, ensure_ascii=False), flush=True)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            stop.set()

    return say


async def _until_signal(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(stop)


if __name__ == "__main__":
    sys.exit(main())
