"""Would the site carry itself now, and if not plainly so, why not? Facts: reserve power, section 16.

Unknown is never ready: without a named minimum the verdict is unknown, any other gap is a remark. Every reason is told,
the heaviest first, and each thing once.
"""

from collections.abc import Iterable, Sequence

import msgspec

from contract.judgement import Grounds, Reason
from contract.messages import Alarm
from contract.reasons import catalogue
from contract.records import ReadinessBody
from contract.words import AlarmState, Basis, Event, Readiness
from gateway.core.facts import Facts
from gateway.core.readiness.case import Case
from gateway.core.readiness.checks import CHECKS, Check, find
from gateway.core.readiness.found import Checked, Failing, Finding, Outcome, ReadinessTold
from gateway.core.remembered import Memory, keep
from gateway.core.set_words import AT_REST, STARTING, STOPPING_WORDS
from gateway.core.site import Change, Now, Site

BLOCKING = {
    "gen-shutdown": False,
    "estop": False,
    "emergency-stop": False,
    "start-failed": True,
    "fail-to-start": True,
    "not-in-auto": True,
    "battery-low": True,
    "no-transfer": False,
    "not-connected": False,
    "no-power-at-site": False,
}
"""Alarms with which power does not reach the site → do they only concern a start that has yet to come?"""
TELLS_OF = {
    "gen-shutdown": "shutdown",
    "estop": "estop",
    "emergency-stop": "estop",
    "start-failed": "test",
    "fail-to-start": "test",
    "not-in-auto": "mode",
    "battery-low": "battery",
    "battery-low-voltage": "battery",
    "charger-fail": "charger",
    "heater-fail": "heater",
    "low-coolant-temperature": "heater",
    "fuel-critical": "fuel",
    "fuel-low": "fuel",
    "low-fuel-level": "fuel",
    "low-fuel-level-switch": "fuel",
    "fuel-old": "fuel_age",
    "fuel-cold": "fuel_cold",
    "summer-fuel": "fuel_cold",
    "test-overdue": "test",
    "service-due": "service",
    "maintenance-due": "service",
    "clock-bad": "clock",
}
"""Alarms that tell what a check tells too."""
READS = {
    "controller.mode": "mode",
    "controller.shutdown_alarm": "shutdown",
    "engine.battery_voltage": "battery",
    "engine.coolant_temperature": "heater",
    "engine.maintenance_due_in": "service",
    "fuel.level": "fuel",
    "ups.health": "ups",
}
"""Signals whose loss a check tells, with what to do until the sensor is repaired."""
NO_MATTER = ("mains-lost", "mains-unstable")
"""What the set is there for says nothing of whether it is ready for it."""
BY_CONTROLLER = ("shutdown", "estop", "charger", "heater", "service")
"""While the controller is silent these are missing because of that, and that is told."""
ACTIVE = (AlarmState.UNACKED, AlarmState.ACKED, AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE)
"""A shelved alarm makes the site no readier; one that is suppressed by design tells nothing."""
BLOCKING_WEIGHT = 145
SETTLED_MS = 20_000
SETTLED_REASONS_MS = 60_000
"""A verdict that has stood so long is told by an event; other reasons for the same verdict later."""


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change] = ()) -> tuple[Site, list[Change]]:
    """The verdict anew."""
    case = Case(site, facts, now, _seen(site, now))
    checks = [check for check in CHECKS if check.applies(case)]
    found, worse_ms = {}, {}
    for check in checks:
        finding = find(check, case)
        if _is_a_dip(check, finding, case):
            worse_ms[check.key] = case.was.worse_ms.get(check.key, now.up_ms)
            finding = case.was.found[check.key]
        found[check.key] = finding
    verdict, reasons = judge(checks, found, case)
    site = msgspec.structs.replace(
        site,
        memory=_remember_failing(case, found),
        readiness=verdict,
        reasons=reasons,
        grounds=grounds(found.values()),
        checked=msgspec.structs.replace(case.was, found=found, worse_ms=worse_ms),
    )
    return _tell(site, now)


def judge(checks: Iterable[Check], found: dict[str, Finding], case: Case) -> tuple[Readiness, tuple[Reason, ...]]:
    """(verdict, reasons heaviest first) from what was found and the alarms that stand."""
    outcomes = {check.key: _counted(check, found[check.key].outcome, case) for check in checks}
    alarms = _alarms(found, case)
    reasons = {reason: _weight(reason.key) for finding in found.values() if (reason := _reason(finding, found))}
    reasons |= {reason: BLOCKING_WEIGHT if blocks else _weight("alarm") for reason, blocks in alarms.items()}
    heaviest_first = tuple(sorted(reasons, key=lambda reason: (-reasons[reason], reason.key, reason.detail)))
    lacks = any(outcomes[check.key] is Outcome.MISSING and check.minimum for check in checks)
    if Outcome.FAIL in outcomes.values() or any(alarms.values()):
        return Readiness.NOT_READY, heaviest_first
    if lacks:
        return Readiness.UNKNOWN, heaviest_first
    clean = set(outcomes.values()) <= {Outcome.OK} and not alarms
    return Readiness.READY if clean else Readiness.REMARKS, heaviest_first


def grounds(found: Iterable[Finding]) -> Grounds:
    """How many of the checks that apply were measured, reported, missing."""
    bases = [finding.basis for finding in found]
    return Grounds(
        measured=bases.count(Basis.MEASURED),
        reported=bases.count(Basis.REPORTED),
        missing=bases.count(Basis.MISSING),
    )


def _counted(check: Check, outcome: Outcome, case: Case) -> Outcome:
    """What the set would need for a start it no longer needs while it carries the site."""
    return Outcome.REMARK if check.for_start and case.carrying and outcome is not Outcome.OK else outcome


def _reason(finding: Finding, found: dict[str, Finding]) -> Reason | None:
    if finding.outcome is Outcome.OK:
        return None
    contact = found.get("contact")
    silent = contact is not None and contact.outcome is Outcome.MISSING
    if silent and finding.outcome is Outcome.MISSING and finding.check in BY_CONTROLLER:
        return None
    return Reason(key=finding.reason, detail=finding.detail, basis=finding.basis)


def _alarms(found: dict[str, Finding], case: Case) -> dict[Reason, bool]:
    """Reasons of alarms that no check tells → does it keep the set from running?"""
    reasons = {}
    for alarm in case.memory.alarms:
        if alarm.state not in ACTIVE or not alarm.holds or alarm.key in NO_MATTER:
            continue
        blocks = alarm.detail in STOPPING_WORDS or not BLOCKING.get(alarm.key, True)
        blocks = blocks or (alarm.key in BLOCKING and not case.carrying)
        blocks = blocks and alarm.state is not AlarmState.OUT_OF_SERVICE
        if not _told(alarm, blocks, found, case):
            reasons[Reason(key="alarm", detail=alarm.key)] = blocks
    return reasons


def _told(alarm: Alarm, blocks: bool, found: dict[str, Finding], case: Case) -> bool:
    """Do checks tell it already, and as gravely?"""
    checks = [TELLS_OF[alarm.key]] if alarm.key in TELLS_OF else []
    if alarm.key == "device-silent" and alarm.device == case.facts.controller:
        checks = ["contact"]
    if alarm.key == "sensor-fault":
        checks = [READS.get(signal, "") for signal in alarm.detail.split(", ")]
    outcomes = [found[check].outcome if check in found else Outcome.OK for check in checks]
    if not outcomes or Outcome.OK in outcomes:
        return False
    return Outcome.FAIL in outcomes or not blocks


def _weight(key: str) -> int:
    return catalogue()[key].weight


def _is_a_dip(check: Check, finding: Finding, case: Case) -> bool:
    """Does it measure worse than at the last look, and not for long yet?"""
    if not check.hold_s or finding.basis is not Basis.MEASURED:
        return False
    was = case.last(check.key)
    if was is None:
        return False
    grades = (Outcome.OK, Outcome.REMARK, Outcome.FAIL)
    if grades.index(finding.outcome) <= grades.index(was.outcome):
        return False
    return case.now.up_ms - case.was.worse_ms.get(check.key, case.now.up_ms) < check.hold_s * 1000


def _seen(site: Site, now: Now) -> Checked:
    """When the set last turned and started, and since when there are mains again."""
    was, engine, mains = site.checked, site.evidence.engine, site.evidence.mains
    ran = engine is not None and engine not in AT_REST
    return msgspec.structs.replace(
        was,
        ran_ms=now.up_ms if ran else was.ran_ms,
        cranked_ms=now.up_ms if engine in STARTING else was.cranked_ms,
        mains_ms=now.up_ms if mains is False else was.mains_ms,
    )


def _remember_failing(case: Case, found: dict[str, Finding]) -> Memory:
    """What measured wrong last stays wrong until it measures otherwise or somebody says so later."""
    was = case.memory.failing
    failing = {}
    for key, finding in found.items():
        held = was.get(key)
        if finding.outcome is not Outcome.FAIL:
            continue
        if finding.basis is Basis.MEASURED:
            known = held is not None and not held.lost and held.reason == finding.reason
            fresh = Failing(reason=finding.reason, detail=finding.detail, at=case.now.moment())
            failing[key] = held if held is not None and known else fresh
        elif finding.basis is Basis.MISSING and held is not None:
            failing[key] = held if held.lost else msgspec.structs.replace(held, at=case.now.moment(), lost=True)
    return case.memory if failing == was else keep(case.memory, failing=failing)


def _tell(site: Site, now: Now) -> tuple[Site, list[Change]]:
    """Tell of a verdict, or of other reasons for it, once it has stood for a while."""
    last = site.memory.readiness_told or ReadinessTold(readiness=Readiness.UNKNOWN)
    names = {f"alarm:{one.detail}" if one.key == "alarm" else one.key for one in site.reasons}
    stands = ReadinessTold(readiness=site.readiness, reasons=tuple(sorted(names)))
    if stands == site.memory.readiness_told:
        return _differing(site, None), []
    since_ms = site.checked.differs_ms if site.checked.differs_ms is not None else now.up_ms
    settled_ms = SETTLED_MS if stands.readiness is not last.readiness else SETTLED_REASONS_MS
    if now.up_ms - since_ms < settled_ms:
        return _differing(site, since_ms), []
    body = ReadinessBody(readiness=site.readiness, was=last.readiness, reasons=site.reasons)
    site = msgspec.structs.replace(_differing(site, None), memory=keep(site.memory, readiness_told=stands))
    return site, [Change(Event.READINESS_CHANGED, msgspec.to_builtins(body))]


def _differing(site: Site, since_ms: int | None) -> Site:
    if site.checked.differs_ms == since_ms:
        return site
    return msgspec.structs.replace(site, checked=msgspec.structs.replace(site.checked, differs_ms=since_ms))
