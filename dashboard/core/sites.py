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
    """One site. `in_service`: people rely on it, so simulated data is refused. `lat`, `lon` in degrees WGS 84.

    `region`: what it is grouped under, its municipality where nothing is said. `operator`: whose mobile network it
    speaks over. `tank_l`: what the set's tank holds. `fuel_lead_h`: hours from the call for diesel until it is in the
    tank. `fuel_contact`: whom to ring about it, with the number.
    """

    id: Name
    place: Name
    in_service: bool
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    region: Annotated[str, Meta(max_length=60)] = ""
    operator: Annotated[str, Meta(max_length=60)] = ""
    tank_l: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    fuel_product: Annotated[str, Meta(max_length=60)] = ""
    fuel_lead_h: Annotated[float, Meta(ge=0, le=240)] = 6.0
    fuel_contact: Annotated[str, Meta(max_length=120)] = ""
