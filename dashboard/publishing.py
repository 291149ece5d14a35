"""The commands that send something down by hand: a key, a bulletin, a content document."""

import asyncio
import json
import os
import secrets
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bulletins import Bulletin, SignedBulletin
from contract.content import DOCUMENTS, MAX_DOCUMENT
from contract.messages import encode
from dashboard import config
from dashboard.config import Settings
from dashboard.core.sending import bulletins, documents, remarks
from dashboard.core.sites import BadInput, DashboardError
from dashboard.io import pictures, signing
from dashboard.io.access import at_machine
from dashboard.io.mqtt import kept
from dashboard.io.store.database import Database
from dashboard.io.store.published import Published
from dashboard.io.store.shelf import Shelf
from doors.broker import Link, LinkDown
from doors.clock import Clock

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
    key, tree, source = signing.signer(Path(key_file)), _tree(Path(file)), Path(file).name
    now_ms, database = clock.wall_ms(), Database(config.store_path(settings_file, settings))
    first = bulletins.written(tree, source, serial=1, now_ms=now_ms)
    strangers = [site for site in first.sites if settings.find(site) is None]
    if strangers:
        raise BadInput(f"{source}: sites: {strangers[0]!r} is not in {Path(settings_file).name}")

    def made(serial: int) -> SignedBulletin:
        bulletin = bulletins.written(tree, source, serial=serial, now_ms=now_ms)
        if bulletin.serial < serial:
            raise BadInput(f"{source}: serial: {bulletin.serial} was used already; leave it out, or give {serial}")
        return key.sign(bulletin)

    note = at_machine.line(database, clock, f"message {first.msg_type}: {first.id}")
    kept = Published(database).issue(first.id, key.key_id, made, told={}, note=note)
    _same_again(kept, tree, source)
    bulletin = msgspec.json.decode(kept.signed, type=Bulletin)
    asyncio.run(send(settings, Shelf(database), bulletin.sites))
    return f"{bulletin.id}: sent to {', '.join(bulletin.sites)} with serial {bulletin.serial}"


def _same_again(held: SignedBulletin, tree: dict[str, Any], source: str) -> None:
    """The same file twice is sent again as it was; another text under the same id is refused."""
    before = json.loads(held.signed)
    again = bulletins.written(tree, source, serial=before["serial"], now_ms=before["sent_ms"])
    if encode(again) != held.signed:
        raise BadInput(f"{source}: id: {again.id!r} was sent with another text; give a new id and msg_type = 'update'")


def check_content(name: str, file: str, day: date | None, clock: Clock) -> str:
    """What a document would do on a day (None: today), without sending it: what is doubtful in it. Raises BadInput."""
    tree, illustrations = _illustrated(name, Path(file))
    reference, data = documents.document(name, tree, 1, Path(file).name)
    wall_ms = clock.wall_ms()
    day = day or (None if wall_ms is None else remarks.day_of(wall_ms))
    told = [*pictures.told(illustrations), *remarks.remarks(name, data, day)]
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
    tree, illustrations = _illustrated(name, Path(file))
    reference, data = documents.document(name, tree, version, Path(file).name)
    database, clock = Database(config.store_path(settings_file, settings)), Clock()
    shelf = Shelf(database)
    for site in wanted:
        note = at_machine.line(database, clock, f"content: {name} {version}", site)
        shelf.change_document(site, reference, data, tuple(illustrations.values()), note)
    asyncio.run(send(settings, shelf, tuple(wanted)))
    return f"{name} version {version}: sent to {', '.join(wanted)}, sha256 {reference.sha256}"


async def send(settings: Settings, shelf: Shelf, sites: tuple[str, ...]) -> None:
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


def _illustrated(name: str, file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A document and the pictures that lie beside it, by digest; raises BadInput."""
    tree = _tree(file)
    return tree, pictures.illustrate(tree, file.parent, file.name) if name in DOCUMENTS else {}


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
