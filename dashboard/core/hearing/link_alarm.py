"""The one alarm that is raised here and not at the site: a site is not heard any more (`link-lost`).

Only the centre can tell that it hears nothing. It is judged on this computer's monotonic clock, never while the
centre's own broker is away, and it asks to be acknowledged like all others. Source: ISA-18.2; no message for three
heartbeats, then 15 min on-delay.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from contract.messages import Ack, Alarm
from contract.wire import Moment
from contract.words import AlarmState, ClockQuality, Origin, Power
from dashboard.core.site.event_words import BACK, LOST
from dashboard.core.site.events import Stored

KEY = "link-lost"
HERE = "centre"
"""Stands as boot and run of what no site has said."""
DELAY_MS = 15 * 60 * 1000


class LinkLoss(Struct, frozen=True, kw_only=True):
    """One time that a site fell silent. Wall times in ms UTC, None when no clock could be believed.

    `lost_ms`: since when it was not heard; `raised_ms`: when that became an alarm; `back`: it is heard again.
    """

    number: int
    site: str
    priority: int
    lost_ms: int | None
    raised_ms: int | None
    back: bool
    back_ms: int | None
    acks: tuple[Ack, ...] = ()

    @property
    def over(self) -> bool:
        """Heard again, and somebody has seen that it was away."""
        return self.back and bool(self.acks)


class Watch(Struct, frozen=True, kw_only=True):
    """Since when each silent site is silent, as far as this program has listened; ms of its monotonic clock.

    `since`: from when on it listens; None while its own broker is away.
    """

    silent: dict[str, int] = {}
    since: int | None = None

    def listened_ms(self, now_ms: int) -> int:
        """For how long this program has listened without a break."""
        return 0 if self.since is None else now_ms - self.since


def watched(watch: Watch, heard: Mapping[str, bool], *, listening: bool, now_ms: int) -> Watch:
    """The watch after a look. While the centre's own broker is away nothing can be said of any site."""
    if not listening:
        return Watch()
    silent = {site: watch.silent.get(site, now_ms) for site, in_contact in heard.items() if not in_contact}
    return Watch(silent=silent, since=now_ms if watch.since is None else watch.since)


def due(watch: Watch, held: Iterable[LinkLoss], now_ms: int) -> tuple[str, ...]:
    """Sites that have been silent for so long that somebody must know, and nobody has been told."""
    told = {one.site for one in held if not one.back}
    return tuple(site for site, since in watch.silent.items() if now_ms - since >= DELAY_MS and site not in told)


def priority(power: Power | None) -> int:
    """3 for a site that was on its mains or never said how it stood, 2 for one that was in trouble already."""
    return 3 if power in (None, Power.ON_MAINS, Power.UNKNOWN) else 2


def alarm(loss: LinkLoss) -> Alarm:
    """The alarm as it stands, in the form of all alarms."""
    acked = bool(loss.acks)
    returned = AlarmState.NORMAL if acked else AlarmState.RETURNED_UNACKED
    held = AlarmState.ACKED if acked else AlarmState.UNACKED
    return Alarm(
        key=KEY,
        device="site",
        raised_run=HERE,
        raised_seq=loss.number,
        state=returned if loss.back else held,
        priority=loss.priority,
        raised=_moment(loss.lost_ms if loss.lost_ms is not None else loss.raised_ms),
        cleared=_moment(loss.back_ms) if loss.back else None,
        origin=Origin.MEASURED,
        acks=loss.acks,
        holds=not loss.back,
    )


def acknowledged(loss: LinkLoss, ack: Ack) -> LinkLoss:
    """One more who has seen it; the same acknowledgement twice is one."""
    return loss if any(one.id == ack.id for one in loss.acks) else replace(loss, acks=(*loss.acks, ack))


def lines(losses: Iterable[LinkLoss]) -> list[Stored]:
    """What the list of events says of them, newest first."""
    found = [_line(LOST, one, one.lost_ms) for one in losses]
    found += [_line(BACK, one, one.back_ms) for one in losses if one.back]
    return sorted(found, key=lambda line: (line.wall_ms or 0, line.number), reverse=True)


def merged(stored: list[Stored], own: list[Stored]) -> list[Stored]:
    """The site's events and the centre's own lines, newest first; lines older than the list go."""
    rows, left = [], list(own)
    for one in stored:
        while left and one.wall_ms is not None and (left[0].wall_ms or 0) > one.wall_ms:
            rows.append(left.pop(0))
        rows.append(one)
    return rows if stored else left


def _line(kind: str, loss: LinkLoss, wall_ms: int | None) -> Stored:
    return Stored(
        number=loss.number,
        run=HERE,
        stream="event",
        seq=loss.number,
        kind=kind,
        wall_ms=wall_ms,
        up_ms=0,
        status="actual",
        simulated=False,
        historical=False,
        body={},
    )


def _moment(wall_ms: int | None) -> Moment:
    clock = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Moment(boot=HERE, up_ms=0, wall_ms=wall_ms, clock=clock)
