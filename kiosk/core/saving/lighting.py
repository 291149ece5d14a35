"""What the panel does now: how bright, which of its two faces, how many frames. Pure; time comes in as seconds."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from contract.bulletins import Asleep
from kiosk.core.saving.power_tiers import MEANS, Tier

ALERT_LIT_S = 600.0
"""A warning that is new here is lit for as long as it may own the screen unread."""
HERE_S = 20.0
"""After a touch the visitor is at it, and frames come quickly."""
GLANCE_AFTER_S = 90.0
"""The page of a closed point comes when the visitor is gone, whatever the tier."""


class Openness(StrEnum):
    """Is the point open for visitors? A person's word, or hours that hold. Unknown is not closed."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Face(StrEnum):
    """What is on the panel: the pages, the page of a closed point for who looks in by the window, or nothing."""

    PAGES = "pages"
    GLANCE = "glance"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Light:
    """`percent` of the backlight's full level (0 when dark), the face, and frames a second."""

    percent: int
    face: Face
    fps: int


def light(tier: Tier, openness: Openness, alone_s: float, alert_s: float | None) -> Light:
    """The panel after `alone_s` without a touch; `alert_s`: since a real warning was last new here, None: none was.

    An open point is lit whatever the tier, until the last hour. Of a point of which nobody knows whether it is open the
    pages stay on too, for somebody may stand before it; only where power is low it is treated as closed.
    """
    means = MEANS[tier]
    if alert_s is not None and alert_s < ALERT_LIT_S:
        # whoever passes must see it: full light, except in the last hour, when what is left must last
        return Light(means.lit if tier is Tier.LAST_HOUR else 100, Face.PAGES, means.fps)
    percent = means.lit if alone_s < means.dim_after_s else means.dim
    fps = means.fps if alone_s < HERE_S else means.idle_fps
    if alone_s < _pages_s(tier, openness):
        return Light(percent, Face.PAGES, fps)
    if openness is Openness.CLOSED and means.glance:
        return Light(means.glance, Face.GLANCE, fps)
    return Light(0, Face.DARK, fps)


def why_dark(tier: Tier, openness: Openness) -> Asleep:
    """Of a dark panel, in the words of a receipt."""
    if tier is Tier.LAST_HOUR:
        return Asleep.LAST_HOUR
    return Asleep.CLOSED if openness is Openness.CLOSED else Asleep.SAVING


def _pages_s(tier: Tier, openness: Openness) -> float:
    """How long after a touch the pages stay on."""
    means = MEANS[tier]
    stays = openness is Openness.OPEN or (openness is Openness.UNKNOWN and tier.rank < Tier.LOW.rank)
    if stays and not means.open_dark:
        return inf
    return GLANCE_AFTER_S if openness is Openness.CLOSED and means.glance else means.dark_after_s
