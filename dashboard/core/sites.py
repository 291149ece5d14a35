"""The sites that the dashboard answers for, as its settings declare them."""

from typing import Annotated

from msgspec import Meta, Struct

from contract.wire import Name


class DashboardError(Exception):
    """Base of everything the dashboard can not do; the sentence is for the user, `exit_code` for the shell."""

    exit_code = 1


class BadInput(DashboardError):
    """What the user gave can not be used."""

    exit_code = 2


class Site(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site. `in_service`: people rely on it, so simulated data is refused. `lat`, `lon` in degrees WGS 84."""

    id: Name
    place: Name
    in_service: bool
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
