"""A site that is kept as it should be: every check of its readiness is ok, and each test spoils one thing."""

from typing import Any

import msgspec

from contract.judgement import Activator, RunDone
from contract.messages import Value
from contract.orders import Confirmation, Delivery
from contract.wire import Moment
from contract.words import ClockQuality, Connection
from gateway.core.facts import CallFacts, DeviceFacts, Facts
from gateway.core.fuel import endurance
from gateway.core.power.hearing import hear
from gateway.core.readiness.case import Case
from gateway.core.readiness.checks import CHECKS, find
from gateway.core.readiness.found import Finding
from gateway.core.remembered import Confirmed, Filled, Memory
from gateway.core.site import Now, Site

from .conftest import WALL_MS, Story, at, facts, genset, good, order

DAY_S = 86_400.0
LOOKED_MS = WALL_MS + 10_000
"""Wall clock of the first look, ten seconds after the box was switched on."""
KIM, SAM = Activator(id="kim", name="Kim"), Activator(id="sam", name="Sam")


def kept(*devices: DeviceFacts, connection: Connection = Connection.AUTOMATIC, **changes: Any) -> Facts:
    """The settings of the site, with two people who can open it."""
    call = changes.pop("call", CallFacts(activators=(KIM, SAM)))
    return facts(*devices, connection=connection, call=call, **changes)


def days_ago(days: float) -> Moment:
    """A moment of an earlier boot, when the clock was known."""
    return Moment(boot="earlier", up_ms=0, wall_ms=LOOKED_MS - round(days * DAY_S * 1000), clock=ClockQuality.SYNCED)


def said(days: float = 1, *, ok: bool = True, who: str = "Driftansvarig", **more: str) -> Confirmed:
    """What a person confirmed so many days ago."""
    return Confirmed(ok=ok, who=who, at=days_ago(days), **more)


def approved(days: float = 10, **changes: Any) -> RunDone:
    """A run that gave voltage and counts."""
    parts: dict[str, Any] = {"id": f"run-{days}", "kind": "test", "approved": True}
    return RunDone(**(parts | {"started": days_ago(days), "ended": days_ago(days)} | changes))


def filled(days: float = 100, litres: float = 1000, **changes: Any) -> Filled:
    """A delivery so many days ago."""
    parts: dict[str, Any] = {"litres": litres, "product": "diesel", "cfpp_c": -32.0}
    ms = LOOKED_MS - round(days * DAY_S * 1000)
    delivery = Delivery(delivered_ms=ms, **(parts | changes))
    return Filled(delivery=delivery, who="Driftansvarig", at=days_ago(days))


def memory(**changes: Any) -> Memory:
    """What such a site remembers."""
    parts: dict[str, Any] = {
        "confirmed": {"activator:kim": said(), "activator:sam": said()},
        "runs": (approved(),),
        "deliveries": (filled(),),
    }
    return Memory(**(parts | changes))


def values(second: float = 0, **changes: Value) -> dict[str, Value]:
    """What its controller says: all that a check asks for, and all well."""
    more = {
        "alarm__emergency-stop": good("inactive", second),
        "alarm__maintenance-due": good("inactive", second),
        "controller__trip_alarm": good(0, second),
        "engine__battery_voltage": good(13.6, second),
        "engine__coolant_temperature": good(40.0, second),
        "engine__maintenance_due_in": good(360_000.0, second),
        "outdoor__temperature": good(-5.0, second),
    }
    return genset(second, **(more | changes))


def story(of: Facts | None = None, held: Memory | None = None, second: float = 10, **changes: Value) -> Story:
    """The site after one poll."""
    one = Story(of or kept(), held or memory())
    one.poll(at(second), "genset", values(second, **changes))
    return one


def look(
    check: str, of: Facts | None = None, held: Memory | None = None, now: Now | None = None, **changes: Value
) -> Finding | None:
    """What one check finds at a first look, on its own; None when it does not apply."""
    now = now or at(10)
    of, polled = of or kept(), {"genset": values(now.up_ms / 1000, **changes)}
    site = Site(memory=held or memory(), values=polled)
    site = msgspec.structs.replace(site, evidence=hear(site, of, now))
    site, _ = endurance.watch(site, of, now, [])
    case = Case(site, of, now, site.checked)
    one = next(one for one in CHECKS if one.key == check)
    return find(one, case) if one.applies(case) else None


def answer(finding: Finding | None) -> tuple[str, str, str] | None:
    """(outcome, basis, reason) of a finding."""
    return None if finding is None else (finding.outcome.value, finding.basis.value, finding.reason)


def confirmed(number: int, what: str, second: float = 10, *, ok: bool = True, **more: Any) -> Any:
    """An order by which somebody confirms, seen and entered at that second."""
    seen_ms = more.pop("observed_ms", WALL_MS + round(second * 1000))
    return order(number, Confirmation(what=what, ok=ok, observed_ms=seen_ms, **more), entered_ms=seen_ms)
