"""Every kind of feed that a kiosk can ask: where, how often, how large an answer may be. Data; nothing is asked here.

A new kind is a row here and a row in `kiosk/keeper/readers.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.core.asking.polling import Pace
from kiosk.core.warnings.place import Place
from kiosk.feeds.road import question

MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of feed. `url`: where a real site asks by itself, "" when only the settings can say it.

    `whole`: the answer is all that the source says now, so what is missing from it has left. `most_bytes`: of a body,
    unpacked. `key`: the source wants a key (`key_file`), put where the address, or the body, has `{key}`. `body`: a
    source that is asked by POST gets this, made from the settings' place, as `content_type`. `month`: so many
    questions a month one key may ask.
    """

    url: str = ""
    pace: Pace
    most_bytes: int = 2 * MB
    whole: bool = True
    key: bool = False
    body: Callable[[Place], bytes] | None = None
    content_type: str = ""
    month: int = 0


KINDS: dict[str, Kind] = {
    "vma": Kind(
        url="https://vmaapi.sr.se/api/v3/alerts",
        pace=Pace(every_s=(60.0, 60.0, 120.0, 120.0), longest_s=120.0, vital=True),
        most_bytes=MB,
    ),
    "smhi": Kind(
        url="https://opendata-download-warnings.smhi.se/ibww/api/version/1/warning.json",
        pace=Pace(every_s=(300.0, 900.0, 900.0, 1800.0), longest_s=450.0),
        most_bytes=4 * MB,
    ),
    "krisinformation": Kind(
        url="https://api.krisinformation.se/v3/news?days=7",
        pace=Pace(every_s=(600.0, 1800.0, 1800.0, 3600.0), longest_s=900.0),
        most_bytes=4 * MB,
    ),
    "departures": Kind(  # url of one stop: https://realtime-api.trafiklab.se/v1/departures/740012345?key={key}
        pace=Pace(every_s=(120.0, None, None, None), longest_s=900.0, alone_s=600.0, night_s=1800.0),
        most_bytes=MB // 2,
        key=True,
        month=100_000,
    ),
    "road": Kind(
        url="https://api.trafikinfo.trafikverket.se/v2/data.json",
        pace=Pace(every_s=(300.0, 900.0, None, None), longest_s=3600.0, night_s=900.0),
        key=True,
        body=lambda place: question("{key}", place.counties),
        content_type="application/xml",
    ),
    "news": Kind(pace=Pace(every_s=(1800.0, None, None, None), longest_s=3600.0), most_bytes=MB // 2, whole=False),
    "disruptions": Kind(  # water, waste, power lines: where the municipality has an address of its own for it
        pace=Pace(every_s=(900.0, 1800.0, None, None), longest_s=3600.0), most_bytes=MB // 2, whole=False
    ),
    "calendar": Kind(pace=Pace(every_s=(3600.0, None, None, None), longest_s=7200.0), most_bytes=MB // 2),
}
"""By name; in the settings `[feeds.NAME]`."""
