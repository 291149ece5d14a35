"""What somebody wants to see of the overview, as it stands in the address: region, kind, words, order, part of the map.

Nothing of it is kept anywhere else: an address that is sent to a colleague shows the same, also without JavaScript.
"""

import math
import string
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from dashboard.core.overview.ranking import SORTS
from dashboard.core.overview.row import Row

SHOWS = ("all", "outage", "silent", "alarms", "diesel")
PAGE = 50
"""Rows of one page of the list."""
MOST_WORDS = 60
SAFE = string.ascii_letters + string.digits + "-._,"
LOW_H = 24.0
"""Fuel for less than this is low (an outage may last a day)."""
Area = tuple[float, float, float, float]
"""South, west, north, east in degrees."""


class Asked(Struct, frozen=True, kw_only=True):
    """One way to look at all sites. What cannot be meant is left out, never answered by a fault."""

    show: str = "all"
    sort: str = "worst"
    region: str = ""
    words: str = ""
    area: Area | None = None
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Are there sites that it leaves out?"""
        return bool(self.show != "all" or self.region or self.words or self.area)

    def address(self, language: str, **changes: object) -> str:
        """The query of the same view with changes; the page begins anew unless it is what changes."""
        other = structs.replace(self, **{"page": 1, **changes})
        told: dict[str, object] = {"lang": language}
        told |= {"show": other.show} if other.show != "all" else {}
        told |= {"sort": other.sort} if other.sort != "worst" else {}
        told |= {"region": other.region} if other.region else {}
        told |= {"q": other.words} if other.words else {}
        told |= {"area": ",".join(f"{part:.4f}" for part in other.area)} if other.area else {}
        told |= {"page": other.page} if other.page > 1 else {}
        return "?" + "&".join(f"{name}={_quoted(str(value))}" for name, value in told.items())


def _quoted(text: str) -> str:
    """As it may stand in an address: letters and digits as they are, every other byte as %XX."""
    return "".join(chr(one) if chr(one) in SAFE else f"%{one:02X}" for one in text.encode("utf-8", "replace"))


def read(query: Mapping[str, str]) -> Asked:
    """What an address asks for."""
    show, sort, page = query.get("show", ""), query.get("sort", ""), query.get("page", "")
    return Asked(
        show=show if show in SHOWS else "all",
        sort=sort if sort in SORTS else "worst",
        region=query.get("region", "")[:MOST_WORDS],
        words=query.get("q", "").strip()[:MOST_WORDS],
        area=_area(query.get("area", "")),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 and int(page) > 0 else 1,
    )


def _area(text: str) -> Area | None:
    try:
        south, west, north, east = (float(part) for part in text[:80].split(","))
    except ValueError:
        return None
    fits = all(map(math.isfinite, (south, west, north, east))) and -90 <= south <= north <= 90 and west <= east
    return (south, west, north, east) if fits else None


def chosen(rows: Iterable[Row], asked: Asked) -> list[Row]:
    """The rows that are asked for, in the order that is asked for, of all pages."""
    return SORTS[asked.sort](one for one in rows if _wanted(one, asked))


def _wanted(one: Row, asked: Asked) -> bool:
    if asked.region and one.region != asked.region:
        return False
    words = asked.words.casefold()
    if words and words not in one.place.casefold() and words not in one.id:
        return False
    return _in_area(one, asked.area) and _kind(one, asked.show)


def _in_area(one: Row, area: Area | None) -> bool:
    if area is None:
        return True
    if one.lat is None or one.lon is None:
        return False
    south, west, north, east = area
    return south <= one.lat <= north and west <= one.lon <= east


def _kind(one: Row, show: str) -> bool:
    if show == "outage":
        return one.out_of_mains or one.told_out
    if show == "silent":
        return one.silent
    if show == "alarms":
        return one.unacked > 0 or bool(one.call)
    if show == "diesel":
        return wants_diesel(one)
    return True


def wants_diesel(one: Row) -> bool:
    """Does it burn fuel now, or has it little?"""
    return one.burning or (one.low_h is not None and one.low_h < LOW_H)


def page_of(rows: list[Row], asked: Asked) -> tuple[list[Row], int, int]:
    """(the rows of the page, which page it is, of how many); a page beyond the end is the last."""
    pages = max(1, -(-len(rows) // PAGE))
    page = min(asked.page, pages)
    return rows[(page - 1) * PAGE : page * PAGE], page, pages
