"""The box itself as a device: what its machine says, how much of the last hour its link held, whether its screen draws.

`Box` is what is remembered within one run; nothing of it is kept on the disk. Uptime in ms throughout.
"""

import msgspec

from contract.messages import MOST_SCREENS, KioskStatus, ScreenSaid, Value
from contract.signals import catalogue
from contract.words import Quality
from gateway.core.box import bearer, machine
from gateway.core.box.bearer import BearerLook, Outages
from gateway.core.box.machine import Found, Look, Missing, Supply
from gateway.core.box.own_battery import PowerSupply, own_battery
from gateway.core.facts import BOX, DeviceFacts, Facts
from gateway.core.pipeline import Batch, origin_of
from gateway.core.site import Now, Site

LOOK_S = 60.0
GLANCE_S = 5.0
"""Links and supply are looked at more often: both can be bad and good again within a minute."""
HOUR_MS = 3_600_000
UPLINK_KNOWN_MS = 600_000
"""A share of less than ten minutes is no share of an hour."""
QUIET_MS = 180_000
"""Three signs of life: so long a screen may be silent before anybody asks why."""
UNHEARD_MS = 900_000
"""So long what a screen said of its sources holds; a slow start or a restart is no fault of anything."""
MAX_SCREENS = 40
KEYS = (
    "box.disk_free", "box.unstored", "box.card_worn", "box.undervoltage", "box.temperature", "box.certificate_days",
    "box.uplink",
    "box.on_battery", "box.battery_charge", "box.battery_left", "box.bearer", "box.signal", "box.signal_power",
    "box.answer", "box.unanswered", "box.outages", "box.outage_time", "box.kiosk_silent",
    "box.kiosk_unchecked",
)  # fmt: skip


class Screen(msgspec.Struct, frozen=True):
    """When a screen last drew, and when anything was last heard of it; both on this computer's uptime.

    `unchecked_ms`: as in `KioskStatus`, when that was heard.
    """

    drawn_ms: int | None
    heard_ms: int
    unchecked_ms: int | None = None


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """One look at what the box hangs on: its batteries, its way out, and how the centre's broker answers."""

    supplies: tuple[PowerSupply, ...] = ()
    bearer: BearerLook = BearerLook()
    answer_ms: int | None = None
    unanswered_percent: int | None = None
    unstored: int = 0
    """Records that wait in memory because the disk refuses."""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the box in this run."""

    began_ms: int
    central: bool
    """Is there a municipality to be linked to?"""
    encrypted: bool
    """Does any link rest on certificates?"""
    had: frozenset[str] = frozenset()
    """What this machine has given at least once: it is fitted, and when it is gone something broke."""
    uplink: tuple[tuple[int, bool], ...] = ()
    """Since when the link to the centre was up or down, oldest first; the first may lie before the hour."""
    outages: Outages = Outages()
    """When that link was gone in the last day."""
    supply: Found = None
    """As seen last: 1 too low, 0 well."""
    low_ms: int | None = None
    """When the supply was last seen to have been too low."""
    noted: bool = False
    """The firmware's note of it, as seen last."""
    served: int | None = None
    """When the certificate runs out that the centre's broker showed last; wall clock in ms."""
    site_up_ms: int | None = None
    """Since when the link to the site's broker is up; None: it is down."""
    screens: dict[str, Screen] = {}


def facts_of_device() -> DeviceFacts:
    """The box in the catalogue of the site."""
    signals = {key: (catalogue()[key].unit, LOOK_S, False) for key in KEYS}
    return DeviceFacts(
        name=BOX, profile=BOX, title="Dosan", kind=BOX, place=None, poll_every_s=LOOK_S, slow_every_s=LOOK_S,
        signals=signals,
    )  # fmt: skip


def glanced(box: Box, supply: Supply, *, centre_up: bool, site_up: bool, now: Now) -> Box:
    """Seen now: the supply, and which links hold. A note of the firmware counts as of when it is first seen."""
    low, noted = machine.supply(supply)
    dipped = low == 1 or (noted and not box.noted)
    since = box.site_up_ms if box.site_up_ms is not None else now.up_ms
    return msgspec.structs.replace(
        box,
        supply=low,
        noted=noted,
        low_ms=now.up_ms if dipped else box.low_ms,
        uplink=_linked(box.uplink, centre_up, now.up_ms) if box.central else (),
        outages=bearer.seen(box.outages, centre_up, now.up_ms) if box.central else box.outages,
        site_up_ms=since if site_up else None,
    )


def heard(box: Box, status: KioskStatus, now: Now) -> Box:
    """A sign of life: the frame was so long ago as the screen's own computer says; the road here takes no time.

    A keeper that starts anew has seen no frame yet; what the one before told of stays true.
    """
    before = box.screens.get(status.screen)
    drawn_ms = before.drawn_ms if before is not None else None
    if status.drawn_up_ms is not None:
        told_ms = now.up_ms - (status.up_ms - status.drawn_up_ms)
        drawn_ms = told_ms if drawn_ms is None else max(told_ms, drawn_ms)
    others = sorted((one.heard_ms, name) for name, one in box.screens.items() if name != status.screen)
    kept = {name: box.screens[name] for _, name in others[-MAX_SCREENS + 1 :]}
    return msgspec.structs.replace(
        box,
        screens={**kept, status.screen: Screen(drawn_ms, now.up_ms, status.unchecked_ms)},
        site_up_ms=now.up_ms if box.site_up_ms is None else box.site_up_ms,  # what is heard came over a link that holds
    )


def answered(site: Site, status: KioskStatus) -> Site:
    """The site, which names this sign of life in what it tells visitors next."""
    others = [one for one in site.screens.items() if one[0] != status.screen]
    said = ScreenSaid(boot=status.boot, up_ms=status.up_ms)
    return msgspec.structs.replace(site, screens=dict([*others, (status.screen, said)][-MOST_SCREENS:]))


def batch(box: Box, look: Look, facts: Facts, now: Now, outside: Outside | None = None) -> tuple[Box, Batch]:
    """All that is known of the box now, as a poll of it."""
    served = box.served if look.served is None else machine.served_end(look.served)
    box = msgspec.structs.replace(box, served=served)
    known = () if served is None else (served,)
    found: dict[str, Found | str] = {
        "box.disk_free": machine.disk_free(look.space),
        "box.card_worn": machine.card_worn(look.wear),
        "box.undervoltage": _undervoltage(box, now),
        "box.temperature": machine.temperature(look.heat),
        "box.certificate_days": machine.certificate_days(look.certificates, known, now.wall_ms)
        if box.encrypted
        else Missing(Quality.NOT_FITTED, "no link of this site is encrypted"),
        "box.uplink": _uplink(box, now),
        "box.kiosk_silent": _kiosk_silent(box, facts.screens, now),
        "box.kiosk_unchecked": _kiosk_unchecked(box, facts.screens, now),
        **_hung_on(box, outside or Outside(), facts),
    }
    box = msgspec.structs.replace(box, had=box.had | {key for key in KEYS if not _absent(found[key])})
    origin = origin_of(facts)
    values = {}
    for key in KEYS:
        one = found[key]
        if one is None:
            one = (
                Missing(Quality.SENSOR_FAULT, "it was there, and is there no more")
                if key in box.had
                else Missing(Quality.NOT_FITTED, "this computer has nothing of the kind")
            )
        if isinstance(one, Missing):
            values[key] = Value(
                value=None, origin=origin, up_ms=now.up_ms, quality=one.quality, reason=one.reason[:2000]
            )
        else:
            values[key] = Value(value=one, origin=origin, up_ms=now.up_ms)
    return box, Batch(device=BOX, values=values)


def _hung_on(box: Box, outside: Outside, facts: Facts) -> dict[str, Found | str]:
    """Battery and way out. A link that was never up in this run has lost nothing yet."""
    battery = own_battery(outside.supplies, facts.last_words.battery_minutes)
    signal = bearer.received(outside.bearer)
    count, seconds = bearer.totals(box.outages)
    none = Missing(Quality.NOT_FITTED, "the settings name no central broker")
    few = Missing(Quality.NOT_YET_READ, "too little was sent in the last hour") if box.central else none
    never = Missing(Quality.NOT_YET_READ, "the link has not been up in this run") if box.central else none
    known = box.outages.up is not None
    return {
        "box.unstored": outside.unstored,
        "box.on_battery": battery.on,
        "box.battery_charge": battery.charge,
        "box.battery_left": battery.left_s,
        "box.bearer": bearer.bearer(outside.bearer),
        "box.signal": signal.percent,
        "box.signal_power": signal.dbm,
        "box.answer": few if outside.answer_ms is None else outside.answer_ms,
        "box.unanswered": few if outside.unanswered_percent is None else outside.unanswered_percent,
        "box.outages": count if known else never,
        "box.outage_time": seconds if known else never,
    }


def _absent(found: Found | str) -> bool:
    return found is None or isinstance(found, Missing)


def _linked(spells: tuple[tuple[int, bool], ...], up: bool, now_ms: int) -> tuple[tuple[int, bool], ...]:
    """The spells of the last hour, with what is now."""
    if not spells or spells[-1][1] is not up:
        spells = (*spells, (now_ms, up))
    recent = [place for place, (since_ms, _) in enumerate(spells) if since_ms <= now_ms - HOUR_MS]
    return spells[recent[-1] :] if recent else spells


def _uplink(box: Box, now: Now) -> Found:
    """Percent of the last hour in which the link to the centre was up, or of this run while it is younger."""
    if not box.central:
        return Missing(Quality.NOT_FITTED, "the settings name no central broker")
    begin = max(now.up_ms - HOUR_MS, box.uplink[0][0]) if box.uplink else now.up_ms
    if now.up_ms - begin < UPLINK_KNOWN_MS:
        return Missing(Quality.NOT_YET_READ, "watched for less than ten minutes")
    up_ms, until = 0, now.up_ms
    for since_ms, up in reversed(box.uplink):
        up_ms += until - max(since_ms, begin) if up else 0
        until = since_ms
    return round(100 * up_ms / (now.up_ms - begin), 1)


def _undervoltage(box: Box, now: Now) -> Found:
    """1 for an hour after the supply was last too low: a dip of a second is over before anybody looks."""
    if not isinstance(box.supply, int):
        return box.supply
    return int(box.low_ms is not None and now.up_ms - box.low_ms < HOUR_MS)


def _kiosk_silent(box: Box, expected: int, now: Now) -> Found:
    """Seconds since the last frame of that screen of the expected ones which has been silent longest.

    A screen that was never heard has been silent at least since this run began.
    """
    if not expected:
        return Missing(Quality.NOT_FITTED, "the settings expect no screen")
    if box.site_up_ms is None and now.up_ms - box.began_ms < QUIET_MS:
        return Missing(Quality.NOT_YET_READ, "the site's broker has not answered yet")
    if box.site_up_ms is None:
        return Missing(Quality.COMM_ERROR, "no contact with the site's broker, so no screen can be heard")
    screens = [(one.drawn_ms, one.heard_ms) for one in box.screens.values() if one.drawn_ms is not None]
    newest = sorted(screens, reverse=True)[:expected]
    complete = len(newest) == expected
    if not (complete and all(heard_ms >= box.site_up_ms for _, heard_ms in newest)) and (
        now.up_ms - box.site_up_ms < QUIET_MS
    ):
        return Missing(Quality.NOT_YET_READ, "the link to the screen has only just come up")
    return round(max(0, now.up_ms - (newest[-1][0] if complete else box.began_ms)) / 1000)


def _kiosk_unchecked(box: Box, expected: int, now: Now) -> Found:
    """Seconds for which a source of warnings was not checked, on the screen where that is longest; 0: all is fresh."""
    if not expected:
        return Missing(Quality.NOT_FITTED, "the settings expect no screen")
    heard = [one for one in box.screens.values() if now.up_ms - one.heard_ms < UNHEARD_MS]
    since_ms = box.began_ms if box.site_up_ms is None else box.site_up_ms
    if not heard and now.up_ms - since_ms < UNHEARD_MS:
        return Missing(Quality.NOT_YET_READ, "no screen has been heard yet")
    if not heard:
        return Missing(Quality.COMM_ERROR, "no screen was heard in the last quarter of an hour")
    asking = [one.unchecked_ms for one in heard if one.unchecked_ms is not None]
    return round(max(asking) / 1000) if asking else Missing(Quality.NOT_FITTED, "no screen asks a source of warnings")
