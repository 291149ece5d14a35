"""Where this kiosk stands, for the question whether a message is meant for here."""

from dataclasses import dataclass


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
