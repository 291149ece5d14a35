"""What the doctor reads of the programs' settings files: leniently, for it must also help where they are wrong."""

import errno
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from doctor.core.feeds import ASKED_BY_ITSELF
from doctor.core.finding import Why
from doctor.core.refusals import refusal
from doors.broker import BrokerSettings

MAX_BYTES = 1_000_000


class Line(msgspec.Struct, frozen=True):
    """A serial port of the gateway's devices."""

    path: str


class Wake(msgspec.Struct, frozen=True, kw_only=True):
    """How the site calls its own people. `calls`: does it send text messages?"""

    calls: bool = False
    modem: str = "any"
    command: str = "mmcli"
    lamp: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the site. `faults`: a sentence for each file or table that cannot be used."""

    site: str = ""
    site_broker: BrokerSettings | None = None
    central_broker: BrokerSettings | None = None
    alone: bool = False
    """The settings were read, and name no centre."""
    store: str = ""
    lines: tuple[Line, ...] = ()
    wake: Wake = Wake()
    screens: int = 0
    kiosk_cache: str = ""
    feeds: tuple[str, ...] = ()
    """Sources that the kiosk is to ask, by the name of their tables."""
    page_store: str = ""
    """The owner's page's."""
    page_signs_in: bool = True
    page_name: str = ""
    """Its public name, under which it makes its own key and gets certificates."""
    page_files: tuple[str, str] = ("", "")
    """Certificate and key that the settings give by hand."""
    programs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    faults: tuple[tuple[str, Why], ...] = ()
    """(file, what is wrong with it)."""


def read(folder: Path) -> Known:
    """The settings in a folder; what is wrong with them is told, not raised."""
    faults: list[tuple[str, Why]] = []
    trees = {name: _tree(folder / f"{name}.toml", faults) for name in ("gateway", "kiosk", "dashboard")}
    gateway, kiosk = trees["gateway"] or {}, trees["kiosk"] or {}
    if trees["gateway"] is None and not faults:
        faults.append((str(folder / "gateway.toml"), Why("missing")))
    site_broker = _broker(gateway, "site_broker", folder, faults)
    central = _broker(gateway, "central_broker", folder, faults)
    if gateway and site_broker is None and "site_broker" not in gateway:
        faults.append((str(folder / "gateway.toml"), Why("no_table", values={"table": "site_broker"})))
    others = [_broker(tree or {}, "broker", folder, faults) for tree in (kiosk, trees["dashboard"])]
    brokers = [one for one in (site_broker, central, *others) if one is not None]
    secrets = [path for one in brokers for path in (one.password_file, one.key_file) if path]
    serial = [_text(device, "serial") for device in _list(gateway, "device")]
    screens = _table(gateway, "screens").get("expected", 1)
    cache = _text(_table(kiosk, "cache"), "path")
    page = _text(_table(trees["dashboard"] or {}, "store"), "path")
    signs_in = _table(trees["dashboard"] or {}, "sign_in").get("required", True)
    web = _table(trees["dashboard"] or {}, "web")
    return Known(
        site=_text(_table(gateway, "site"), "id"),
        site_broker=site_broker,
        central_broker=central,
        alone=trees["gateway"] is not None and "central_broker" not in gateway,
        store=_text(_table(gateway, "store"), "path"),
        lines=tuple(Line(path) for path in dict.fromkeys(serial) if path),
        wake=_wake(_table(gateway, "wake")),
        screens=screens if isinstance(screens, int) else 1,
        kiosk_cache=str(folder / cache) if cache else "",
        feeds=_feeds(kiosk),
        page_store=str(folder / page) if page else "",
        page_signs_in=signs_in is not False,
        page_name=_text(web, "certificate_name"),
        page_files=_page_files(web, folder),
        programs=tuple(name for name, tree in trees.items() if tree is not None),
        secrets=tuple(dict.fromkeys(secrets)),
        faults=tuple(faults),
    )


def _tree(path: Path, faults: list[tuple[str, Why]]) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(MAX_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        return None
    except OSError as fault:
        faults.append((str(path), refusal(errno.errorcode.get(fault.errno or 0, ""), str(fault))))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        faults.append((str(path), Why("no_toml", str(fault))))
    return None


def _broker(tree: dict[str, Any], name: str, folder: Path, faults: list[tuple[str, Why]]) -> BrokerSettings | None:
    if name not in tree:
        return None
    try:
        return msgspec.convert(tree[name], BrokerSettings)
    except msgspec.ValidationError as fault:
        faults.append((str(folder), Why("table_wrong", str(fault), {"table": name})))
        return None


def _wake(table: dict[str, Any]) -> Wake:
    modem, command = _text(table, "modem") or "any", _text(table, "command") or "mmcli"
    return Wake(calls=bool(_list(table, "person")), modem=modem, command=command, lamp=_text(table, "lamp"))


def _feeds(kiosk: dict[str, Any]) -> tuple[str, ...]:
    """A screen that knows where it stands asks the sources of warnings by itself, a simulated one does not."""
    named = _table(kiosk, "feeds")
    real = "place" in kiosk and _table(kiosk, "site").get("simulated") is not True
    names = [*(ASKED_BY_ITSELF if real else ()), *named]
    return tuple(name for name in dict.fromkeys(names) if _table(named, name).get("on", True) is not False)


def _page_files(web: dict[str, Any], folder: Path) -> tuple[str, str]:
    certificate, key = (_text(web, name) for name in ("certificate_file", "key_file"))
    return str(folder / certificate) if certificate else "", str(folder / key) if key else ""


def _table(tree: dict[str, Any], name: str) -> dict[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _list(tree: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = tree.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(table: dict[str, Any], name: str) -> str:
    found = table.get(name)
    return found if isinstance(found, str) else ""
