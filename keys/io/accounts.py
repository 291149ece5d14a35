"""Accounts of a Mosquitto: passwords (hashed as mosquitto_passwd does) and the shared keys of sensor nodes.

The secret goes into a file of its own, for the program or board that needs it: never on a command line or a screen.
"""

import base64
import hashlib
import secrets
from pathlib import Path

from contract import access
from contract.topics import valid_level
from keys.core.faults import BadUse
from keys.io import files
from keys.io.files import Sheet

ITERATIONS = 10_000
"""Passwords made here have 192 bits: no number of rounds makes them harder to guess, and each connect costs them."""
BROKERS = ("passwords", "nodes.passwords", "nodes.psk")


def account(folder: Path, name: str, secret: Path, *, again: bool) -> None:
    """An account with a password made here; raises BadUse."""
    _named(name)
    password = secrets.token_urlsafe(24)
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    hashed = f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
    _add(folder / "passwords", name, hashed, secret, password, again=again)


def node(folder: Path, name: str, secret: Path, *, plain: bool, again: bool) -> None:
    """A sensor node: a shared key for TLS, or a password for boards that cannot encrypt; raises BadUse."""
    _named(name)
    if name in access.ACCOUNTS:
        raise BadUse(f"{name!r} is an account of a program; a node needs another name")
    if plain:
        password = secrets.token_urlsafe(24)
        salt = secrets.token_bytes(12)
        digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
        hashed = f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
        _add(folder / "nodes.passwords", name, hashed, secret, password, again=again)
    else:
        key = secrets.token_hex(32)
        _add(folder / "nodes.psk", name, key, secret, key, again=again)


def remove(folder: Path, name: str) -> list[str]:
    """The files that knew the name and know it no more; raises BadUse."""
    sheets = []
    with files.alone(folder):
        for file in BROKERS:
            lines = _lines(folder / file)
            kept = [line for line in lines if line.split(":", 1)[0] != name]
            if kept != lines:
                body = "".join(f"{line}\n" for line in kept).encode()
                sheets.append(Sheet(folder / file, body, files.SECRET, replace=True))
        files.write_all(sheets)
    found = [one.path.name for one in sheets]
    if not found:
        raise BadUse(f"{name}: {folder} knows no such account")
    return found


def _named(name: str) -> None:
    if not valid_level(name):
        raise BadUse(f"{name!r} cannot be an account: write a-z, 0-9 and hyphen, at most 48")


def _add(file: Path, name: str, line: str, secret: Path, text: str, *, again: bool) -> None:
    """The secret first: an account whose password nobody has could only be made anew."""
    with files.alone(file.parent):
        lines = _lines(file)
        if any(one.split(":", 1)[0] == name for one in lines) and not again:
            raise BadUse(f"{name}: is there already and was not touched; give --replace for a new secret")
        kept = [one for one in lines if one.split(":", 1)[0] != name]
        body = "".join(f"{one}\n" for one in (*kept, f"{name}:{line}")).encode()
        files.write_all(
            [
                Sheet(secret, f"{text}\n".encode(), files.SECRET, replace=again),
                Sheet(file, body, files.SECRET, replace=True),
            ]
        )


def _lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    return files.read_secret(file, "accounts of the broker").decode("utf-8", "replace").splitlines()
