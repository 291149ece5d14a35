"""The settings of the gateway: one TOML file, every fault of it told at once."""

import base64
import tomllib
from datetime import UTC, date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec import Meta

from contract.topics import valid_level
from contract.words import Sot
from doors import broker
from doors.broker import BrokerSettings
from doors.broker_settings import KEEPALIVE_S
from doors.secrets import broker_faults, settings_fault
from doors.settings import SettingsFault, load
from gateway.config_device import DeviceTable, Wired, device_facts, speeds, wire
from gateway.config_node import NodesTable, NodeTable, device_of, node_facts, node_faults, place_rules
from gateway.config_provision import ProvisionTable
from gateway.config_site import (
    ActivatorTable,
    CallTable,
    ChecklistTable,
    GeneratorTable,
    MovableTable,
    RunTable,
    SiteTable,
    Strict,
    TankTable,
    UpsTable,
    check,
)
from gateway.config_wake import WakeTable, wake_faults
from gateway.core.box import box
from gateway.core.facts import BOX, Facts, LastWordsFacts, Rule

KEEPALIVE_HEARTBEATS = 1.2
"""Idle heartbeats after which the centre's broker is asked whether it is there: never, as long as they are answered."""
MOST_KEEPALIVE_S = 1200


class StoreTable(Strict, frozen=True, kw_only=True):
    """Where readings and records lie, how long and how much of them, and how often mere readings are written."""

    path: str
    commit_every_s: Annotated[float, Meta(ge=0, le=300)] = 10.0
    max_mb: Annotated[float, Meta(ge=20)] = 1000.0
    max_waiting_records: Annotated[int, Meta(ge=1000)] = 500_000
    keep_readings_days: Annotated[float, Meta(gt=0)] = 7.0
    keep_minutes_days: Annotated[float, Meta(ge=2)] = 90.0
    keep_quarters_days: Annotated[float, Meta(ge=2)] = 3650.0
    keep_events_days: Annotated[float, Meta(ge=1)] = 3650.0


class PaceTable(Strict, frozen=True, kw_only=True):
    """How often things are told, in seconds."""

    heartbeat_s: Annotated[float, Meta(ge=1, le=3600)] = 300.0
    heartbeat_active_s: Annotated[float, Meta(ge=1, le=3600)] = 60.0
    picture_every_s: Annotated[float, Meta(ge=0.1, le=3600)] = 10.0
    sample_every_s: Annotated[float, Meta(ge=0.1)] = 3600.0
    sample_active_every_s: Annotated[float, Meta(ge=0.1)] = 60.0
    snapshot_every_s: Annotated[float, Meta(ge=60)] = 43_200.0
    snapshot_active_every_s: Annotated[float, Meta(ge=60)] = 900.0


class ScreensTable(Strict, frozen=True, kw_only=True):
    """How many screens must show signs of life; 0: this site has none."""

    expected: Annotated[int, Meta(ge=0, le=20)] = 1


class LastWordsTable(Strict, frozen=True, kw_only=True):
    """The battery that the box hangs on, and what happens when it ends. Minutes of the least that it lasts."""

    battery: Literal["auto", "own", "ups", "none"] = "auto"
    battery_minutes: Annotated[float, Meta(gt=0, le=20_000)] | None = None
    say_below_min: Annotated[float, Meta(ge=1, le=240)] = 10.0
    halt_below_min: Annotated[float, Meta(ge=1, le=240)] = 5.0
    halts: bool = False
    mark_within_s: Annotated[float, Meta(ge=0, le=60)] = 20.0

    def facts(self) -> LastWordsFacts:
        """As the judgement needs it."""
        return LastWordsFacts(
            battery=self.battery,
            battery_minutes=self.battery_minutes,
            say_below_min=self.say_below_min,
            halt_below_min=self.halt_below_min,
            halts=self.halts,
        )


class KeyTable(Strict, frozen=True, kw_only=True):
    """A key whose bulletins are believed: `public` is the raw Ed25519 key in base64; replaced: its last day (UTC)."""

    id: str
    public: str
    trusted_until: date | None = None


class BulletinsTable(Strict, frozen=True, kw_only=True):
    """Who may speak on the screens."""

    key: tuple[KeyTable, ...] = ()


class Settings(Strict, frozen=True, kw_only=True):
    """The whole file."""

    site: SiteTable
    store: StoreTable
    site_broker: BrokerSettings
    central_broker: BrokerSettings | None = None
    generator: GeneratorTable = GeneratorTable()
    tank: TankTable = TankTable()
    test_run: RunTable = RunTable()
    ups: UpsTable = UpsTable()
    call_out: CallTable = CallTable()
    activator: tuple[ActivatorTable, ...] = ()
    checklist: ChecklistTable = ChecklistTable()
    movable: MovableTable | None = None
    responsible: dict[str, str] = {}
    pace: PaceTable = PaceTable()
    screens: ScreensTable = ScreensTable()
    last_words: LastWordsTable = LastWordsTable()
    wake: WakeTable = WakeTable()
    bulletins: BulletinsTable = BulletinsTable()
    device: tuple[DeviceTable, ...] = ()
    nodes: NodesTable = NodesTable()
    node: tuple[NodeTable, ...] = ()
    provision: ProvisionTable | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, understood."""

    settings: Settings
    facts: Facts
    wired: tuple[Wired, ...]
    keys: dict[str, bytes]
    keys_end_ms: dict[str, int] = {}
    """When replaced keys are believed no more; wall clock."""


def read(path: Path, today: date | None = None) -> Plan:
    """The settings of `path`; raises SettingsFault with all faults.

    `today` is given where a person checks the file: a box whose clock is wrong at boot must start all the same.
    """
    settings = _patient(load(path, Settings))
    faults = [fault] if (fault := settings_fault(path)) else []
    if not valid_level(settings.site.id):
        faults.append(f"[site] id: {settings.site.id!r} must be of a-z, 0-9 and hyphen, at most 48 long (are-kall)")
    for name in ("site_broker", "central_broker"):
        link: BrokerSettings | None = getattr(settings, name)
        if link is not None and (fault := broker.check(link)):
            faults.append(f"[{name}] {fault}")
        faults += [f"[{name}] {fault}" for fault in (broker_faults(link) if link is not None else ())]
    wired = [one for table in settings.device if (one := wire(table, faults))]
    _names(settings, faults)
    faults += check(settings.tank, settings.generator, settings.activator, settings.checklist, settings.movable, today)
    speeds(settings.device, faults)
    _last_words(settings.last_words, [one.profile.head.kind for one in wired], faults)
    faults += wake_faults(settings.wake)
    faults += node_faults(settings.node)
    faults += [
        f"[responsible] {key}: is none of {', '.join(Sot)}" for key in settings.responsible if key not in list(Sot)
    ]
    if Path(settings.store.path).name in ("", ".."):
        faults.append(f"[store] path: {settings.store.path!r} is not the name of a file")
    _own_name(settings, faults)
    keys = _keys(settings, faults)
    if faults:
        raise SettingsFault(path.name, faults)
    return Plan(
        settings=settings, facts=_facts(settings, wired), wired=tuple(wired), keys=keys, keys_end_ms=_ends(settings)
    )


def _patient(settings: Settings) -> Settings:
    """The central link as it is kept: where the heartbeat shows that it holds, no other question is paid for."""
    central = settings.central_broker
    if central is None or central.keepalive_s is not None:
        return settings
    asked_s = max(KEEPALIVE_S, ceil(KEEPALIVE_HEARTBEATS * settings.pace.heartbeat_s))
    central = msgspec.structs.replace(central, keepalive_s=min(MOST_KEEPALIVE_S, asked_s))
    return msgspec.structs.replace(settings, central_broker=central)


def rules() -> dict[str, Rule]:
    """The rules of alarms, from `rules.toml`."""
    tree = tomllib.loads(files("gateway").joinpath("rules.toml").read_text("utf-8"))
    return msgspec.convert(tree, dict[str, Rule])


def program_version() -> str:
    """The version of the installed product."""
    try:
        return version("sotpunkt")
    except PackageNotFoundError:
        return "unpacked"


def _names(settings: Settings, faults: list[str]) -> None:
    labels = [(table.name, "device") for table in settings.device] + [(table.name, "node") for table in settings.node]
    names = [name for name, _ in labels]
    faults += [
        f"[{kind} {name}] name: must be of a-z, 0-9 and hyphen, at most 48 long"
        for name, kind in labels
        if not valid_level(name)
    ]
    faults += [
        f"[{dict(labels)[name]} {name}] name: stands twice"
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if BOX in names:
        faults.append(f"[{dict(labels)[BOX]} {BOX}] name: is taken by the gateway's own computer; choose another")
    controller = settings.generator.controller
    wired = [name for name, kind in labels if kind == "device"]
    if controller is not None and controller not in wired:
        faults.append(
            f"[generator] controller: there is no device {controller!r}; devices are {', '.join(wired) or 'none'}"
        )


def _last_words(table: LastWordsTable, kinds: list[str], faults: list[str]) -> None:
    if table.halt_below_min > table.say_below_min:
        faults.append(
            f"[last_words] halt_below_min: {table.halt_below_min:g} lies above say_below_min {table.say_below_min:g}; "
            "what is to be said must be said before"
        )
    if table.battery == "ups" and "ups" not in kinds:
        faults.append("[last_words] battery: there is no device that is a UPS; name it, or write own, auto or none")


def _own_name(settings: Settings, faults: list[str]) -> None:
    """The centre's broker takes the name in the certificate for the account, and drops what is said as another site."""
    link = settings.central_broker
    if link is None or not link.certificate_file:
        return
    try:
        shown = x509.load_pem_x509_certificates(Path(link.certificate_file).read_bytes())[0].subject
    except (OSError, ValueError):
        return  # the link tells, and a file that comes later is no fault
    names = [str(one.value) for one in shown.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [settings.site.id]:
        faults.append(
            f"[central_broker] certificate_file: is for {', '.join(names) or 'nobody'}, not for {settings.site.id}; "
            "ask the centre for one of this site"
        )


def _keys(settings: Settings, faults: list[str]) -> dict[str, bytes]:
    keys = {}
    for table in settings.bulletins.key:
        try:
            raw = base64.b64decode(table.public, validate=True)
        except ValueError:
            raw = b""
        if len(raw) != 32:
            faults.append(f"[bulletins key {table.id}] public: is not a raw Ed25519 key (32 bytes) in base64")
        if table.id in keys:
            faults.append(f"[bulletins key {table.id}] id: stands twice")
        keys[table.id] = raw
    return keys


def _ends(settings: Settings) -> dict[str, int]:
    """The last moment of each key that has a last day."""
    days = {table.id: table.trusted_until for table in settings.bulletins.key if table.trusted_until is not None}
    return {key: int(datetime.combine(day, time.max, UTC).timestamp() * 1000) for key, day in days.items()}


def _facts(settings: Settings, wired: list[Wired]) -> Facts:
    sets = [one.table.name for one in wired if one.profile.head.kind == "generator_controller"]
    return Facts(
        site=settings.site.id,
        place=settings.site.place,
        connection=settings.site.connection,
        status=settings.site.status,
        simulated=settings.site.simulated,
        version=program_version(),
        devices=(
            *(device_facts(one) for one in wired),
            *(device_of(one) for one in settings.node),
            box.facts_of_device(),
        ),
        nodes=tuple(node_facts(one) for one in settings.node),
        controller=settings.generator.controller or (sets[0] if sets else None),
        set=settings.generator.facts(),
        tank=settings.tank.facts(),
        run=settings.test_run.facts(),
        ups=settings.ups.facts(),
        call=settings.call_out.facts(settings.activator, settings.checklist),
        movable=settings.movable.facts() if settings.movable is not None else None,
        responsible={Sot(key): who for key, who in settings.responsible.items()},
        screens=settings.screens.expected,
        bulletin_keys=frozenset(one.id for one in settings.bulletins.key),
        last_words=settings.last_words.facts(),
        wake=settings.wake.facts(centre=settings.central_broker is not None),
        activate_within_s=settings.site.activate_within_s,
        heartbeat_s=settings.pace.heartbeat_s,
        heartbeat_active_s=settings.pace.heartbeat_active_s,
        picture_every_s=settings.pace.picture_every_s,
        sample_every_s=settings.pace.sample_every_s,
        sample_active_every_s=settings.pace.sample_active_every_s,
        snapshot_every_s=settings.pace.snapshot_every_s,
        snapshot_active_every_s=settings.pace.snapshot_active_every_s,
        rules=rules() | place_rules(settings.node),
    )
