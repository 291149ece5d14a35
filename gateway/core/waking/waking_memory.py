"""What of the site's own waking must survive a restart."""

from contract.waking import State
from contract.wire import Name, Wire


class Sms(Wire):
    """One message of the site's own, until it has gone out. `due_ms`: uptime of `boot` at which it is to be tried."""

    id: Name
    matter: int
    round: int
    person: Name
    kind: Name
    phone: str
    text: str
    boot: str
    due_ms: int
    tries: int = 0
    under_way: bool = False
    about: Name = "-"
    """The key of the gravest alarm that it tells of; "-" of one that an older program made."""


class Waking(Wire):
    """The state of the judgement, and what waits to be sent."""

    state: State = State()
    waiting: tuple[Sms, ...] = ()
