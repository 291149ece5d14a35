"""Does a finished run count as a test? Facts: reserve power, section 5: unbroken minutes with voltage; the load is
advice where the shop cannot reach it. Numbers stand in the record, keys in `reasons.toml`.
"""

import msgspec

from contract.judgement import RunDone
from gateway.core.facts import Facts

LOOKS_LATE = 2
"""A run begins and ends up to one poll away from where it is seen to."""

TAKES_LOAD_S = 60.0
"""From voltage to load, and from the return to the mains to the last voltage: no lack of load."""


def judged(
    run: RunDone, facts: Facts, *, stopped_itself: bool = False, voltage_known: bool = True, load_known: bool = True
) -> RunDone:
    """The run with its verdict. What nobody could know is said so, and never approves it."""
    why_not: list[str] = []
    remarks: list[str] = []
    if run.kind == "failed":
        why_not.append("run_no_voltage")
    elif not voltage_known and run.running_s <= 0:
        why_not.append("run_voltage_unknown")
    elif _short(run.running_s, run, facts):
        why_not.append("run_too_short")
    if stopped_itself and run.kind != "failed":
        why_not.insert(0, "run_stopped_itself")
    if run.kind != "failed" and (load := _load(run, facts, load_known)):
        (why_not if facts.run.load_required else remarks).append(load)
    if run.interrupted:
        remarks.append("run_not_seen_whole")
    kept = tuple(one for one in run.remarks if one not in remarks)
    return msgspec.structs.replace(run, approved=not why_not, why_not=tuple(why_not), remarks=(*remarks, *kept))


def _load(run: RunDone, facts: Facts, known: bool) -> str:
    """What is to be said of the load; empty when the advised share was held long enough, or as long as the run lasted
    that is too short anyway.
    """
    throughout = run.at_share_s > 0 and run.running_s - run.at_share_s <= TAKES_LOAD_S
    if throughout or not _short(run.at_share_s, run, facts):
        return ""
    if run.load_max_kw is not None:
        return "run_low_load"
    return "run_load_unknown" if run.loaded_s > 0 or not known else "run_off_load"


def _short(seconds: float, run: RunDone, facts: Facts) -> bool:
    """Less than the site's minutes, allowing for what polling cannot see."""
    polls = [device.poll_every_s for device in facts.devices if device.name == facts.controller]
    slack_s = 0.0 if run.declared else LOOKS_LATE * max(polls, default=0.0)
    return seconds < facts.run.minutes * 60 - min(slack_s, 60.0)
