"""`plan`: which requests a profile needs on a wire, and what they cost there. `profiles`: which there are."""

import argparse
from typing import Any

import msgspec

from gateway.core.wire.lines import SerialLine, TcpLine, cost_on
from gateway.core.wire.plan import Read, cost_s, describe, one_per_value_s, plans
from gateway.profiles.registry import load, registry
from gateway.profiles.schema import Profile
from gateway.tools.lines import MISTAKES, USAGE, add_line, fail, line_of, say


def add_plan(subparsers: Any) -> None:
    """Add `plan` and `profiles` to a program's commands (argparse's subparsers)."""
    plan = subparsers.add_parser("plan", help="show which requests a profile needs, and what they cost")
    plan.add_argument("--profile", required=True, help="name of a profile, or path of a profile file")
    plan.add_argument("--json", action="store_true", help="one JSON object instead of text")
    add_line(plan)
    profiles = subparsers.add_parser("profiles", help="list the device profiles")
    profiles.add_argument("--json", action="store_true", help="one JSON array instead of text")


def run_plan(args: argparse.Namespace) -> int:
    """`plan`: the requests per rate and what they cost on the wire, also against one request per value."""
    try:
        profile, line = load(args.profile), line_of(args)
    except MISTAKES as fault:
        return fail(fault, USAGE)
    if args.json:
        say(msgspec.json.encode(_plan_object(profile, line)).decode())
        return 0
    if profile.head.discover:
        say(f"{profile.name}: the device itself says where its registers stand, so its plan is made when it answers")
    for text in describe(profile, line):
        say(text)
    return 0


def run_profiles(args: argparse.Namespace) -> int:
    """`profiles`: one line per profile: name, kind, title."""
    profiles = registry()
    if args.json:
        say(msgspec.json.encode([_profile_object(one) for one in profiles.values()]).decode())
        return 0
    name = max(len(one) for one in profiles)
    kind = max(len(one.head.kind) for one in profiles.values())
    for one in profiles.values():
        note = " (experimental)" if one.head.experimental else ""
        say(f"{one.name:{name}}  {one.head.kind:{kind}}  {one.head.title}{note}")
    return 0


def _plan_object(profile: Profile, line: TcpLine | SerialLine) -> dict[str, Any]:
    cost = cost_on(line, profile.link.pause_s)
    single_s = one_per_value_s(profile, line)
    rates = {
        rate: {
            "signals": sum(len(read.rows) for read in reads),
            "ms": _ms(cost_s(reads, cost)),
            "one_per_value_ms": _ms(single_s[rate]),
            "requests": [_request(read, cost.of(1, read.block.size)) for read in reads],
        }
        for rate, reads in plans(profile, line).items()
        if reads
    }
    return {"profile": profile.name, "line": line.name, "rates": rates}


def _request(read: Read, seconds: float) -> dict[str, Any]:
    block = read.block
    return {
        "function": block.function,
        "first": block.start,
        "last": block.end - 1,
        "signals": [row.key for row in read.rows],
        "ms": _ms(seconds),
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _profile_object(one: Profile) -> dict[str, Any]:
    head = one.head
    return {
        "name": one.name,
        "title": head.title,
        "maker": head.maker,
        "kind": head.kind,
        "experimental": head.experimental,
        "default_unit": head.default_unit,
        "signals": len({row.key for row in one.rows}),
        "proves_itself": bool(one.identity),
        "unknown": head.unknown,
    }
