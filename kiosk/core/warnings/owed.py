"""Which messages will never be drawn any more, and why: their senders are owed that answer too."""

from collections.abc import Iterable
from dataclasses import dataclass

from contract.words import Status
from kiosk.core.warnings.lifecycle import Life, Why
from kiosk.feeds.alert import MsgType, Source


@dataclass(frozen=True, slots=True)
class Owed:
    """One message that does not stand. `ends`: it is a cancel, which is shown by what is not there any more."""

    key: tuple[str, str, int]
    status: Status
    why: Why
    ends: bool


def owed(lives: Iterable[Life]) -> tuple[Owed, ...]:
    """Of the municipality's every one that was sent to this screen; of the feeds only what concerned this place."""
    found = []
    for life in lives:
        alert = life.alert
        if life.why is None or alert.news or (life.why == "elsewhere" and alert.source is not Source.MUNICIPALITY):
            continue
        key = (alert.source.value, alert.id, alert.revision)
        found.append(Owed(key, alert.status, life.why, alert.msg_type is MsgType.CANCEL))
    return tuple(found)
