"""The settings of one kiosk: one TOML file for both processes."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from contract.topics import valid_level
from doors import broker, settings
from doors.broker import BrokerSettings
from doors.secrets import broker_faults, secret_fault, settings_fault
from kiosk.catalogues import written
from kiosk.config_feeds import Feed, Fetch, Place, feeds_faults, place_faults, resolved
from kiosk.core.asking.catalogue import KINDS
from kiosk.core.visitor import keys as key_settings
from kiosk.core.visitor import languages
from kiosk.core.visitor.keys import Keys
from kiosk.core.voice.loudness import Speech
from kiosk.core.warnings.place import Place as Here


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; unknown names are faults."""


class Site(_Table):
    """Which site this is. `simulated`: everything shown here is a simulation, and says so."""

    id: str
    simulated: bool = False


class Cache(_Table):
    """The SQLite file that survives a restart; beside it lie the wake socket and the log of drawn frames."""

    path: str


class Screen(_Table):
    """One screen. Sizes in pixels; `px_per_mm` of the real panel makes touch targets as large as a thumb needs."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    width: Annotated[int, Meta(ge=480, le=7680)] = 1280
    height: Annotated[int, Meta(ge=480, le=7680)] = 800
    fullscreen: bool = False
    language: str = "sv"
    languages: tuple[str, ...] = ()
    viewing_distance_mm: Annotated[float, Meta(ge=300, le=1500)] = 500.0
    px_per_mm: Annotated[float, Meta(ge=2, le=20)] = 5.88
    idle_return_s: Annotated[float, Meta(ge=30, le=600)] = 75.0
    attract_after_s: Annotated[float, Meta(ge=0, le=86_400)] = 180.0
    wake_socket: str = ""
    backlight: str = "/sys/class/backlight"
    brightness_percent: Annotated[int, Meta(ge=10, le=100)] = 100
    restart_at: Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?\Z")] = "03:30"


class Settings(_Table):
    """The whole file."""

    site: Site
    broker: BrokerSettings
    cache: Cache
    screen: Screen
    place: Place | None = None
    fetch: Fetch = Fetch()
    feeds: dict[str, Feed] = {}
    speech: Speech = Speech()
    keys: Keys = Keys()

    @property
    def here(self) -> Here:
        """Where this kiosk stands, as far as the settings say."""
        return resolved(self.site.id, self.place)

    @property
    def asked_feeds(self) -> dict[str, Feed]:
        """The feeds that are asked, by name, each with its address.

        A real site with a place asks the sources of warnings by itself; a simulated one only what is named to it.
        """
        found = {name: feed for name, feed in self.feeds.items() if feed.on}
        if self.place is not None and not self.site.simulated:
            own = {name for name, kind in KINDS.items() if kind.url and not kind.key and name not in self.feeds}
            found |= {name: Feed() for name in sorted(own)}
        addressed = {name: self._addressed(name, feed) for name, feed in found.items()}
        return {name: feed for name, feed in addressed.items() if feed.url}

    def _addressed(self, name: str, feed: Feed) -> Feed:
        kind = feed.kind or name
        own = "" if self.site.simulated or kind not in KINDS else KINDS[kind].url
        return msgspec.structs.replace(feed, kind=kind, url=feed.url or own)

    @property
    def cache_path(self) -> Path:
        """The cache file."""
        return Path(self.cache.path)

    @property
    def wake_path(self) -> Path:
        """The socket that the screen listens at and the keeper knocks at."""
        return Path(self.screen.wake_socket) if self.screen.wake_socket else self.cache_path.with_name("wake.sock")

    @property
    def drawn_path(self) -> Path:
        """The log that the screen writes and the keeper reads."""
        return self.cache_path.with_name("drawn.jsonl")


MAX_SOCKET_PATH = 100
"""A unix socket's path has room for 107 bytes on Linux."""
MIN_SIDE_MM = 90
"""A panel of seven inches has 91. On a lower one the buttons of a second warning leave no room for its text."""


def load(path: Path) -> Settings:
    """Read and check a settings file; raises SettingsFault with all faults at once."""
    found = settings.load(path, Settings)
    base = path.parent
    found = msgspec.structs.replace(
        found,
        cache=Cache(path=str(base / found.cache.path)),
        screen=msgspec.structs.replace(
            found.screen, wake_socket=str(base / found.screen.wake_socket) if found.screen.wake_socket else ""
        ),
        feeds={
            name: msgspec.structs.replace(feed, key_file=str(base / feed.key_file) if feed.key_file else "")
            for name, feed in found.feeds.items()
        },
    )
    faults = [fault] if (fault := settings_fault(path)) else []
    faults += _faults(found)
    if faults:
        raise settings.SettingsFault(path.name, faults)
    return found


def _faults(found: Settings) -> list[str]:
    faults = []
    if not valid_level(found.site.id):
        faults.append(f"[site] id: {found.site.id!r} is not like are-kall (a-z, 0-9 and -, at most 48)")
    fault = broker.check(found.broker)
    if fault:
        faults.append(f"[broker] {fault}")
    faults += [f"[broker] {fault}" for fault in broker_faults(found.broker)]
    faults += place_faults(found.place) + feeds_faults(found.feeds, found.fetch, simulated=found.site.simulated)
    faults += [
        f"[feeds.{name}] key_file: {fault}"
        for name, feed in found.feeds.items()
        if feed.key_file and (fault := secret_fault(feed.key_file))
    ]
    screen = found.screen
    faults += [f"[screen] {fault}" for fault in languages.faults(written(), screen.languages, screen.language)]
    faults += [f"[keys] {fault}" for fault in key_settings.faults(found.keys)]
    if len(str(found.wake_path.absolute()).encode()) > MAX_SOCKET_PATH:
        faults.append(f"[screen] wake_socket: {found.wake_path} is too long for a socket; choose a shorter path")
    side_mm = min(found.screen.width, found.screen.height) / found.screen.px_per_mm
    if side_mm < MIN_SIDE_MM:
        faults.append(
            f"[screen] px_per_mm: a screen with a side of {side_mm:.0f} mm is too small for large buttons, "
            f"{MIN_SIDE_MM} mm are needed; check width, height and px_per_mm"
        )
    return faults
