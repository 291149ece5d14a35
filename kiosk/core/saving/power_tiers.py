"""How far the screen saves: five tiers from mains to the last hour, and what each of them means, as a table.

The backlight is the largest load that can be controlled, so it goes first; warnings go last. Whatever the tier, an
open point is lit until the last hour, and a new warning wakes the screen.
"""

from dataclasses import dataclass
from enum import StrEnum

from contract.freshness import Contact, Now, age_ms, judge, silence_ms
from contract.messages import PublicPicture
from contract.words import Freshness, Lasts, Power
from kiosk.core.asking import polling

HOUR_MS = 3_600_000
LONG_RESERVE_MS = 12 * HOUR_MS
"""Reserve power that has run for so long may need its fuel for more than a screen; how much there is, is not public."""
UNSAID_BATTERY_MS = 2 * HOUR_MS
"""A battery of which nobody says how long it lasts is taken to be low after so long."""


class Tier(StrEnum):
    """From nothing to save to the last hour."""

    MAINS = "mains"
    PLENTY = "plenty"
    LONG = "long"
    LOW = "low"
    LAST_HOUR = "last_hour"

    @property
    def rank(self) -> int:
        """0 for mains, 4 for the last hour."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a tier means.

    Backlight in per cent of what is set for full: `lit` while somebody is here, `dim` after `dim_after_s` without a
    touch, `glance` for the page of a closed point (0: it is dark, `dark_after_s` after the last touch). `open_dark`:
    may an open point be dark too? Frames a second: `fps` when somebody is here, `idle_fps` otherwise (never under 2).
    `look_s` is the time between two looks into the cache without a knock; ages and freshness are judged anew then.
    `polls`: how the keeper thins its questions. `fine_voice`: may Piper speak where it is installed? It takes a core;
    espeak-ng takes next to nothing and may speak in every tier: who cannot see the page needs it in the last hour too.
    """

    lit: int
    dim: int
    dim_after_s: float
    glance: int
    dark_after_s: float
    open_dark: bool
    fps: int
    idle_fps: int
    look_s: float
    polls: polling.Tier
    fine_voice: bool


MEANS: dict[Tier, Means] = {
    Tier.MAINS: Means(
        lit=100, dim=80, dim_after_s=600, glance=45, dark_after_s=300, open_dark=False, fps=30, idle_fps=10, look_s=1,
        polls=polling.Tier.PLENTY, fine_voice=True,
    ),
    Tier.PLENTY: Means(
        lit=80, dim=50, dim_after_s=120, glance=35, dark_after_s=300, open_dark=False, fps=20, idle_fps=5, look_s=1,
        polls=polling.Tier.PLENTY, fine_voice=False,
    ),
    Tier.LONG: Means(
        lit=70, dim=35, dim_after_s=60, glance=25, dark_after_s=120, open_dark=False, fps=20, idle_fps=5, look_s=2,
        polls=polling.Tier.SAVING, fine_voice=False,
    ),
    Tier.LOW: Means(
        lit=50, dim=20, dim_after_s=30, glance=0, dark_after_s=60, open_dark=False, fps=15, idle_fps=3, look_s=2,
        polls=polling.Tier.LOW, fine_voice=False,
    ),
    Tier.LAST_HOUR: Means(
        lit=40, dim=20, dim_after_s=20, glance=0, dark_after_s=45, open_dark=True, fps=15, idle_fps=2, look_s=2,
        polls=polling.Tier.LAST_HOUR, fine_voice=False,
    ),
}  # fmt: skip
BY_WORD = {Lasts.PLENTY: Tier.PLENTY, Lasts.HOURS: Tier.LONG, Lasts.LOW: Tier.LOW, Lasts.LAST_HOUR: Tier.LAST_HOUR}


def tier_of(picture: PublicPicture | None, contact: Contact | None, now: Now) -> Tier:
    """How far to save, by what the site last said of its power and how old that is.

    Unknown power is treated as reserve power that has run for long. If it is mains, a dimmer screen costs nobody
    anything; if it is a battery, full light would have taken an hour from the warnings. It is never treated as the last
    hour: nobody may stand before a dark screen at an open point for the mere reason that a cable is loose.
    """
    if picture is None:
        return Tier.LONG
    age = age_ms(picture.head.moment(), contact, now)
    said = _said(picture, contact, now)
    if judge(age, picture.period_s, picture.heartbeat_s, silence_ms(contact, now)) is Freshness.FRESH:
        return said
    if said is Tier.LAST_HOUR and (age is None or age > HOUR_MS):
        return Tier.LOW  # the hour is over and the screen still runs
    return worse(said, Tier.LONG)


def worse(one: Tier, other: Tier) -> Tier:
    """The one that saves more."""
    return max(one, other, key=lambda tier: tier.rank)


def _said(picture: PublicPicture, contact: Contact | None, now: Now) -> Tier:
    """What the picture means while it is fresh: the worse of the site's power and the box's own battery."""
    lasts = picture.box_lasts
    gone = None if picture.since is None else age_ms(picture.since, contact, now)
    site = _by_power(picture.power, gone, lasts)
    return site if lasts is None else worse(site, BY_WORD[lasts])


def _by_power(power: Power, gone: int | None, lasts: Lasts | None) -> Tier:
    if power is Power.ON_MAINS:
        return Tier.MAINS
    if power in (Power.STARTING, Power.RETURNING):
        return Tier.PLENTY
    if power is Power.ON_RESERVE:
        return Tier.PLENTY if gone is not None and gone < LONG_RESERVE_MS else Tier.LONG
    if power is Power.ON_BATTERY and lasts is not None:
        return BY_WORD[lasts]
    if power is Power.ON_BATTERY:
        return Tier.LONG if gone is not None and gone < UNSAID_BATTERY_MS else Tier.LOW
    return Tier.LOW if power is Power.DEAD else Tier.LONG
