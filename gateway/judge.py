"""`judge`: play a story through the judgement of the gateway and print what it tells. See `docs/judging.md`."""

import argparse
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from contract.judgement import Endurance, Reason
from gateway.core.story.story import Look, Played, Story, judged, play
from gateway.core.story.story_check import Unmet
from gateway.core.story.story_lines import endurance_line, reasons_line
from gateway.core.story.story_swedish import sentences
from gateway.core.story.story_text import clock_text, duration_ms
from gateway.story_file import BadStory, load

EVERY_S = 3.0
UNMET = 1
USAGE = 2
SUFFIX = ".toml"


def add_judge_parser(subparsers: Any) -> None:
    """Add `judge` to a program's commands (argparse's subparsers)."""
    judge = subparsers.add_parser("judge", help="play a story through the judgement and print what it tells")
    judge.add_argument("story", nargs="*", metavar="FILE", help="story file (TOML), or the name of a shipped one")
    judge.add_argument("--list", action="store_true", help="list the shipped stories")
    judge.add_argument("--every", metavar="DURATION", help="print also the state that often, for example 1h")
    judge.add_argument(
        "--quiet", action="store_true", help="print only expectations that are not met, and the last line"
    )
    judge.add_argument("--sv", action="store_true", help="print also what people read, in Swedish")
    judge.add_argument("--json", action="store_true", help="one JSON object per change")


def run_judge(args: argparse.Namespace) -> int:
    """`judge`: 0 when every expectation is met, 1 when not, 2 for a mistake in a file."""
    every_ms = duration_ms(args.every) if args.every else None
    if args.every and not every_ms:
        return _fail(f"--every: {args.every!r} is not a duration; write it like 1h or 10min")
    if args.list:
        for name, path in shipped().items():
            _say(f"{name:28}{load(path).title}")
        return 0
    if not args.story:
        return _fail("judge needs a FILE, or --list for the shipped stories")
    return max([_judge(name, args, every_ms) for name in args.story])


def shipped() -> dict[str, Path]:
    """The stories that come with the program, by name."""
    folder = Path(str(files("gateway").joinpath("stories")))
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def _judge(name: str, args: argparse.Namespace, every_ms: int | None) -> int:
    path = Path(name)
    if not path.exists():
        path = shipped().get(name.removesuffix(SUFFIX), path)
    try:
        story = load(path)
    except BadStory as fault:
        return _fail(str(fault))
    played = play(story, every_ms, _Progress(path.name, story.length_ms) if sys.stderr.isatty() else None)
    faults = judged(story, played)
    if args.json:
        for found in _objects(story, played, faults):
            _say(msgspec.json.encode(found).decode())
        return UNMET if faults else 0
    if not args.quiet:
        for text in _changes(story, played, every_ms, swedish=args.sv):
            _say(text)
    for fault in faults:
        _say(f"{path.name}:{fault.line}: {fault.text}")
        _say(f"    {fault.why}{'; around it:' if fault.around else ''}")
        for text in fault.around:
            _say(f"    {text}")
    _say(summary(path.name, story, played, faults))
    return UNMET if faults else 0


class _Progress:
    """Says every few seconds how far a long story has come, for who waits at a terminal."""

    def __init__(self, name: str, length_ms: int) -> None:
        self._name, self._length_ms = name, length_ms
        self._next_s = time.monotonic() + EVERY_S

    def __call__(self, at_ms: int) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s += EVERY_S
        sys.stderr.write(f"{self._name}: {clock_text(at_ms)} of {clock_text(self._length_ms)} played\n")


def _changes(story: Story, played: Played, every_ms: int | None, *, swedish: bool) -> Iterator[str]:
    """All lines in order of time; the state at intervals stands after what was told until then."""
    looks = [look for look in played.looks if every_ms and look.at_ms % every_ms == 0]
    for one in played.told:
        while looks and looks[0].at_ms < one.at_ms:
            yield _state(story, looks.pop(0))
        yield f"{clock_text(one.at_ms)}  {one.line}"
        if swedish:
            yield from (f"          {text}" for text in sentences(one.kind, one.body))
    for look in looks:
        yield _state(story, look)


def _state(story: Story, look: Look) -> str:
    return f"{clock_text(look.at_ms)}  = {' · '.join(_parts(story, look))}"


def _parts(story: Story, look: Look) -> list[str]:
    """Power, readiness with its reasons, fuel and battery, as the site says them then."""
    tree = look.tree
    if tree is None:
        return ["the gateway is not running"]
    reasons = reasons_line(msgspec.convert(tree["reasons"], tuple[Reason, ...]))
    fuel, battery = (
        msgspec.convert(tree[name], Endurance) if tree[name] else None for name in ("endurance", "battery")
    )
    parts = [f"power {tree['power']}", f"readiness {tree['readiness']}" + (f": {reasons}" if reasons else "")]
    parts.append(endurance_line("endurance", fuel, story.offset_min))
    if battery is not None:
        parts.append(endurance_line("battery", battery, story.offset_min))
    return parts


def summary(name: str, story: Story, played: Played, faults: list[Unmet]) -> str:
    """The last line: how the site stands, how often somebody was woken, and how many expectations were met."""
    raised = sum(one.line.startswith("alarm raised ") for one in played.told)
    woken = sum(one.notify for one in played.told)
    met = len(story.expected) - len(faults)
    said = f"{met} of {len(story.expected)} expectations met" if story.expected else "no expectations"
    parts = [*_parts(story, played.end), f"{raised} alarms raised", f"{woken} notifications"]
    return f"{name}: end {clock_text(story.length_ms)} · {' · '.join(parts)} · {said}"


def _objects(story: Story, played: Played, faults: list[Unmet]) -> Iterator[dict[str, Any]]:
    """Changes, looks, unmet expectations and the end, for programs."""
    for one in played.told:
        yield {
            "at": clock_text(one.at_ms), "at_ms": one.at_ms, "kind": one.kind, "line": one.line, "body": one.body,
            "run": one.run, "seq": one.seq, "notify": one.notify,
        }  # fmt: skip
    for look in played.looks:
        yield {"at": clock_text(look.at_ms), "at_ms": look.at_ms, "kind": "state", "state": look.tree}
    for fault in faults:
        yield {"kind": "unmet", **msgspec.to_builtins(fault)}
    yield {"kind": "end", "expected": len(story.expected), "unmet": len(faults), "steps": played.steps}


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return USAGE
