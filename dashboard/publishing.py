"""The commands that send something down by hand: a key, a bulletin, a content document."""

import asyncio
import json
import os
import secrets
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bulletins import SignedBulletin
from contract.content import DOCUMENTS, MAX_DOCUMENT
from contract.messages import encode
from dashboard import config
from dashboard.config import Settings
from dashboard.core.sending import bulletins, documents, remarks
from dashboard.core.sites import BadInput, DashboardError
from dashboard.io.mqtt import kept
from dashboard.io.store.database import Database
from dashboard.io.store.shelf import Shelf
from doors.broker import Link, LinkDown
from doors.clock import Clock
from doors.secrets import secret_fault

MAX_BYTES = 1024 * 1024


def make_keys(folder: Path) -> str:
    """A new key pair in a folder; what to tell the user. Raises DashboardError."""
    private = Ed25519PrivateKey.generate()
    text = bulletins.public_text(private.public_key())
    name = bulletins.key_id(private.public_key())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        secret = os.open(folder / "bulletin.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(secret, "wb") as file:
            file.write(pem)
        (folder / "bulletin.pub").write_text(f"{text}\n", "utf-8")
    except FileExistsError as fault:
        raise DashboardError(f"{folder / 'bulletin.key'} is there already; choose another folder") from fault
    except OSError as fault:
        raise DashboardError(f"{folder}: {fault.strerror}; choose another folder") from fault
    return (
        f"private key (keep it secret): {folder / 'bulletin.key'}\n"
        f'for the settings of every gateway:\n[[bulletins.key]]\nid = "{name}"\npublic = "{text}"'
    )


def publish_bulletin(file: str, key_file: str, settings_file: str, clock: Clock) -> str:
    """Sign a bulletin and send it to its sites; what to tell the user. Raises BadInput, DashboardError."""
    settings = config.read(settings_file)
    key = _private_key(Path(key_file))
    name = bulletins.key_id(key.public_key())
    shelf = Shelf(Database(config.store_path(settings_file, settings)))
    tree = _tree(Path(file))
    serial = shelf.last_serial(name) + 1
    bulletin = bulletins.written(tree, Path(file).name, serial=serial, now_ms=clock.wall_ms())
    strangers = [site for site in bulletin.sites if settings.find(site) is None]
    if strangers:
        raise BadInput(f"{Path(file).name}: sites: {strangers[0]!r} is not in {Path(settings_file).name}")
    held = shelf.bulletin(bulletin.id)
    if held is not None:
        _same_again(held, tree, Path(file).name)
    elif bulletin.serial < serial:
        raise BadInput(f"{Path(file).name}: serial: {bulletin.serial} was used already; leave it out, or give {serial}")
    else:
        shelf.add_bulletin(bulletin.sites, bulletin.id, bulletin.serial, bulletins.sign(bulletin, key))
    asyncio.run(_send(settings, shelf, bulletin.sites))
    return f"{bulletin.id}: sent to {', '.join(bulletin.sites)} with serial {bulletin.serial}"


def _same_again(held: SignedBulletin, tree: dict[str, Any], source: str) -> None:
    """The same file twice is sent again as it was; another text under the same id is refused."""
    before = json.loads(held.signed)
    again = bulletins.written(tree, source, serial=before["serial"], now_ms=before["sent_ms"])
    if encode(again) != held.signed:
        raise BadInput(f"{source}: id: {again.id!r} was sent with another text; give a new id and msg_type = 'update'")


def check_content(name: str, file: str, day: date | None, clock: Clock) -> str:
    """What a document would do on a day (None: today), without sending it: what is doubtful in it. Raises BadInput."""
    reference, data = documents.document(name, _tree(Path(file)), 1, Path(file).name)
    wall_ms = clock.wall_ms()
    day = day or (None if wall_ms is None else remarks.day_of(wall_ms))
    told = remarks.remarks(name, data, day)
    if day is None:
        told.append("the clock of this computer is not known to be right, so last days were not compared; give --day")
    kind = "" if name in DOCUMENTS else "; no screen of this version shows a document of this name"
    head = f"{Path(file).name}: can be sent as {name}, {reference.size} of {MAX_DOCUMENT} bytes{kind}"
    return "\n".join([head, *(f"  {one}" for one in told)])


def publish_content(name: str, file: str, version: int, sites: list[str], settings_file: str) -> str:
    """Send one content document to sites; what to tell the user. Raises BadInput, DashboardError."""
    settings = config.read(settings_file)
    wanted = sites or [site.id for site in settings.site]
    for site in wanted:
        if settings.find(site) is None:
            raise BadInput(f"--site: {site!r} is not in {Path(settings_file).name}")
    reference, data = documents.document(name, _tree(Path(file)), version, Path(file).name)
    shelf = Shelf(Database(config.store_path(settings_file, settings)))
    for site in wanted:
        shelf.change_document(site, reference, data)
    asyncio.run(_send(settings, shelf, tuple(wanted)))
    return f"{name} version {version}: sent to {', '.join(wanted)}, sha256 {reference.sha256}"


async def _send(settings: Settings, shelf: Shelf, sites: tuple[str, ...]) -> None:
    """Everything that stands for these sites, published; it is kept already, so nothing is lost if this fails."""
    up = asyncio.Event()

    async def greet() -> None:
        up.set()

    link = Link(
        settings.broker,
        name="the",
        client_id=f"dashboard-{secrets.token_hex(6)}",
        on_message=lambda _topic, _payload, _retained: None,
        on_up=greet,
    )
    task = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(settings.broker.answer_within_s):
            await up.wait()
            for site in sites:
                for topic, payload in kept(shelf, site):
                    await link.publish(topic, payload, retain=True)
    except (TimeoutError, LinkDown) as fault:
        raise DashboardError(
            f"the broker {settings.broker.url} was not reached; it is kept, and a running dashboard sends it at its "
            "next connection"
        ) from fault
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _tree(path: Path) -> dict[str, Any]:
    """A TOML or JSON file; raises BadInput."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path.name}: is larger than {MAX_BYTES} bytes")
        text = path.read_text("utf-8")
        tree = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as fault:
        raise BadInput(f"{path}: cannot be read: {fault.strerror}; check the path") from fault
    except (ValueError, RecursionError) as fault:
        raise BadInput(f"{path.name}: is not {'JSON' if path.suffix == '.json' else 'TOML'}: {fault}") from fault
    if not isinstance(tree, dict):
        raise BadInput(f"{path.name}: must be an object")
    return tree


def _private_key(path: Path) -> Ed25519PrivateKey:
    if fault := secret_fault(path):
        raise BadInput(fault)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as fault:
        raise BadInput(f"{path}: cannot be read: {fault.strerror}; check the path") from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise BadInput(f"{path.name}: is not a private key made by `bulletin keys`") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path.name}: is not an Ed25519 key; make one with `bulletin keys`")
    return key
