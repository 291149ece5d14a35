"""The tables `[place]`, `[fetch]` and `[feeds.NAME]` of the settings, and what can be wrong with them."""

from math import ceil
from typing import Annotated

import msgspec
from msgspec import Meta

from contract.topics import valid_level
from kiosk.core.asking.addresses import address_fault
from kiosk.core.asking.catalogue import KINDS
from kiosk.core.warnings import place
from kiosk.feeds.counties import NAMES

County = Annotated[str, Meta(pattern=r"^[0-9]{2}\Z")]
Municipality = Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
VITAL_EVERY_S = 120.0
MONTH_S = 30 * 86_400.0
SWEDEN = (55.0, 69.2, 10.5, 24.3)
"""Latitude and longitude, from and to."""
COUNTY_BOXES: dict[str, tuple[float, float, float, float]] = {
    "01": (58.6, 60.4, 17.1, 20.2), "03": (59.2, 60.9, 16.6, 19.4), "04": (58.4, 59.7, 15.4, 18.0),
    "05": (57.5, 59.1, 14.3, 17.5), "06": (56.8, 58.3, 12.9, 16.0), "07": (56.2, 57.5, 13.0, 16.0),
    "08": (56.0, 58.3, 15.1, 17.7), "09": (56.7, 58.6, 17.7, 19.8), "10": (55.7, 56.7, 14.2, 16.4),
    "12": (55.1, 56.7, 12.2, 14.8), "13": (56.2, 57.8, 11.6, 13.9), "14": (57.0, 59.5, 10.6, 14.9),
    "17": (58.6, 61.2, 11.5, 14.7), "18": (58.5, 60.3, 13.9, 15.9), "19": (59.1, 60.4, 15.3, 17.2),
    "20": (59.7, 62.5, 11.9, 16.9), "21": (60.0, 62.5, 14.2, 18.0), "22": (61.9, 64.2, 14.6, 19.6),
    "23": (61.3, 65.3, 11.6, 17.5), "24": (63.1, 66.5, 13.9, 21.9), "25": (64.9, 69.3, 14.9, 24.5),
}  # fmt: skip
"""A rectangle round each county with some 20 km to spare: enough to see swapped degrees and a wrong county."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; unknown names are faults."""


class Place(_Table):
    """Where the kiosk stands: SCB codes as text, neighbouring municipalities, WGS 84 degrees."""

    county: County
    municipality: Municipality
    neighbours: tuple[Municipality, ...] = ()
    latitude: float | None = None
    longitude: float | None = None


class Fetch(_Table):
    """How feeds are asked. `contact`: whom a source may write to when something is wrong with our questions.

    `proxy`: a server in between, if the network wants one. `plain_http`: only for simulated sites in a test.
    """

    contact: Annotated[str, Meta(max_length=120)] = ""
    proxy: str = ""
    plain_http: bool = False


class Feed(_Table):
    """One feed. What is left out is as its kind has it; `kind` is the name, where a kind is asked only once."""

    on: bool = True
    kind: str = ""
    url: Annotated[str, Meta(max_length=1000)] = ""
    every_s: Annotated[float, Meta(ge=30, le=86_400)] | None = None
    key_file: str = ""


def resolved(site: str, told: Place | None) -> place.Place:
    """The place as the core knows it; without a table only the site's name."""
    if told is None:
        return place.Place(site=site)
    return place.Place(
        site=site, county=told.county, municipality=told.municipality, neighbours=told.neighbours,
        county_name=NAMES[told.county][0], latitude=told.latitude, longitude=told.longitude,
    )  # fmt: skip


def place_faults(told: Place | None) -> list[str]:
    """What does not go together in `[place]`."""
    if told is None:
        return []
    faults = []
    if told.county not in NAMES:
        faults.append(f"[place] county: there is no county {told.county!r}; SCB's codes go from 01 to 25")
    for name, code in (("municipality", told.municipality), *(("neighbours", code) for code in told.neighbours)):
        if code[:2] not in NAMES:
            faults.append(f"[place] {name}: {code!r} begins with no county's code")
    if told.municipality[:2] != told.county and told.county in NAMES:
        faults.append(f"[place] municipality: {told.municipality!r} is not in county {told.county!r}; check both")
    if told.municipality in told.neighbours:
        faults.append(f"[place] neighbours: {told.municipality!r} is the municipality itself; leave it out")
    return faults + _point_faults(told)


def _point_faults(told: Place) -> list[str]:
    if (told.latitude is None) != (told.longitude is None):
        return ["[place] latitude and longitude belong together; give both or none"]
    if told.latitude is None or told.longitude is None:
        return []
    if not _inside(told.latitude, told.longitude, SWEDEN):
        swapped = _inside(told.longitude, told.latitude, SWEDEN)
        hint = "are they swapped?" if swapped else "degrees with decimals, like 63.43 and 13.08"
        return [f"[place] latitude {told.latitude:g}, longitude {told.longitude:g} is not in Sweden; {hint}"]
    box = COUNTY_BOXES.get(told.county)
    if box is not None and not _inside(told.latitude, told.longitude, box):
        name = NAMES[told.county][0]
        return [f"[place] latitude {told.latitude:g}, longitude {told.longitude:g} is not in {name}; check county too"]
    return []


def _inside(latitude: float, longitude: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= latitude <= box[1] and box[2] <= longitude <= box[3]


def feeds_faults(feeds: dict[str, Feed], fetch: Fetch, *, simulated: bool) -> list[str]:
    """What does not go together in `[fetch]` and `[feeds]`."""
    faults = []
    if fetch.plain_http and not simulated:
        faults.append("[fetch] plain_http: only a simulated site may ask without encryption; take it away")
    if not fetch.contact.isprintable() or not fetch.contact.isascii():
        faults.append("[fetch] contact: goes into a header; plain letters only, like it@example.se")
    if fetch.proxy and (fault := address_fault(fetch.proxy, plain=True)):
        faults.append(f"[fetch] proxy: {fault}")
    faults += _month_faults(feeds)
    for name, feed in feeds.items():
        faults += [f"[feeds.{name}] {fault}" for fault in _feed_faults(name, feed, fetch)]
    return faults


def _month_faults(feeds: dict[str, Feed]) -> list[str]:
    """A key that would be asked for more often in a month than its source allows, with somebody there all day."""
    faults = []
    for name, kind in KINDS.items():
        by_key: dict[str, list[float]] = {}
        for feed_name, feed in feeds.items():
            if feed.on and (feed.kind or feed_name) == name:
                by_key.setdefault(feed.key_file, []).append(feed.every_s or kind.pace.every_s[0] or MONTH_S)
        for every in by_key.values() if kind.month else ():
            asked = sum(MONTH_S / every_s for every_s in every)
            if asked > kind.month:
                least = ceil(len(every) * MONTH_S / kind.month)
                faults.append(
                    f"[feeds] {len(every)} of kind {name} with one key may ask {asked:.0f} times a month, the source "
                    f"allows {kind.month}; give each an every_s of at least {least}"
                )
    return faults


def _feed_faults(name: str, feed: Feed, fetch: Fetch) -> list[str]:
    if not valid_level(name):
        return ["the name is not of a-z, 0-9 and -, at most 48"]
    kind = KINDS.get(feed.kind or name)
    if kind is None:
        where = f"kind: {feed.kind!r} is unknown" if feed.kind else "is no known kind; give `kind`"
        return [f"{where}; known are {', '.join(KINDS)}"]
    faults = []
    if feed.on and not feed.url and not kind.url:
        faults.append("url: is missing; this kind has no address of its own")
    if feed.url and (fault := address_fault(feed.url, plain=fetch.plain_http)):
        faults.append(f"url: {fault}")
    if kind.pace.vital and feed.every_s is not None and feed.every_s > VITAL_EVERY_S:
        faults.append(f"every_s: {feed.every_s:g} is above {VITAL_EVERY_S:g}; who is in danger cannot wait for longer")
    holds_key = "{key}" in feed.url or kind.body is not None
    if feed.key_file and not holds_key:
        faults.append("key_file: says nothing without {key} in `url`, the place where the key belongs")
    if feed.on and not feed.key_file and (kind.key or "{key}" in feed.url):
        faults.append("key_file: is missing; this source wants a key")
    return faults
