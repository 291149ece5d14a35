"""The settings of the dashboard: one TOML file, refused with all its faults at once."""

import ipaddress
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from contract.page import PAGE_FILE, PAGE_KEY, HostName
from contract.topics import valid_level
from contract.wire import Name
from dashboard.core.overview import outline
from dashboard.core.overview.outline import Line
from dashboard.core.sites import BadInput, Site
from doors import broker, settings
from doors.broker import BrokerSettings
from doors.secrets import broker_faults, secret_fault, settings_fault

"""Beside the store, of a page that makes its key itself."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Web(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the pages are served. Port 0 takes a free one; host `::` all addresses of both families.

    `certificate_file`, `key_file`: then over HTTPS only. `names`: what the server may be called beside its addresses.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    names: tuple[Annotated[str, Meta(min_length=1, max_length=253)], ...] = ()
    certificate_file: str = ""
    key_file: str = ""
    certificate_name: HostName | Literal[""] = ""
    """At a site: its public name, under which the page makes a key of its own and gets certificates from the centre."""

    @property
    def loopback(self) -> bool:
        """Does only this machine reach the pages?"""
        return self.host in LOOPBACK

    @property
    def encrypted(self) -> bool:
        """Are the pages served over HTTPS?"""
        return bool(self.certificate_file)


class SignInSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`required` false: whoever reaches the page may do everything; allowed on this machine alone."""

    required: bool = True


class StoreSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of the store (SQLite).

    `raw_days`: samples older than this are summed up by quarters of an hour. `history_years`: curves are kept so long;
    events for ever.
    """

    path: Annotated[str, Meta(min_length=1, max_length=4096)]
    raw_days: Annotated[int, Meta(ge=2, le=3660)] = 35
    history_years: Annotated[int, Meta(ge=1, le=100)] = 10


class View(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`centre`: many sites, confirms records. `site`: one site, on the site's own broker, confirms nothing.

    `certificates_file`: the authority's `sites.json`, to say of each site how its certificate stands.
    `outline_file`: borders and shores to draw the map on (GeoJSON); without it the sites stand on an empty ground.
    """

    mode: Literal["centre", "site"] = "centre"
    timezone: Name = "Europe/Stockholm"
    certificates_file: str = ""
    outline_file: str = ""
    tiles_file: str = ""
    """Pictures to lie under the map (MBTiles, raster); without them it is drawn as it is."""


class BulletinSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages to the screens. `key_file`: what signs them (`bulletin keys`); without it none is sent from the pages.

    `sender_name`: who says it, as the form has it at first.
    """

    key_file: str = ""
    sender_name: Annotated[str, Meta(max_length=80)] = ""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    broker: BrokerSettings
    store: StoreSettings
    site: tuple[Site, ...]
    web: Web = Web()
    view: View = View()
    sign_in: SignInSettings = SignInSettings()
    bulletins: BulletinSettings = BulletinSettings()

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
    faults += [*_faults(told), *_web_faults(told, Path(path).resolve().parent)]
    key = told.bulletins.key_file
    if key and (fault := secret_fault(Path(path).resolve().parent / key)):
        faults.append(f"[bulletins] key_file: {fault}")
    if faults:
        raise BadInput(str(settings.SettingsFault(Path(path).name, faults)))
    return _located(told, Path(path).resolve().parent)


def _located(told: Settings, folder: Path) -> Settings:
    """Files that the settings name lie where they say, seen from the settings' own folder."""
    web, view, key = told.web, told.view, told.bulletins.key_file
    if key:
        told = structs.replace(told, bulletins=structs.replace(told.bulletins, key_file=str(folder / key)))
    if web.certificate_name:
        web = structs.replace(web, names=(*web.names, web.certificate_name))
        if (made := (folder / told.store.path).parent / PAGE_FILE).exists():
            web = structs.replace(web, certificate_file=str(made), key_file=str(made.with_name(PAGE_KEY)))
    if web.encrypted:
        web = structs.replace(
            web, certificate_file=str(folder / web.certificate_file), key_file=str(folder / web.key_file)
        )
    if view.certificates_file:
        view = structs.replace(view, certificates_file=str(folder / view.certificates_file))
    if view.outline_file:
        view = structs.replace(view, outline_file=str(folder / view.outline_file))
    if view.tiles_file:
        view = structs.replace(view, tiles_file=str(folder / view.tiles_file))
    return structs.replace(told, web=web, view=view)


def outline_of(path: str) -> tuple[Line, ...]:
    """The lines of the map's outline, none without a file. Raises BadInput with one sentence."""
    if not path:
        return ()
    try:
        with Path(path).open("rb") as file:
            return outline.outline(file.read(outline.MOST_BYTES + 1))
    except OSError as fault:
        raise BadInput(f"[view] outline_file: {path} can not be read ({fault.strerror}); lay a file there") from fault
    except outline.BadOutline as fault:
        raise BadInput(f"[view] outline_file: {path} {fault}") from fault


def store_path(path: str, told: Settings) -> Path:
    """Where the store is, seen from the folder of the settings file."""
    return Path(path).resolve().parent / told.store.path


def _faults(told: Settings) -> list[str]:
    """What the types can not see."""
    faults: list[str] = []
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


def _web_faults(told: Settings, folder: Path) -> list[str]:
    """Who may come in, and over what. `folder`: where the settings lie."""
    web, faults = told.web, list[str]()
    if not web.loopback and not _is_address(web.host):
        faults.append(f"[web] host: {web.host!r} is no address; use 127.0.0.1, or :: for all addresses of this machine")
    if not web.loopback and not told.sign_in.required:
        faults.append(
            f"[web] host: {web.host!r} can be reached by others and [sign_in] required is false; "
            "use 127.0.0.1, or take required = false away"
        )
    if not web.loopback and not web.encrypted and told.view.mode == "centre":
        faults.append(
            f"[web] host: {web.host!r} leads out of this machine; give certificate_file and key_file, or use 127.0.0.1 "
            "(only a site's own page, on the shop's own network, may do without)"
        )
    if web.certificate_name and (web.certificate_file or web.key_file):
        faults.append("[web] certificate_name stands alone: the page then makes its key itself; take the files away")
    if web.certificate_name and told.view.mode != "site":
        faults.append('[web] certificate_name: is for a site\'s own page (mode = "site"); use certificate_file')
    if bool(web.certificate_file) != bool(web.key_file):
        faults.append("[web] certificate_file and key_file belong together; give both or none")
    elif web.key_file and (fault := secret_fault(folder / web.key_file)):
        faults.append(f"[web] key_file: {fault}")
    return faults


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
