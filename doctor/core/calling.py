"""Can the site call its own people: is there a modem that sends, a lamp that shines, and may the gateway use them?"""

import msgspec

from doctor.core.finding import Finding, fault, ok, remark

DOWN = ("no_command", "no_manager", "no_answer", "no_modem")
READY = ("registered", "connecting", "connected", "disconnecting")
SEEKING = ("enabled", "searching")
OFF = ("disabled", "disabling")
TROUBLE = ("locked", "failed")


class ModemLook(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: ModemManager's own word, or one of DOWN. `allowed`: may the gateway use it? None: that was not seen."""

    state: str
    allowed: bool | None = True


class LampLook(msgspec.Struct, frozen=True, kw_only=True):
    """The file by which the kernel switches it; `account` would write it."""

    path: str
    there: bool
    account: str = ""
    allowed: bool = True


def modem(look: ModemLook) -> Finding:
    """One sentence: the first thing that is to be done."""
    if look.state in DOWN or look.state in TROUBLE:
        return fault("sms", look.state)
    if look.allowed is False:
        return fault("sms", "forbidden")
    if look.allowed is None:
        return remark("sms", "unseen")
    if look.state in SEEKING:
        return remark("sms", "no_network")
    if look.state in OFF:
        return ok("sms", "off")
    return ok("sms", "ready") if look.state in READY else remark("sms", "starting", state=look.state)


def lamp(look: LampLook) -> Finding:
    """One sentence."""
    if not look.there:
        return fault("lamp", "gone", path=look.path)
    return ok("lamp", "ready", path=look.path) if look.allowed else fault(
        "lamp", "forbidden", path=look.path, account=look.account
    )  # fmt: skip
