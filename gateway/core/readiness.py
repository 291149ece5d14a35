"""Would the site carry itself now? Facts: reserve power, section 16. Unknown is never ready; every remark is listed."""

from contract.words import AlarmState, Connection, Readiness
from gateway.core.alarms import AUTO_WORDS
from gateway.core.site import Facts, Site, number_of, word_of

BLOCKING = ("gen-shutdown", "emergency-stop", "fail-to-start", "not-in-auto", "battery-low")


def readiness(site: Site, facts: Facts) -> tuple[Readiness, tuple[str, ...]]:
    """(verdict, reasons). A reason is `<topic>` or `alarm:<key>`, words in the reader's catalogue."""
    unknown = _unknown(site, facts)
    if "no-controller" in unknown or "controller-silent" in unknown:
        return Readiness.UNKNOWN, unknown
    active = [alarm.key for alarm in site.memory.alarms if alarm.state is not AlarmState.RETURNED_UNACKED]
    blocking = [f"alarm:{key}" for key in active if key in BLOCKING]
    mode = word_of(site, facts.controller, "controller.mode")
    if facts.connection is Connection.AUTOMATIC and mode is not None and mode not in AUTO_WORDS:
        blocking.append("mode-not-auto")
    if site.endurance is not None and site.endurance.low_h <= 0:
        blocking.append("no-fuel")
    remarks = [f"alarm:{key}" for key in active if key not in BLOCKING]
    if blocking:
        return Readiness.NOT_READY, (*blocking, *remarks, *unknown)
    if "mode-unknown" in unknown or "battery-unknown" in unknown:
        return Readiness.UNKNOWN, (*unknown, *remarks)
    if remarks or unknown:
        return Readiness.REMARKS, (*remarks, *unknown)
    return Readiness.READY, ()


def _unknown(site: Site, facts: Facts) -> tuple[str, ...]:
    """What is not known and ought to be."""
    if facts.controller is None:
        return ("no-controller",)
    if not site.values.get(facts.controller) or site.polls_failed.get(facts.controller, 0) > 0:
        return ("controller-silent",)
    found = []
    if facts.connection is Connection.AUTOMATIC and word_of(site, facts.controller, "controller.mode") is None:
        found.append("mode-unknown")
    if number_of(site, facts.controller, "engine.battery_voltage") is None:
        found.append("battery-unknown")
    if site.endurance is None:
        found.append("fuel-unknown")
    return tuple(found)
