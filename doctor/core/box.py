"""Services, watchdog, supply and screen of the box."""

import msgspec

from doctor.core.contact import span
from doctor.core.finding import Finding, Why, fault, ok, remark

NOW, BEEN = 1 << 0, 1 << 16
"""Bits of the Raspberry Pi firmware's `get_throttled`: too low now, and at any time since the start."""
SCREEN_QUIET_S = 300


class ServicesLook(msgspec.Struct, frozen=True):
    """Service → systemd's word for how it is (active, failed, inactive …); None: there is no systemd to ask, nothing in
    it: it does not answer."""

    states: dict[str, str] | None
    wanted: tuple[str, ...] = ()


def services(look: ServicesLook) -> list[Finding]:
    """One sentence if all run, otherwise one for each that does not."""
    if look.states is None:
        return [remark("services", "no_systemd")]
    if not look.states:
        return [fault("services", "unsaid")]
    found = []
    for name in look.wanted:
        state = look.states.get(name, "unknown")
        if state != "active":
            found.append(fault("services", "down", name=name, state=state))
    return found or [ok("services", "running", count=len(look.wanted))]


def watchdog(states: tuple[str, ...]) -> Finding:
    """`states` of /sys/class/watchdog, "" for one that tells none: who feeds it."""
    if not states:
        return remark("watchdog", "none")
    if "active" in states:
        return ok("watchdog", "active")
    return fault("watchdog", "asleep") if any(states) else remark("watchdog", "unsaid")


def supply(alarm: str | None, throttled: str | None) -> Finding:
    """The driver's alarm (rpi_volt), or the firmware's word in hexadecimal."""
    if alarm is not None:
        return fault("supply", "low") if alarm.strip() == "1" else ok("supply", "good")
    try:
        bits = int(throttled or "", 16)
    except ValueError:
        return remark("supply", "unsaid")
    if bits & NOW:
        return fault("supply", "low")
    return remark("supply", "been") if bits & BEEN else ok("supply", "good")


def screen(expected: bool, silent_s: float | None, why_not: Why | None) -> Finding:
    """How long the screen has not drawn, as the gateway was told."""
    if not expected:
        return ok("screen", "none")
    if silent_s is None:
        return fault("screen", "unknown", why=why_not)
    time = span(int(silent_s * 1000))
    return fault("screen", "still", time=time) if silent_s > SCREEN_QUIET_S else ok("screen", "draws", time=time)


def owner_page(*, signs_in: bool, accounts: int | None, why_not: Why | None) -> Finding:
    """Can anybody use the owner's page? `accounts`: those that may sign in."""
    if not signs_in:
        return remark("owner_page", "shut_in")
    if accounts is None:
        return remark("owner_page", "unseen", why=why_not)
    return ok("owner_page", "accounts", count=accounts) if accounts else fault("owner_page", "nobody")
