"""What was entered in an exercise or a test must not carry over into actual, nor the other way.

Asked for at every start, with the status of the settings.
"""

import msgspec

from contract.messages import Alarm
from contract.words import Event, Status
from gateway.core.remembered import Lasting, Memory, keep
from gateway.core.site import Change


def forget_other_status(memory: Memory, status: Status) -> tuple[Memory, list[Change]]:
    """The memory for a site of this status, and what must be told when that is another one than before.

    What only holds for the moment is dropped: notices, services, the call-out, needs, what people saw, a visit; alarms
    leave the shelf. What was true before an exercise began is laid aside, and is back when the site is actual again.
    """
    was = memory.status
    if was is None or was is status:
        return (memory if was is status else keep(memory, status=status)), []
    lost = _counted(memory)
    detail = f"status {was.value} → {status.value}; dropped: {', '.join(lost) or 'nothing'}"
    words = {"who": "", "key": "other_status", "params": {"was": was.value, "now": status.value}}
    changes = [Change(Event.ENTERED, {"detail": detail} | words)]
    if memory.active:
        closed = {"who": "", "key": "closed", "params": {}}
        changes.append(Change(Event.ACTIVATION_CHANGED, {"detail": f"not active: {detail}"} | closed))
    aside = _lasting(memory) if was is Status.ACTUAL else memory.aside
    memory = _emptied(memory)
    if status is Status.ACTUAL:
        memory, aside = _returned(memory, aside or Lasting()), None
    return keep(memory, status=status, aside=aside), changes


def _emptied(memory: Memory) -> Memory:
    fresh = Memory()
    parts = ("notices", "services", "active", "call", "needs", "reports", "visit", "woken", "waking")
    alarms = tuple(_off_the_shelf(alarm) for alarm in memory.alarms)
    return keep(memory, alarms=alarms, **{part: getattr(fresh, part) for part in parts})


def _off_the_shelf(alarm: Alarm) -> Alarm:
    """Its time on the shelf is over; the alarms themselves then tell that it is back."""
    if alarm.shelved is None:
        return alarm
    return msgspec.structs.replace(alarm, shelved=msgspec.structs.replace(alarm.shelved, for_s=0))


def _lasting(memory: Memory) -> Lasting:
    return Lasting(
        confirmed=memory.confirmed,
        away=memory.away,
        deliveries=memory.deliveries,
        station=memory.station,
        needs=memory.needs,
        reports=memory.reports,
        out_of_service=memory.out_of_service,
        fuel_told=memory.fuel.told,
        declared_runs=tuple(run.id for run in memory.runs if run.declared),
    )


def _returned(memory: Memory, aside: Lasting) -> Memory:
    """Test runs that somebody declared in an exercise were not run; those that instruments saw were."""
    runs = tuple(run for run in memory.runs if not run.declared or run.id in aside.declared_runs)
    fuel = msgspec.structs.replace(memory.fuel, told=aside.fuel_told)
    apart = ("declared_runs", "fuel_told")
    parts = {part: value for part, value in msgspec.structs.asdict(aside).items() if part not in apart}
    return keep(memory, runs=runs, fuel=fuel, **parts)


def _counted(memory: Memory) -> list[str]:
    """What is dropped, as words with numbers."""
    counts = {
        "notices": len(memory.notices),
        "services": len(memory.services),
        "call-out": int(memory.call.id != ""),
        "needs": len(memory.needs),
        "reports": len(memory.reports),
    }
    return [f"{count} {name}" for name, count in counts.items() if count]
