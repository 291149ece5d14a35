"""When may the screen start anew without anybody missing it? At night, on mains, with nobody here and no warning."""

from datetime import datetime

from kiosk.core.saving.power_tiers import Tier

WINDOW_MIN = 60
"""So long after the set time it may still happen, once the last visitor is gone."""
LEAST_RUN_S = 20 * 3600.0
"""No sooner after a start, so that it happens once a night."""
ALONE_S = 900.0


def due(at: str, here: datetime | None, *, run_s: float, alone_s: float, alerts: int, tier: Tier) -> bool:
    """`at` is "HH:MM" at the site, "" never; `here` the time there, None while no clock can be believed."""
    if not at or here is None or alerts or tier is not Tier.MAINS:
        return False
    hour, minute = (int(part) for part in at.split(":"))
    since = (here.hour * 60 + here.minute - hour * 60 - minute) % (24 * 60)
    return since < WINDOW_MIN and run_s >= LEAST_RUN_S and alone_s >= ALONE_S
