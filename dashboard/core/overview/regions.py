"""The sites by region, in a sentence each: where there is an outage, how many are on reserve, how many nobody hears."""

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec import Struct

from contract.freshness import age_ms
from contract.words import Power
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview.ranking import WORST
from dashboard.core.overview.risk import OUT_OF_MAINS, Around
from dashboard.core.overview.row import Row, region_of
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.core.work.seen import frame_of


class Region(Struct, frozen=True, kw_only=True):
    """One region. `role`: what it is painted as; `worst`: sorts; `outage`: is any site that is heard without mains?

    `frames`: the words that stand round all of it; what is only an exercise there is told apart from what is real.
    """

    name: str
    frames: tuple[str, ...]
    sites: int
    words: str
    role: str
    outage: bool
    worst: tuple[bool, int, int, str]


def regions(rows: Iterable[Row], reader: Reader) -> list[Region]:
    """Every region, those with an outage first, of them the one with most sites in it; then what is an exercise."""
    by_name: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for row in rows:
        by_name.setdefault((row.region, row.frames), []).append(row)
    found = (_region(name, frames, there, reader) for (name, frames), there in by_name.items())
    return sorted((one for one in found if _told(one, by_name)), key=lambda one: one.worst)


def _told(one: Region, by_name: Collection[tuple[str, tuple[str, ...]]]) -> bool:
    """Of an exercise in a region that has real sites only what went wrong is told."""
    return not one.frames or one.role != "good" or (one.name, ()) not in by_name


def _region(name: str, frames: tuple[str, ...], rows: list[Row], reader: Reader) -> Region:
    powers: Counter[Power] = Counter(one.power for one in rows if one.in_contact and one.power is not Power.UNKNOWN)
    silent = sum(one.silent for one in rows)
    out, told = sum(one.out_of_mains for one in rows), sum(one.told_out for one in rows)
    parts = [
        reader.t(f"region_{power.value}_one")
        if powers[power] == 1
        else reader.t(f"region_{power.value}", n=powers[power])
        for power in WORST
        if powers[power] and (power is not Power.ON_MAINS or not out)
    ]
    if silent:
        parts.append(reader.t("region_silent_one") if silent == 1 else reader.t("region_silent", n=silent))
    if told:
        parts.append(reader.t("told_out_some", n=told))
    words = ", ".join(parts)
    dark = powers[Power.DEAD] or any(one.told_out and one.told and one.told.power == "none" for one in rows)
    out += told
    role = "bad" if dark else "reserve" if out else "unknown" if silent else "good"
    return Region(
        name=name, frames=frames, sites=len(rows),
        words=reader.t("region_outage" if out else "region_calm", name=name, words=words),
        role=role, outage=bool(out), worst=(bool(frames), -out, -silent, name),
    )  # fmt: skip


def around(sites: Iterable[Site], pictures: dict[str, SitePicture], reader: Reader) -> dict[str, Around]:
    """What is heard from each region: the ground of every estimate there.

    An exercise says nothing of how it is; only where a region has nothing real it stands for itself.
    """
    found: dict[str, list[int]] = {}
    longest: dict[str, int] = {}
    listed = [(pictures[site.id], region_of(site)) for site in sites]
    real = {name for picture, name in listed if not frame_of(picture)}
    for picture, name in listed:
        state = picture.state
        counts = found.setdefault(name, [0, 0])
        if name in real and frame_of(picture):
            continue
        if state is None or state.power is Power.UNKNOWN or not picture.in_contact(reader.now):
            continue
        counts[0] += 1
        if state.power in OUT_OF_MAINS:
            counts[1] += 1
            age = age_ms(state.since, picture.contact, reader.now) if state.since else None
            longest[name] = max(longest.get(name, 0), age or 0)
    return {name: Around(heard, out, longest.get(name)) for name, (heard, out) in found.items()}
