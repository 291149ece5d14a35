"""Where this kiosk stands, and whether a message is meant for here."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.warnings.geometry import covers, drawn
from kiosk.feeds.alert import Alert, Area, Point, Source
from kiosk.feeds.counties import NAMES, WHOLE_COUNTRY, code_of_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """SCB codes as text (county "23", municipality "2321"); neighbours are municipalities; WGS 84 degrees."""

    site: str
    county: str = ""
    municipality: str = ""
    neighbours: tuple[str, ...] = ()
    county_name: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def own_county(self) -> str:
        """The county's code, also where only the municipality or the name is set; "" when nobody knows."""
        return self.county or self.municipality[:2] or code_of_name(self.county_name)

    @property
    def counties(self) -> tuple[str, ...]:
        """The own county's code and those of the neighbours; () when nobody knows."""
        return tuple(dict.fromkeys(code for code in (self.own_county, *(one[:2] for one in self.neighbours)) if code))

    @property
    def point(self) -> Point | None:
        """(latitude, longitude) when both are known."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


class Reach(StrEnum):
    """Is it meant for here? `unknown`: nobody can tell; it is told, and takes no screen."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


def reach(alert: Alert, place: Place) -> Reach:
    """Whether a message concerns this place.

    The municipality names sites. SMHI's counties are coarse: where it has drawn a shape and the place has a point, the
    shape decides. Everything else is a union of what is drawn, coded and named.
    """
    area = alert.area
    if alert.source is Source.MUNICIPALITY and area.sites:
        return Reach.HERE if place.site in area.sites else Reach.ELSEWHERE
    by_shape = _shape_reach(area, place)
    if alert.source is Source.SMHI and by_shape in (Reach.HERE, Reach.ELSEWHERE):
        return by_shape
    codes, names = _told(alert)
    found = {
        *([by_shape] if by_shape else []),
        *(_code_reach(code, place) for code in codes),
        *(_name_reach(name, place) for name in names),
        *(Reach.HERE if site == place.site else Reach.ELSEWHERE for site in area.sites),
    }
    if not found and area.names:
        return Reach.UNKNOWN  # the name of something smaller than a county tells a program nothing
    if Reach.HERE in found:
        return Reach.HERE
    # an area nobody can compare with this place, or no area at all, is not "somewhere else"
    return Reach.UNKNOWN if Reach.UNKNOWN in found or not found else Reach.ELSEWHERE


def _told(alert: Alert) -> tuple[list[str], list[str]]:
    """Codes, and names of counties and of the country (others only beside nothing else).

    Nearly every news item carries the whole country besides its counties: that alone makes nothing local.
    """
    area = alert.area
    codes, names = list(area.codes), [name for name in area.names if code_of_name(name)]
    if alert.source is Source.KRISINFORMATION:
        narrow = [code for code in codes if code != WHOLE_COUNTRY]
        narrow_names = [name for name in names if code_of_name(name) != WHOLE_COUNTRY]
        if narrow or narrow_names or len(names) < len(area.names):
            return narrow, narrow_names
    return codes, names


def _shape_reach(area: Area, place: Place) -> Reach | None:
    """None: nothing is drawn."""
    if not drawn(area.shape):
        return None
    if place.point is None:
        # the words of the area may still tell; if there are none, nobody knows
        return None if area.codes or area.names else Reach.UNKNOWN
    return Reach.HERE if covers(area.shape, place.point) else Reach.ELSEWHERE


def _code_reach(code: str, place: Place) -> Reach:
    if code == WHOLE_COUNTRY:
        return Reach.HERE
    if not (code.isascii() and code.isdigit() and len(code) in (2, 4)):
        return Reach.UNKNOWN
    county = place.own_county
    if len(code) == 2:
        if code not in NAMES:
            return Reach.ELSEWHERE  # a sea district: SMHI's 41 to 58
        return _same(code, county)
    if code == place.municipality or code in place.neighbours:
        return Reach.HERE
    if place.municipality:
        return Reach.ELSEWHERE
    # only the county is known: a municipality in it may be ours
    return Reach.UNKNOWN if not county or code[:2] == county else Reach.ELSEWHERE


def _name_reach(name: str, place: Place) -> Reach:
    code = code_of_name(name)
    return Reach.HERE if code == WHOLE_COUNTRY else _same(code, place.own_county)


def _same(code: str, own: str) -> Reach:
    if not own:
        return Reach.UNKNOWN
    return Reach.HERE if code == own else Reach.ELSEWHERE
