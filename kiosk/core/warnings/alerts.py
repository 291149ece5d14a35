"""The municipality's bulletins by what is to be done with them; their life is that of all messages (`lifecycle.py`)."""

from dataclasses import dataclass

from contract.bulletins import PublicBulletin
from contract.freshness import Now
from kiosk.core.warnings.checks import Time
from kiosk.core.warnings.lifecycle import Why, lives, of_bulletin
from kiosk.core.warnings.place import Place


@dataclass(frozen=True, slots=True)
class Sorted:
    """Bulletins by what is to be done with them; each newest first."""

    active: tuple[PublicBulletin, ...] = ()
    ended: tuple[tuple[PublicBulletin, Why], ...] = ()


def sort(bulletins: tuple[PublicBulletin, ...], site: str, now: Now) -> Sorted:
    """Which bulletins hold now, and why the others do not."""
    newest_first = sorted(bulletins, key=lambda held: held.bulletin.serial, reverse=True)
    messages = [of_bulletin(held) for held in newest_first]
    told = {id_of(life.alert.id, life.alert.revision, life.alert.status): life.why
            for life in lives(messages, Place(site=site), {}, Time(now))}  # fmt: skip
    active, ended = [], []
    for held in newest_first:
        why = told[id_of(held.bulletin.id, held.bulletin.serial, held.bulletin.status)]
        if why is None:
            active.append(held)
        else:
            ended.append((held, why))
    return Sorted(tuple(active), tuple(ended))


def id_of(name: str, serial: int, status: str) -> tuple[str, int, str]:
    """What tells one bulletin from another."""
    return name, serial, status
