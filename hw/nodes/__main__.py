"""`python -m hw.nodes`: how many days a battery feeds a node, and what costs most."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from hw.nodes import battery as reckon


def parser() -> argparse.ArgumentParser:
    """The command line."""
    told = argparse.ArgumentParser(prog="python -m hw.nodes", description=__doc__)
    told.add_argument("--board", required=True, help="a board of hw/nodes/power.toml: esp32-bare, esp32-devkit, pico-w")
    told.add_argument("--battery", required=True, metavar="AH", help="rated capacity, as 70Ah or 70")
    told.add_argument("--volt", type=int, choices=(12, 24), default=12, help="of the battery")
    told.add_argument("--kind", default="flooded", help="flooded or agm")
    told.add_argument("--at", type=float, default=-18.0, metavar="CELSIUS", help="coldest of the winter")
    told.add_argument("--keep", type=float, default=20.0, metavar="PERCENT", help="left for the set's own start")
    told.add_argument("--every", type=float, default=900.0, metavar="S", help="one wake in so many; 0: never sleeps")
    told.add_argument("--awake", type=float, default=6.0, metavar="S", help="awake in each")
    told.add_argument("--radio", type=float, default=4.0, metavar="S", help="of that with its radio on")
    told.add_argument("--status", metavar="FILE", help="a node's status (JSON): what it measured, instead of the three")
    told.add_argument("--load", action="append", default=[], help="what hangs on the battery beside: loop, mains …")
    told.add_argument("--days", type=float, help="so long it shall last: prints the node's setting `power`")
    told.add_argument("--json", action="store_true", help="one JSON object instead of text")
    return told


def main(arguments: list[str] | None = None) -> int:
    """0, or 2 with one sentence for a mistake."""
    args = parser().parse_args(arguments)
    try:
        answer = _answer(args)
    except (reckon.Mistake, OSError) as fault:
        print(f"hw.nodes: {fault}", file=sys.stderr)
        return 2
    print(json.dumps(answer) if args.json else "\n".join(_lines(answer)))
    return 0


def _answer(args: argparse.Namespace) -> dict[str, Any]:
    battery, board, loads = _battery(args), reckon.board(args.board), tuple(args.load)
    day = _measured(args.status) if args.status else reckon.cycle(args.every, args.awake, args.radio)
    costs = reckon.costs(board, day, battery, loads)
    answer: dict[str, Any] = {
        "days": round(reckon.days(battery, costs), 1),
        "usable_ah": round(battery.usable_ah(), 2),
        "mean_ua": round(sum(costs.values())),
        "costs_ua": {name: round(costs[name]) for name in sorted(costs, key=lambda name: -costs[name])},
    }
    if args.days is not None:
        answer["power"] = reckon.budget(board, battery, args.days, loads)
    return answer


def _battery(args: argparse.Namespace) -> reckon.Battery:
    try:
        capacity_ah = float(args.battery.lower().removesuffix("ah"))
    except ValueError:
        raise reckon.Mistake(f"--battery {args.battery!r} is no capacity; write 70Ah") from None
    if not 0 < capacity_ah < 100_000 or not 0 <= args.keep < 100 or not -60 <= args.at <= 60:
        raise reckon.Mistake("a battery has more than 0 Ah, 0 to 99 percent are kept, and it lies at -60 to 60 °C")
    return reckon.Battery(capacity_ah, args.volt, args.kind, args.at, args.keep / 100)


def _measured(file: str) -> reckon.Day:
    try:
        told = json.loads(Path(file).read_text("utf-8"))
        awake_ms, radio_ms = int(told["awake_ms"]), int(told["radio_ms"])
    except (ValueError, KeyError, TypeError):
        raise reckon.Mistake(f"{file} is no status of a node that sleeps: awake_ms and radio_ms are missing") from None
    return reckon.measured(awake_ms, radio_ms)


def _lines(answer: dict[str, Any]) -> list[str]:
    costs, mean_ua = answer["costs_ua"], answer["mean_ua"]
    lines = [f"{answer['days']} days ({answer['usable_ah']} Ah to use, {mean_ua / 1000:.2f} mA in the mean)"]
    lines += [f"  {100 * ua / mean_ua:5.1f} %  {ua / 1000:8.3f} mA  {name}" for name, ua in costs.items()]
    return lines + ([f'"power": {json.dumps(answer["power"])}'] if "power" in answer else [])


if __name__ == "__main__":
    sys.exit(main())
