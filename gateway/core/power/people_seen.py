"""People as witnesses of the power: what somebody saw, how long that holds, and how sure its time is."""

from contract.judgement import Witness
from contract.words import Origin
from gateway.core.moments import age_ms
from gateway.core.remembered import Witnessed
from gateway.core.site import Now, Site

REPORT_HOLDS_MS = 4 * 3600 * 1000
"""What a person saw is believed for four hours when no instrument speaks; then it is unknown."""
DOUBT_S = {"phone": 300.0, "radio": 600.0}
"""How far off the time of a report may be that came by somebody else, unless it says so itself."""


def newest(site: Site, now: Now) -> Witnessed | None:
    """The newest report of the power that still holds; one whose age nobody can tell does not."""
    if not site.memory.reports:
        return None
    aged = [(age_ms(told.at, now), told) for told in site.memory.reports if _of_power(told)]
    held = [(age, told) for age, told in aged if age is not None and age + 1000 * doubt_s(told) <= REPORT_HOLDS_MS]
    # a form knows minutes: of two from the same one, what was said last holds
    return min(reversed(held), key=lambda one: one[0])[1] if held else None


def doubt_s(told: Witnessed) -> float:
    """How far off the time of the observation may be, s."""
    return max(60.0 * told.report.doubt_minutes, DOUBT_S.get(told.through, 0.0))


def as_witness(told: Witnessed) -> Witness:
    """As staff read it."""
    report = told.report
    parts = [f"power {report.power}"] if report.power else []
    if report.set_running is not None:
        parts.append("set running" if report.set_running else "set stopped")
    if report.load_connected is not None:
        parts.append("load connected" if report.load_connected else "load not connected")
    return Witness(
        source=f"person/{told.who}"[:80],
        says=", ".join(parts) or "present",
        origin=Origin.REPORTED,
        up_ms=told.at.up_ms,
        doubt_s=doubt_s(told),
        at=told.at,
    )


def mains(told: Witnessed) -> bool | None:
    """Are there mains?"""
    return {"mains": True, "reserve": None, "none": False}.get(told.report.power or "")


def engine(told: Witnessed) -> str | None:
    """Does the set run?"""
    if told.report.set_running is None:
        return "running" if told.report.power == "reserve" else None
    return "running" if told.report.set_running else "stopped"


def on_set(told: Witnessed) -> bool | None:
    """Does the set carry the load?"""
    if told.report.load_connected is not None and told.report.set_running is not None:
        return told.report.load_connected and told.report.set_running
    return {"reserve": True, "mains": False, "none": False}.get(told.report.power or "")


def live(told: Witnessed) -> bool | None:
    """Is there power in the shop?"""
    return {"reserve": True, "mains": True, "none": False}.get(told.report.power or "")


def after(told: Witnessed, changed_ms: int, now: Now) -> bool:
    """What a person saw of the load side before the mains changed says nothing of now, as with an instrument."""
    return changed_ms == 0 or (told.at.boot == now.boot and told.at.up_ms >= changed_ms)


def _of_power(told: Witnessed) -> bool:
    said = (told.report.power, told.report.set_running, told.report.load_connected)
    return any(one is not None for one in said)
