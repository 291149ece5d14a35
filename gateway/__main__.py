"""`sotpunkt-gateway`: run the daemon, check a settings file, count what is stored; the technician's tools."""

import argparse
import asyncio
import gc
import json
import logging
import os
import signal
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from doors.clock import Clock, ClockFault
from doors.printing import printing
from doors.private import keep_private
from doors.settings import SettingsFault
from doors.systemd import Notifier, runtime_folder
from gateway.config import Plan, program_version, read
from gateway.daemon import Gateway
from gateway.io.counts import counts
from gateway.io.pulse import Unit
from gateway.io.starts import StartsNote
from gateway.io.store import Store, StoreFault
from gateway.io.store_file import ForeignFile
from gateway.io.substitute import disk_back, give_back, open_store

log = logging.getLogger(__name__)

LEAVE_WITHIN_S = 5.0
USAGE = 2
FAILED = 1
HALT = 75
"""The unit halts the machine after it (see README: last words); no program here may do that itself."""
WHY_STOPPED = {
    0: "told to stop",
    FAILED: "the disk takes writes again; a new start works on it",
    HALT: "the battery ends, the machine may be halted",
}
DAEMON = ("run", "check", "counts")
"""All other commands are the technician's (`tools/commands.py`)."""


@printing()
def main() -> None:
    """Entry point: exit 0 done, 1 could not do it, 2 a mistake in call or settings, 75 halt the machine."""
    args = _parser(tools=sys.argv[1:2] != ["run"]).parse_args()
    try:
        sys.exit(_command(args))
    except BrokenPipeError:
        raise
    except (SettingsFault, ClockFault) as fault:
        _say(fault)
        sys.exit(USAGE)
    except ForeignFile as fault:
        _say(fault)
        sys.exit(USAGE)
    except (StoreFault, OSError) as fault:
        _say(fault)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


def _today() -> date | None:
    """The day, where the clock is known."""
    wall_ms = Clock().wall_ms()
    return None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, UTC).date()


def _command(args: argparse.Namespace) -> int:
    if args.command not in DAEMON:
        from gateway.tools.commands import ON_PAPER, ON_THE_WIRE

        if args.command in ON_THE_WIRE:
            return asyncio.run(ON_THE_WIRE[args.command](args))
        return ON_PAPER[args.command](args)
    plan = read(args.file, _today() if args.command == "check" else None)
    if args.command == "check":
        print(_summary(args.file, plan))
        return 0
    if args.command == "counts":
        print(json.dumps(counts(Path(plan.settings.store.path))))
        return 0
    return _run(plan, Clock.parse(args.clock, allowed=plan.settings.site.simulated))


def _run(plan: Plan, clock: Clock) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    notifier, note = Notifier.here(), StartsNote(runtime_folder())
    real = Clock()  # not that of a demonstration: this is about the card
    starts = note.begin(real.boot, real.up_ms())
    if starts.wait_s:
        log.warning("%d starts shortly after each other; this one waits %g s", starts.count, starts.wait_s)
        notifier.status(f"{starts.count} starts shortly after each other; waiting {starts.wait_s:g} s")
        time.sleep(starts.wait_s)
    notifier.status("reading the store")
    site = plan.settings.site
    path = Path(plan.settings.store.path)
    keep_private(path)
    store = open_store(path, site.status, site.simulated, notifier.more_time, runtime_folder())
    gc.freeze()  # what is there now stays: it need not be looked through again and again
    code = asyncio.run(_serve(Gateway(plan, clock, store, Unit(notifier, starts)), store, notifier, note))
    give_back(store, site.status, site.simulated)
    return code


async def _serve(gateway: Gateway, store: Store, notifier: Notifier, note: StartsNote) -> int:
    """Until SIGTERM or Ctrl-C, the box's battery ends, or a disk that took nothing is well again; then a goodbye."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    work = asyncio.create_task(gateway.run(), name="gateway")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    ended = asyncio.create_task(gateway.leaving.done.wait(), name="battery")
    mended = asyncio.create_task(disk_back(store), name="disk")
    await asyncio.wait({work, stopped, ended, mended}, return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        code = HALT if ended.done() else FAILED if mended.done() else 0
        notifier.stopping(WHY_STOPPED[code])
        note.end_well()
        if code != HALT:
            await gateway.leaving.farewell()
        work.cancel()
        await asyncio.wait({work}, timeout=LEAVE_WITHIN_S)
        if not work.done():
            # a broker or a bus that does not let go must not hold the machine's shutdown; all that counts is stored
            log.warning(
                "left without waiting for %s", ", ".join(sorted(task.get_name() for task in asyncio.all_tasks()))
            )
            os._exit(code)
        return code
    for task in (stopped, ended, mended):
        task.cancel()
    await work
    return 0


def _summary(path: Path, plan: Plan) -> str:
    site = plan.settings.site
    lines = [
        f"{path.name}: no faults. Site {site.id} ({site.place}), {site.connection.value}, status {site.status.value}"
    ]
    lines += [f"  {one.table.name}: {one.profile.head.title} at {one.line.name}, unit {one.unit}" for one in plan.wired]
    return "\n".join(lines)


def _parser(*, tools: bool = True) -> argparse.ArgumentParser:
    """The command line. `tools`: the technician's too; the daemon runs for years and need not hold them in memory."""
    parser = argparse.ArgumentParser(prog="sotpunkt-gateway", description=__doc__)
    parser.add_argument("--version", action="version", version=program_version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="read, judge, store and publish until stopped")
    run.add_argument("--clock", help="another clock, for demonstrations; only where the site is simulated")
    check = commands.add_parser("check", help="check a settings file and start nothing")
    count = commands.add_parser("counts", help="what the store holds, as one JSON object")
    for one in (run, check, count):
        one.add_argument("file", type=Path, help="settings file (TOML)")
    if tools:
        from gateway.tools.commands import ADD

        for add in ADD:
            add(commands)
    return parser


def _say(fault: BaseException) -> None:
    print(fault, file=sys.stderr)


if __name__ == "__main__":
    main()
