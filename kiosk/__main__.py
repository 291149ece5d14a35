"""The command line: keeper, screen, both, check a settings file, count what the cache holds."""

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doors.clock import Clock, ClockFault
from doors.printing import printing
from doors.private import keep_private
from doors.settings import SettingsFault
from doors.systemd import Notifier
from kiosk import config, timetable
from kiosk.core.faults import KioskError

USAGE = 2


@printing()
def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (could not do it) or 2 (wrong input)."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format=f"{asked.name}: %(message)s", stream=sys.stderr)
    try:
        if asked.name == "timetable":
            print(timetable.run(asked))
            return 0
        settings = config.load(asked.file)
        clock = Clock.parse(getattr(asked, "clock", None), allowed=settings.site.simulated)
        command: Callable[[argparse.Namespace, config.Settings, Clock], int | None] = asked.command
        return command(asked, settings, clock) or 0
    except (SettingsFault, ClockFault) as fault:
        print(fault, file=sys.stderr)
        return USAGE
    except KioskError as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except BrokenPipeError:
        raise
    except OSError as fault:
        print(f"could not go on: {fault}; check the paths and the disk", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotpunkt-kiosk", description="The screen at the site.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="name")
    for name, command, tells in (
        ("keeper", _keeper, "hear the site's broker and keep the newest in the cache"),
        ("screen", _screen, "draw what the cache holds"),
        ("run", _run, "both, each started again when it dies"),
        ("check", _check, "check a settings file; nothing is started"),
        ("light", _light, "turn the panel's light on, whatever a screen that was killed has left behind"),
        ("counts", _counts, "print as JSON what the cache holds"),
        ("lines", _lines, "print as JSON what the home page says just now"),
        ("view", _view, "print as JSON what is shown as now, and whether as fresh; for whoever checks it from outside"),
    ):
        one = commands.add_parser(name, help=tells)
        one.add_argument("file", type=Path, metavar="FILE.toml")
        one.set_defaults(command=command)
        if name == "view":
            one.add_argument("--every", type=_positive, metavar="N", help="again every N real seconds, a line each")
        if name in ("keeper", "screen", "run", "lines", "view"):
            one.add_argument("--clock", metavar="SPEC", help="another clock, only for a simulated site: rate=20")
        if name in ("screen", "run"):
            one.add_argument("--shots", type=Path, metavar="DIR", help="save a PNG of each page: at once, then now and"
                             " then, on SIGUSR1 and at the end")  # fmt: skip
            one.add_argument("--seconds", type=_positive, metavar="N", help="stop after N real seconds")
        if name == "screen":
            one.add_argument("--told", type=Path, metavar="FILE", help="append for each frame what it shows, as JSON")
    timetable.add(commands)
    return parser


def _positive(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _keeper(_asked: argparse.Namespace, settings: config.Settings, clock: Clock) -> None:
    keep_private(settings.cache_path)
    from kiosk.io.alone import alone

    alone(settings.cache_path)
    from kiosk.keeper.keeping import Keeper

    async def until_signal() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        notifier = Notifier.here()
        work = asyncio.create_task(Keeper(settings, clock, notifier).run())
        ends = asyncio.create_task(stop.wait())
        await asyncio.wait({work, ends}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        notifier.stopping("told to stop")
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work

    asyncio.run(until_signal())


def _screen(asked: argparse.Namespace, settings: config.Settings, clock: Clock) -> int:
    keep_private()
    from kiosk.io.alone import alone_on
    from kiosk.io.surface import prepare

    home = settings.cache_path.with_name("kivy")
    alone_on(settings.cache_path, home)
    prepare(home)
    from kiosk.app.window import show

    return show(settings, clock, shots=asked.shots, seconds=asked.seconds, told=asked.told)


def _run(asked: argparse.Namespace, _settings: config.Settings, _clock: Clock) -> None:
    from kiosk.pair import run_both

    common = ["--clock", asked.clock] if asked.clock else []
    shots = ["--shots", str(asked.shots)] if asked.shots else []
    run_both(
        [["keeper", str(asked.file), *common], ["screen", str(asked.file), *common, *shots]], seconds=asked.seconds
    )


def _check(asked: argparse.Namespace, settings: config.Settings, _clock: Clock) -> None:
    print(f"{asked.file}: site {settings.site.id}, broker {settings.broker.url}, cache {settings.cache_path}: all well")


def _light(_: argparse.Namespace, settings: config.Settings, _clock: Clock) -> None:
    from kiosk.io.backlight import Backlight

    Backlight(Path(settings.screen.backlight), settings.screen.brightness_percent).restore()


def _counts(_asked: argparse.Namespace, settings: config.Settings, _clock: Clock) -> None:
    from kiosk.io.cache import counts

    print(json.dumps(counts(settings.cache_path), ensure_ascii=False))


def _standing(settings: config.Settings, clock: Clock) -> dict[str, Any]:
    """What the view has to know of where this screen stands and what it watches."""
    from kiosk.core.warnings.checks import watched_of

    kinds = {name: feed.kind for name, feed in settings.asked_feeds.items()}
    return {"place": settings.here, "boot": clock.boot, "watched": watched_of(kinds)}


def _lines(_asked: argparse.Namespace, settings: config.Settings, clock: Clock) -> None:
    from contract.freshness import Now
    from kiosk.core.view import view
    from kiosk.io.cache import CacheReader
    from kiosk.io.texts import words

    site = settings.site
    held = CacheReader(settings.cache_path, site.id, site.simulated).held(clock.boot)
    if held.picture is not None:
        clock.hear(held.picture.head)
    now = Now(clock.up_ms(), clock.wall_ms(), clock.quality())
    shown = view(held, now, words(settings.screen.language), site.id, site.simulated, **_standing(settings, clock))
    lines = [shown.power.text, shown.power_since, shown.power_age, shown.active, shown.open_now.text]
    lines += [one.headline for one in shown.alerts] + [shown.checked.text] + [row.text for row in shown.notices]
    print(json.dumps({"lines": [line for line in lines if line]}, ensure_ascii=False))


def _view(asked: argparse.Namespace, settings: config.Settings, clock: Clock) -> None:
    from contract.freshness import Now
    from contract.words import Power
    from kiosk.core.view import view
    from kiosk.io.cache import CacheReader
    from kiosk.io.texts import words

    site = settings.site
    reader, said = CacheReader(settings.cache_path, site.id, site.simulated), words(settings.screen.language)
    names = {said.phrase("power", power): power.value for power in Power}
    while True:
        held = reader.held(clock.boot)
        if held.picture is not None:
            clock.hear(held.picture.head)
        now = Now(clock.up_ms(), clock.wall_ms(), clock.quality())
        shown = view(held, now, said, site.id, site.simulated, **_standing(settings, clock))
        told = {
            "up_ms": now.mono_ms, "fresh": shown.fresh, "power": names[shown.power.text],
            "power_text": shown.power.text, "power_role": shown.power.role, "power_age": shown.power_age,
            "checked": shown.checked.text, "checked_role": shown.checked.role, "active": shown.active,
            "open_now": shown.open_now.text, "bulletins": [one.headline for one in shown.alerts],
            "until": [one.until for one in shown.alerts], "clock": shown.clock,
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False), flush=True)
        if not asked.every:
            return
        time.sleep(asked.every)


if __name__ == "__main__":
    sys.exit(main())
