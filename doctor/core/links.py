"""Does a broker answer, is it the right one, and does it let us in?"""

from enum import StrEnum

import msgspec

from doctor.core.finding import Finding, Why, fault, ok


class Stage(StrEnum):
    """How far a connect came before it failed."""

    SETTINGS = "settings"
    FILES = "files"
    NAME = "name"
    PORT = "port"
    ENCRYPTION = "encryption"
    ACCOUNT = "account"
    IN = "in"
    CONNECTED = "connected"
    """The gateway is connected there now, and was not disturbed: name, port and certificates were tried."""


class LinkLook(msgspec.Struct, frozen=True, kw_only=True):
    """`check` is site_broker or central_broker; `why` the reason, `account` who we said we are."""

    check: str
    url: str
    stage: Stage
    why: Why | None = None
    account: str = ""


def judge(look: LinkLook) -> Finding:
    """One sentence for one broker."""
    if look.stage in (Stage.IN, Stage.CONNECTED):
        return ok(look.check, look.stage.value, url=look.url)
    return fault(look.check, look.stage.value, url=look.url, account=look.account, why=look.why)
