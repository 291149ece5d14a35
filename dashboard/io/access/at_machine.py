"""Who works at the machine itself: in the log what commands did stands with the account of the system that ran them."""

import os
import pwd
from collections.abc import Callable

from sqlalchemy import Connection

from dashboard.core.access.lapse import Instant
from dashboard.core.access.people import Person, Role
from dashboard.io.access.audit import Audit
from dashboard.io.store.database import Database
from doors.clock import Clock


def somebody() -> Person:
    """Whoever has a terminal here: may do all, and is named as the system names them."""
    name = os.environ.get("SUDO_USER") or ""
    if not name:
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # a container's account may have no name
            name = f"uid {os.getuid()}"
    return Person(name=f"{name} (command line)", role=Role.ADMINISTRATOR)


def line(database: Database, clock: Clock, did: str, site: str = "") -> Callable[[Connection], None]:
    """The line of the log for the transaction of what it tells of."""
    who, read = somebody(), clock.read()
    now = Instant(boot=read.boot, up_ms=read.up_ms, wall_ms=read.wall_ms, clock=read.quality)
    return Audit(database).row(now, did, who=who.name, role=who.role.value, site=site)
