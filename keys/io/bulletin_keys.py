"""The keys that sign bulletins, in a folder at the centre.

bulletin.key is the one in use, bulletin.pub its public half, keys.json all that gateways should still believe. A key
that was replaced stays beside it as bulletin-<id>.key until somebody takes it away.
"""

import base64
import hashlib
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.core.faults import BadUse
from keys.io import files
from keys.io.files import Sheet

KEY, PUBLIC, LIST = "bulletin.key", "bulletin.pub", "keys.json"


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """A key that gateways believe: `public` is the raw Ed25519 key in base64, `trusted_until` a last day or none."""

    id: str
    public: str
    made: date
    trusted_until: date | None = None


def new(folder: Path, today: date) -> Trusted:
    """The first key of a folder; raises BadUse."""
    files.make_folder(folder)
    with files.alone(folder):
        if (folder / KEY).exists():
            raise BadUse(f"{folder / KEY} is there already and was not touched; `bulletin-key rotate` replaces it")
        key, made = _made(today)
        files.write_all(
            [
                _list(folder, (made,)),
                Sheet(folder / KEY, files.key_pem(key), files.SECRET),
                Sheet(folder / PUBLIC, f"{made.public}\n".encode(), files.OPEN, replace=True),
            ]
        )
        return made


def rotate(folder: Path, today: date, until: date) -> tuple[Trusted, ...]:
    """A new key in use; the old one is believed up to and with `until`. All that are to be believed. Raises BadUse."""
    if until < today:
        raise BadUse(f"--until {until}: is over; bulletins on the screens are signed with the old key, give some weeks")
    with files.alone(folder):
        held = listed(folder)
        old = _private(folder / KEY)
        name = _described(old, today).id
        key, made = _made(today)
        ends = tuple(
            msgspec.structs.replace(one, trusted_until=until) if one.id == name and one.trusted_until is None else one
            for one in held
        )
        if name not in {one.id for one in held}:
            ends = (*ends, msgspec.structs.replace(_described(old, today), trusted_until=until))
        files.write_all(
            [
                Sheet(folder / f"bulletin-{name}.key", files.key_pem(old), files.SECRET, replace=True),
                # before the key: one in use that the list does not name would be believed by nobody
                _list(folder, (*ends, made)),
                Sheet(folder / KEY, files.key_pem(key), files.SECRET, replace=True),
                Sheet(folder / PUBLIC, f"{made.public}\n".encode(), files.OPEN, replace=True),
            ]
        )
        return tuple(one for one in (*ends, made) if one.trusted_until is None or one.trusted_until >= today)


def listed(folder: Path) -> tuple[Trusted, ...]:
    """All keys of a folder, oldest first; raises BadUse."""
    path = folder / LIST
    if not path.exists():
        if not (folder / KEY).exists():
            raise BadUse(f"{folder}: holds no bulletin key; make one with `sotpunkt-keys bulletin-key new`")
        return ()
    try:
        return msgspec.json.decode(files.read(path, "the list of keys"), type=tuple[Trusted, ...])
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise BadUse(f"{path}: is damaged: {fault}; take it from a copy") from fault


def block(key: Trusted) -> str:
    """As it stands in the settings of every gateway."""
    text = f'[[bulletins.key]]\nid = "{key.id}"\npublic = "{key.public}"'
    return text if key.trusted_until is None else f"{text}\ntrusted_until = {key.trusted_until}"


def _made(today: date) -> tuple[Ed25519PrivateKey, Trusted]:
    key = Ed25519PrivateKey.generate()
    return key, _described(key, today)


def _described(key: Ed25519PrivateKey, today: date) -> Trusted:
    raw = key.public_key().public_bytes_raw()
    name = hashlib.sha256(raw).hexdigest()[:16]
    return Trusted(id=name, public=base64.b64encode(raw).decode("ascii"), made=today)


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(files.read_secret(path, "a bulletin key"), password=None)
    except (ValueError, TypeError) as fault:
        raise BadUse(f"{path}: is no bulletin key that can be read; nothing was changed") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise BadUse(f"{path}: is not an Ed25519 key; nothing was changed")
    return key


def _list(folder: Path, keys: tuple[Trusted, ...]) -> Sheet:
    body = msgspec.json.format(msgspec.json.encode(keys), indent=1) + b"\n"
    return Sheet(folder / LIST, body, files.OPEN, replace=True)
