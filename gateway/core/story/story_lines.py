"""What the gateway tells, one readable line per change. The words are those of the records; their order is fixed, so
that an expectation can name the ones that matter.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from contract.judgement import Endurance, Reason
from contract.messages import Alarm
from contract.records import BODIES, AlarmBody, RunBody
from contract.words import AlarmState, Event

Lines = Callable[[str, Any], str]


def line_of(kind: str, body: dict[str, Any], known_runs: set[str]) -> str:
    """One change as a line. `known_runs`: ids of runs that were told before; a run told again is only noted."""
    if kind == Event.RUN_ENDED:
        return _run(msgspec.convert(body, RunBody), known_runs)
    what = msgspec.convert(body, BODIES[kind])
    maker = _LINES.get(kind)
    return maker(kind, what) if maker is not None else f"{kind} {_rest(what)}".strip()


def notified(kind: str, body: dict[str, Any]) -> bool:
    """Would somebody be woken by it?"""
    return kind.startswith("alarm_") and msgspec.convert(body, AlarmBody).notify


def _power(_kind: str, what: Any) -> str:
    return f"power {what.was} -> {what.power} by {what.source}"


def _plain_event(kind: str, _what: Any) -> str:
    return kind


def _alarm(kind: str, what: Any) -> str:
    alarm: Alarm = what.alarm
    verb = kind.removeprefix("alarm_")
    if verb == "raised" and alarm.state is AlarmState.SUPPRESSED:
        # by design nobody is told of it
        verb = "suppressed"
    parts = ["alarm", verb, alarm.key, alarm.device, f"P{alarm.priority}", alarm.state.value]
    parts += ["notify"] if what.notify else []
    parts += ["first_out"] if alarm.first_out else []
    parts += ["chattering"] if alarm.chattering else []
    parts += [f"suppressed_by={alarm.suppressed_by}"] if alarm.suppressed_by else []
    parts += [f'"{alarm.detail}"'] if alarm.detail else []
    return " ".join(parts)


def _readiness(_kind: str, what: Any) -> str:
    why = f": {reasons_line(what.reasons)}" if what.reasons else ""
    return f"readiness {what.was} -> {what.readiness}{why}"


def reasons_line(of: tuple[Reason, ...]) -> str:
    """Keys, heaviest first, with their details."""
    return ", ".join(f'{one.key} "{one.detail}"' if one.detail else one.key for one in of)


def _run(what: RunBody, known: set[str]) -> str:
    run = what.run
    again = run.id in known
    known.add(run.id)
    parts = ["run", "noted" if again else "ended", run.kind, "approved" if run.approved else "not_approved"]
    parts += ["declared"] if run.declared else []
    parts += ["interrupted"] if run.interrupted else []
    parts += [f"why={','.join(run.why_not)}"] if run.why_not else []
    parts += [f"remarks={','.join(run.remarks)}"] if run.remarks else []
    numbers = {
        "cranks": run.cranks, "to_voltage_s": run.to_voltage_s, "to_load_s": run.to_load_s,
        "running_min": run.running_s / 60, "loaded_min": run.loaded_s / 60, "mean_kw": run.load_mean_kw,
        "fuel_l": run.fuel_l, "battery_min_v": run.battery_min_v,
    }  # fmt: skip
    parts += [f"{name}={number:.4g}" for name, number in numbers.items() if number is not None]
    return " ".join(parts)


def _outage(_kind: str, what: Any) -> str:
    outage = what.outage
    return (
        f"outage ended without_power_min={outage.without_power_s / 60:.4g} "
        f"on_reserve_min={outage.on_reserve_s / 60:.4g} unknown_min={outage.unknown_s / 60:.4g} "
        f"steps={len(outage.steps)}" + (f" fuel_l={outage.fuel_l:.4g}" if outage.fuel_l is not None else "")
    )


def _fuel(kind: str, what: Any) -> str:
    return f"{kind} {what.before_l:.0f} L -> {what.after_l:.0f} L"


def _answered(kind: str, what: Any) -> str:
    return f"{kind} {what.answer.activator} {'coming' if what.answer.coming else 'not_coming'}"


def _need(kind: str, what: Any) -> str:
    return f"{kind} {what.need.id} {what.need.what} {what.need.state}"


def _report(kind: str, what: Any) -> str:
    return f"{kind} by {what.who}"


def _order(kind: str, what: Any) -> str:
    return f"{kind} {what.kind}" + (f' "{what.detail}"' if what.detail else "")


def _note(kind: str, what: Any) -> str:
    return f"{kind}" + (f" by {what.who}" if what.who else "") + (f' "{what.detail}"' if what.detail else "")


def _rest(what: Any) -> str:
    """A body that has no line of its own: its fields in their order."""
    return " ".join(str(value) for value in msgspec.to_builtins(what).values() if value not in ("", None))


def _makers() -> dict[str, Lines]:
    makers: dict[str, Lines] = {
        Event.POWER_CHANGED: _power,
        Event.READINESS_CHANGED: _readiness,
        Event.OUTAGE_ENDED: _outage,
        Event.REFUELLED: _fuel,
        Event.FUEL_LOST: _fuel,
        Event.CALL_ANSWERED: _answered,
        Event.NEED_SAID: _need,
        Event.NEED_CHANGED: _need,
        Event.REPORT_ENTERED: _report,
        Event.ORDER_DONE: _order,
        Event.ORDER_REFUSED: _order,
    }
    for kind, body in BODIES.items():
        if body is AlarmBody:
            makers[kind] = _alarm
        elif body.__name__ == "PowerBody":
            makers.setdefault(kind, _plain_event)
        elif body.__name__ == "NoteBody":
            makers.setdefault(kind, _note)
    return makers


_LINES = _makers()


def endurance_line(name: str, of: Endurance | None, offset_min: int) -> str:
    """`endurance 75-111 h until Thu 06:40 model`; `offset_min`: the local zone, as the story's start tells it."""
    if of is None:
        return f"{name} unknown"
    high = "?" if of.high_h is None else f"{of.high_h:.4g}"
    until = ""
    if of.until_ms is not None:
        zone = timezone(timedelta(minutes=offset_min))
        until = f" until {datetime.fromtimestamp(of.until_ms / 1000, UTC).astimezone(zone):%a %d %H:%M}"
    return f"{name} {of.low_h:.4g}-{high} h{until} {of.basis}"
