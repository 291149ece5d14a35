"""One site as incidents see it: power and silence, each with its beginning on this computer's own uptime.

So incidents are found, too, while nobody knows the time of day.
"""

from msgspec import Struct

from contract.freshness import LOST_HEARTBEATS, Now, age_ms
from contract.messages import SiteState
from contract.words import Power, Status
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.site import farewell
from dashboard.core.sites import Site

FRAMES = ("simulated", Status.EXERCISE.value, Status.TEST.value)
OFFLINE_MS = 60_000
"""The broker says at once that a site has gone; a program that starts anew is back within this."""


class Seen(Struct, frozen=True, kw_only=True):
    """One site. Times in ms of this computer's uptime (negative before its start), None when it is not so.

    `power`: what it said last. `power_ms`: since when it is so. `silent_ms`: since when it is not heard, while nobody
    foretold it; `heard` false: it is not heard now, whether it owes that or not. `judged` false: nothing can be said of
    it now (our own broker is away, or came back just now).
    """

    site: str
    municipality: str
    region: str = ""
    operator: str = ""
    frame: str = ""
    power: Power = Power.UNKNOWN
    power_ms: int | None = None
    silent_ms: int | None = None
    heard: bool = True
    judged: bool = True


def seen(site: Site, picture: SitePicture, now: Now, listened_ms: int | None) -> Seen:
    """A site now. `listened_ms`: how long our own link to the broker has been up; None while it is away."""
    state, silent = picture.state, not picture.in_contact(now)
    lost_ms = int(LOST_HEARTBEATS * picture.heartbeat_s * 1000)
    patience_ms = OFFLINE_MS if picture.offline else lost_ms
    frame = frame_of(picture)
    owes = site.in_service or frame != ""
    quiet_ms = _quiet_ms(picture, now, listened_ms or 0) if silent and owes else None
    excused = farewell.excused(picture, now, listened_ms or 0)
    counts = quiet_ms is not None and now.mono_ms - quiet_ms >= patience_ms and not excused
    return Seen(
        site=site.id,
        municipality=site.id.partition("-")[0],
        region=site.region,
        operator=site.operator,
        frame=frame,
        power=state.power if state is not None else Power.UNKNOWN,
        power_ms=_power_ms(state, picture, now) if state is not None else None,
        silent_ms=quiet_ms if counts else None,
        heard=not silent,
        judged=listened_ms is not None and (not silent or listened_ms >= patience_ms),
    )


def frame_of(picture: SitePicture) -> str:
    """What must stand round all that a site says, as one word: an exercise and the real thing never mix."""
    words: set[str] = set()
    for one in (picture.status, picture.birth, picture.state, picture.alarms):
        if one is not None and (one.head.simulated or one.head.status is not Status.ACTUAL):
            words |= {"simulated"} if one.head.simulated else set()
            words |= {one.head.status.value}
    return "+".join(word for word in FRAMES if word in words) if words else ""


def _power_ms(state: SiteState, picture: SitePicture, now: Now) -> int:
    """Since when power is as it is; where nobody can tell, since it was said, at the latest since now."""
    ages = (None if one is None else age_ms(one, picture.contact, now) for one in (state.since, state.head.moment()))
    return now.mono_ms - next((age for age in ages if age is not None), 0)


def _quiet_ms(picture: SitePicture, now: Now, listened_ms: int) -> int | None:
    """When it was heard last; None for a site that nobody ever heard. Known is that it was not while we listened."""
    silence = picture.silence(now)
    if silence is None:
        head = picture.head
        if head is None:
            return None
        silence = age_ms(head.moment(), picture.contact, now)
    return now.mono_ms - (listened_ms if silence is None else silence)
