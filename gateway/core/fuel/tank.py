"""From what a gauge or a stick says to litres. Facts: reserve power, section 7.2.

Lengths in cm, volumes in litres, shares from 0 to 1. A tank whose size nobody has given answers None.
"""

from bisect import bisect_right
from math import acos, hypot, pi, sqrt

from gateway.core.facts import TankFacts

GAUGE_STEP = 0.01
"""Of the gauge: senders are read in steps of one percent, and are not better than that."""
WARMTH = 0.0083
"""Of the volume: fuel grows 0.083 % per °C, and its temperature is seldom known better than ±10 °C."""
STICK_CM = 1.0
"""How well a person reads a dipstick."""
READ_BY_EYE = 0.02
"""Of the tank: how well a person reads litres off a gauge or a sight glass."""
DISHED_END = 0.1
"""Volume of one torispherical end in diameters³."""
DISHED_SHARE = 0.1
"""Share of the volume in both ends, while the diameter is not known."""


def full_l(tank: TankFacts) -> float:
    """What the tank holds; 0 when nobody has said."""
    if tank.litres > 0:
        return tank.litres
    return tank.table[-1][1] if tank.table else 0.0


def dead_l(tank: TankFacts) -> float:
    """What cannot be drawn: below the suction pipe."""
    return full_l(tank) * tank.dead_percent / 100


def usable_l(tank: TankFacts, litres: float) -> float:
    """Of so many litres, those that can be drawn. Of a tank of unknown size the same share of what is there is lost."""
    dead = dead_l(tank) if full_l(tank) > 0 else litres * tank.dead_percent / 100
    return max(0.0, litres - dead)


def litres_of_percent(tank: TankFacts, percent: float) -> float | None:
    """What the sender's percent are in litres: of the volume, or of the height through the shape of the tank."""
    if full_l(tank) <= 0:
        return None
    share = min(1.0, max(0.0, percent / 100))
    if tank.gauge == "volume":
        return full_l(tank) * share
    return _litres_at(tank, share)


def litres_of_stick(tank: TankFacts, cm: float) -> float | None:
    """What a dipstick's centimetres are in litres; None when the height of the tank is not known."""
    height = _height_cm(tank)
    if height is None or full_l(tank) <= 0:
        return None
    return _litres_at(tank, min(1.0, max(0.0, cm / height)))


def gauge_sd_l(tank: TankFacts, percent: float) -> float:
    """How far off the litres of a sender's percent may be from one reading to the next (standard deviation)."""
    if tank.gauge == "volume":
        return full_l(tank) * GAUGE_STEP
    return _slope(tank, percent / 100, GAUGE_STEP)


def stick_sd_l(tank: TankFacts, cm: float) -> float:
    """The same of a dipstick in a person's hand; never better than litres read by eye."""
    height = _height_cm(tank)
    if height is None:
        return full_l(tank) * READ_BY_EYE
    return max(full_l(tank) * READ_BY_EYE, _slope(tank, cm / height, STICK_CM / height))


def with_warmth(litres: float, sd_l: float) -> float:
    """The same with what the unknown temperature of the fuel adds: for how much there is, not for how it falls."""
    return hypot(sd_l, WARMTH * litres)


def cylinder_share(height: float) -> float:
    """Filled share of a lying cylinder with flat ends: V = L·[r²·acos((r−h)/r) − (r−h)·√(2rh−h²)], as a share."""
    height = min(1.0, max(0.0, height))
    across = 1 - 2 * height
    return min(1.0, max(0.0, (acos(across) - across * 2 * sqrt(height * (1 - height))) / pi))


def _litres_at(tank: TankFacts, height: float) -> float:
    """Litres at a share of the inner height."""
    if tank.shape == "table" and tank.table:
        return _by_table(tank, height)
    if tank.shape == "lying_cylinder":
        ends = _ends_share(tank)
        # both ends together fill like a ball that is pressed flat
        ball = 3 * height**2 - 2 * height**3
        return full_l(tank) * ((1 - ends) * cylinder_share(height) + ends * ball)
    return full_l(tank) * height


def _by_table(tank: TankFacts, height: float) -> float:
    rows = tank.table if tank.table[0][0] <= 0 else ((0.0, 0.0), *tank.table)
    cm = height * (_height_cm(tank) or rows[-1][0])
    if cm >= rows[-1][0]:
        return rows[-1][1]
    place = max(1, bisect_right(rows, cm, key=lambda row: row[0]))
    (cm_0, litres_0), (cm_1, litres_1) = rows[place - 1], rows[place]
    return litres_0 + (litres_1 - litres_0) * max(0.0, cm - cm_0) / (cm_1 - cm_0)


def _height_cm(tank: TankFacts) -> float | None:
    if tank.height_cm is not None:
        return tank.height_cm
    return tank.table[-1][0] if tank.table and tank.table[-1][0] > 0 else None


def _ends_share(tank: TankFacts) -> float:
    """Share of the volume that lies in the dished ends."""
    if tank.ends == "flat":
        return 0.0
    if tank.height_cm is None:
        return DISHED_SHARE
    return min(1.0, 2 * DISHED_END * tank.height_cm**3 / 1000 / full_l(tank))


def _slope(tank: TankFacts, height: float, width: float) -> float:
    """Litres that so wide a part of the height holds, there."""
    middle = min(1.0, max(0.0, height))
    low, high = max(0.0, middle - width), min(1.0, middle + width)
    if high <= low:
        return full_l(tank) * GAUGE_STEP
    return (_litres_at(tank, high) - _litres_at(tank, low)) * width / (high - low)
