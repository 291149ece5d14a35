"""Is the serial line there, may the gateway open it, and has nobody else taken it?"""

import msgspec

from doctor.core.finding import Finding, fault, ok, remark


class Holder(msgspec.Struct, frozen=True):
    """A process that has the line open."""

    name: str
    pid: int
    gateway: bool


class LineLook(msgspec.Struct, frozen=True, kw_only=True):
    """`holders` None: other accounts' processes could not be looked into. `account` would open it."""

    path: str
    there: bool
    is_line: bool = True
    account: str = ""
    allowed: bool = True
    holders: tuple[Holder, ...] | None = ()


def judge(look: LineLook) -> Finding:
    """One sentence for one line."""
    if not look.there:
        return fault("line", "gone", path=look.path)
    if not look.is_line:
        return fault("line", "no_line", path=look.path)
    if not look.allowed:
        return fault("line", "forbidden", path=look.path, account=look.account)
    if look.holders is None:
        return remark("line", "unseen", path=look.path)
    strangers = [one for one in look.holders if not one.gateway]
    if strangers:
        return fault("line", "taken", path=look.path, name=strangers[0].name, pid=strangers[0].pid)
    if len(look.holders) > 1:
        return fault("line", "twice", path=look.path)
    return ok("line", "used", path=look.path) if look.holders else remark("line", "free", path=look.path)
