"""What is probably so at a site that nobody hears, as an estimate with its reasons: never a fact.

It rests on what the site said last (power, how it is started, how long fuel and battery last), on how long it has been
silent, and on what is heard from its neighbours. Ranks: the more likely it is that people there sit without power, the
higher the site stands.
"""

from enum import StrEnum

from msgspec import Struct

from contract.freshness import age_ms, hours_left
from contract.judgement import Endurance
from contract.messages import SiteState
from contract.words import Connection, Power
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader

HOUR_MS = 3_600_000
MOBILE_RESERVE_H = 4
"""How long mobile masts outside towns must run on their own power; after that a wide outage makes sites silent."""
OUT_OF_MAINS = (Power.DEAD, Power.ON_BATTERY, Power.STARTING, Power.ON_RESERVE, Power.RETURNING)
UNFED = (Power.DEAD, Power.ON_BATTERY, Power.STARTING)


class Likely(StrEnum):
    """How it probably is, worst first."""

    OUT = "out"
    MAY = "may"
    NOTHING = "nothing"
    CARRIES = "carries"
    CALM = "calm"


class Around(Struct, frozen=True):
    """What is heard from the region. `outage_ms`: how long the longest outage there has lasted, None without one."""

    heard: int = 0
    without_mains: int = 0
    outage_ms: int | None = None


class Guess(Struct, frozen=True):
    """The estimate in words, and what it is made of."""

    likely: Likely
    words: str
    why: tuple[str, ...]


def guess(picture: SitePicture, around: Around, reader: Reader) -> Guess:
    """How a site that does not say probably is now."""
    state = picture.state
    if state is None or state.power is Power.UNKNOWN:
        likely, why = _by_neighbours(Likely.NOTHING, around, manual=_manual(picture), reader=reader)
    elif state.power in UNFED:
        likely, why = _unfed(state, picture, reader)
    elif state.power is Power.ON_MAINS:
        likely, why = _by_neighbours(Likely.CALM, around, manual=_manual(picture), reader=reader)
    else:
        likely, why = _burning(state, picture, reader)
    if around.outage_ms is not None and around.outage_ms >= MOBILE_RESERVE_H * HOUR_MS and picture.contact is not None:
        why.append(reader.t("risk_mobile", n=MOBILE_RESERVE_H))
    return Guess(likely, reader.t(f"guess_{likely.value}"), tuple(why))


def _manual(picture: SitePicture) -> bool | None:
    """Does a person have to start it? None when the site has never said."""
    return None if picture.birth is None else picture.birth.connection is Connection.MANUAL


def _unfed(state: SiteState, picture: SitePicture, reader: Reader) -> tuple[Likely, list[str]]:
    """It had no mains and nothing had taken over yet."""
    why = [reader.t("risk_was_dead") if state.power is Power.DEAD else reader.t("risk_was_unfed")]
    manual = _manual(picture)
    if manual:
        why.append(reader.t("risk_manual"))
    elif manual is False and state.power is not Power.DEAD:
        why.append(reader.t("risk_automatic"))
    why += _battery(state.battery, picture, reader)
    out = manual is not False or state.power is Power.DEAD
    return (Likely.OUT if out else Likely.MAY), why


def _burning(state: SiteState, picture: SitePicture, reader: Reader) -> tuple[Likely, list[str]]:
    """It ran on its set: as long as the fuel lasts, as far as anybody can tell."""
    one = state.endurance
    left = None if one is None else hours_left(one, state.power, age_ms(one.at, picture.contact, reader.now))
    if one is None or left is None:
        return Likely.MAY, [reader.t("risk_fuel_unknown")]
    low, high = left
    when = reader.when(ends_ms(one, picture, reader))
    if high is not None and high <= 0:
        return Likely.OUT, [reader.t("risk_fuel_over", when=when)]
    if low <= 0:
        return Likely.MAY, [reader.t("risk_fuel_may", when=when)]
    return Likely.CARRIES, [reader.t("risk_fuel_lasts", when=when)]


def _by_neighbours(calm: Likely, around: Around, *, manual: bool | None, reader: Reader) -> tuple[Likely, list[str]]:
    """It had mains, or nobody knows: what its neighbours have says most."""
    why = [reader.t("risk_was_mains")] if calm is Likely.CALM else [reader.t("risk_nothing_known")]
    if not around.heard:
        return Likely.NOTHING, [*why, reader.t("risk_nobody_near")]
    if not around.without_mains:
        one = around.heard == 1
        near = reader.t("risk_near_mains_one") if one else reader.t("risk_near_mains", n=around.heard)
        return calm, [*why, near]
    why.append(reader.t("risk_near_out", n=around.without_mains, all=around.heard))
    if 2 * around.without_mains < around.heard:
        return Likely.NOTHING, why
    if manual:
        return Likely.OUT, [*why, reader.t("risk_manual")]
    return Likely.MAY, why


def _battery(one: Endurance | None, picture: SitePicture, reader: Reader) -> list[str]:
    """When the battery of the box ends, or has ended."""
    left = battery_left(one, picture, reader)
    if one is None or left is None:
        return []
    over, wall_ms = left[0] <= 0, ends_ms(one, picture, reader)
    if wall_ms is None:
        return [reader.t("risk_battery_over_untimed" if over else "risk_battery_lasts_untimed")]
    return [reader.t("risk_battery_over" if over else "risk_battery_lasts", when=reader.when(wall_ms))]


def battery_left(
    one: Endurance | None, picture: SitePicture, reader: Reader
) -> tuple[float, float | None] | None:  # fmt: skip
    """Hours that a battery in use still lasts (low, high), counted on in silence; None when nobody can tell."""
    # the contract counts down for the states in which a set burns; a battery in use counts alike
    return None if one is None else hours_left(one, Power.ON_RESERVE, age_ms(one.at, picture.contact, reader.now))


def ends_ms(one: Endurance, picture: SitePicture, reader: Reader) -> int | None:
    """The wall clock at the low bound while what is counted is in use; None when nobody can tell."""
    if one.until_ms is not None:
        return one.until_ms
    counted = reader.wall_of(one.at, picture.contact)
    return None if counted is None or one.low_h > 100_000 else counted + int(one.low_h * HOUR_MS)
