"""The settings of the dashboard: one TOML file, refused with all its faults at once."""

import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from contract.topics import valid_level
from contract.wire import Name
from dashboard.core.sites import BadInput, Site
from doors import broker, settings
from doors.broker import BrokerSettings
from doors.secrets import broker_faults, settings_fault

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Web(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the pages are served. Port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080


class StoreSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of the store (SQLite)."""

    path: Annotated[str, Meta(min_length=1, max_length=4096)]


class View(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`centre`: many sites, confirms records. `site`: one site, on the site's own broker, confirms nothing.

    `certificates_file`: the authority's `sites.json`, to say of each site how its certificate stands.
    """

    mode: Literal["centre", "site"] = "centre"
    timezone: Name = "Europe/Stockholm"
    certificates_file: str = ""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    broker: BrokerSettings
    store: StoreSettings
    site: tuple[Site, ...]
    web: Web = Web()
    view: View = View()

    def find(self, site: str) -> Site | None:
        """The site of that id."""
        return next((one for one in self.site if one.id == site), None)

    @property
    def any_in_service(self) -> bool:
        """Does anybody rely on any of these sites?"""
        return any(site.in_service for site in self.site)


def read(path: str) -> Settings:
    """The settings of a file; a relative store path starts at the file's folder. Raises BadInput with all faults."""
    try:
        told = settings.load(Path(path), Settings)
    except settings.SettingsFault as fault:
        raise BadInput(str(fault)) from fault
    faults = [fault] if (fault := settings_fault(path)) else []
    faults += _faults(told)
    if faults:
        raise BadInput(str(settings.SettingsFault(Path(path).name, faults)))
    return _located(told, Path(path).resolve().parent)


def _located(told: Settings, folder: Path) -> Settings:
    """The list of certificates lies where the settings file says, seen from its own folder."""
    if not told.view.certificates_file:
        return told
    found = str(folder / told.view.certificates_file)
    return structs.replace(told, view=structs.replace(told.view, certificates_file=found))


def store_path(path: str, told: Settings) -> Path:
    """Where the store is, seen from the folder of the settings file."""
    return Path(path).resolve().parent / told.store.path


def _faults(told: Settings) -> list[str]:
    """What the types can not see."""
    faults = []
    if told.web.host not in LOOPBACK:
        faults.append(
            f"[web] host: {told.web.host!r} can be reached by others and there is no sign-in yet; use 127.0.0.1"
        )
    fault = broker.check(told.broker)
    if fault:
        faults.append(f"[broker] {fault}")
    faults += [f"[broker] {fault}" for fault in broker_faults(told.broker)]
    if told.view.timezone not in zoneinfo.available_timezones():
        faults.append(f"[view] timezone: {told.view.timezone!r} is not known here; use for example Europe/Stockholm")
    ids = [site.id for site in told.site]
    faults += [f"[site] id: {one!r} is not a name of a-z, 0-9 and -" for one in ids if not valid_level(one)]
    faults += [f"[site] id: {one!r} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    if not ids:
        faults.append("site: no site is declared; give at least one [[site]]")
    if told.view.mode == "site" and len(ids) > 1:
        faults.append('[view] mode: "site" shows one site; declare one, or use mode = "centre"')
    return faults
