"""The two brokers: Mosquitto where it is installed, else the embedded one, else one that somebody runs already."""

import asyncio
import contextlib
import getpass
import json
import os
import random
import secrets
import shutil
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from contract import access
from demo.core.faults import BadUse, CannotRun
from demo.io.processes import Programs, answer, last_line, module
from doors.secrets import secret_fault

LISTENS_WITHIN_S = 10.0
LISTENING = range(20_000, 32_000)
"""Ports for those who listen; Linux gives out those from 32768 for outgoing connections."""
PLACES = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin"
"""Debian keeps Mosquitto where an ordinary user's PATH does not look."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """How one program comes in at a broker."""

    url: str
    user: str = ""
    password_file: str = ""

    def rows(self) -> dict[str, str]:
        """As rows of a settings file; what is not needed is left out."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}


class Roads(msgspec.Struct, frozen=True, kw_only=True):
    """The doors of all programs, and what the brokers are, in words."""

    gateway: Door
    kiosk: Door
    owner: Door
    site: Door
    """The site at the centre."""
    centre: Door
    kind: str


class Brokers:
    """The brokers of one run: `site-broker` and `central-broker`, unless one is there already."""

    def __init__(self, folder: Path, site: str, programs: Programs) -> None:
        self._folder = folder
        self._site = site
        self._programs = programs
        self._mosquitto = shutil.which("mosquitto", path=PLACES)
        self._passwd = shutil.which("mosquitto_passwd", path=PLACES)
        self._commands: dict[str, tuple[list[str], int]] = {}

    async def start(self) -> Roads:
        """Start both; raises CannotRun."""
        site_accounts = (access.GATEWAY, access.KIOSK, access.OWNER)
        site_port, central_port = free_ports(2)
        site = await self._prepare("site-broker", site_port, site_accounts)
        central = await self._prepare("central-broker", central_port, (self._site, access.CENTRE))
        for name in self._commands:
            await self.up(name)
        return Roads(
            gateway=site[access.GATEWAY],
            kiosk=site[access.KIOSK],
            owner=site[access.OWNER],
            site=central[self._site],
            centre=central[access.CENTRE],
            kind="Mosquitto" if self._mosquitto and self._passwd else "embedded (amqtt)",
        )

    async def up(self, name: str) -> None:
        """Start one of them, again or for the first time, and wait until it listens."""
        command, port = self._commands[name]
        await self._programs.start(name, command)
        if not await listens("127.0.0.1", port, LISTENS_WITHIN_S):
            said = last_line(self._folder / "log" / f"{name}.log")
            raise CannotRun(f"{name}: nothing listens on port {port}; it said: {said or 'nothing'}")

    async def _prepare(self, name: str, port: int, accounts: tuple[str, ...]) -> dict[str, Door]:
        """Write what it needs; the door of each account."""
        passwords = {account: secrets.token_urlsafe(18) for account in accounts}
        home = self._folder / "broker"
        home.mkdir(exist_ok=True)
        if self._mosquitto and self._passwd:
            await self._prepare_mosquitto(name, port, passwords, home)
        else:
            rules, patterns = self._rules(name)
            settings = {"port": port, "accounts": passwords} | access.flat(rules, patterns, accounts)
            keep_secret(home / f"{name}.json", json.dumps(settings))
            self._commands[name] = module("demo.embedded_broker", home / f"{name}.json"), port
        doors = {}
        for account, password in passwords.items():
            file = self._folder / "secrets" / f"{name}-{account}"
            keep_secret(file, password)
            doors[account] = Door(url=f"mqtt://127.0.0.1:{port}", user=account, password_file=str(file))
        return doors

    def _rules(self, name: str) -> tuple[tuple[access.Rule, ...], tuple[tuple[str, str], ...]]:
        if name == "site-broker":
            return access.site_rules(self._site), ()
        return access.central_rules(), access.central_patterns()

    async def _prepare_mosquitto(self, name: str, port: int, passwords: dict[str, str], home: Path) -> None:
        acl = access.site_acl(self._site) if name == "site-broker" else access.central_acl()
        keep_secret(home / f"{name}.acl", acl)
        file = home / f"{name}.passwords"
        keep_secret(file, "".join(f"{account}:{password}\n" for account, password in passwords.items()))
        # -U turns the plain file into hashes in place, so that no password stands on a command line
        got = await answer([str(self._passwd), "-U", str(file)], environment=dict(os.environ))
        if got.code:
            raise CannotRun(f"mosquitto_passwd refused the accounts of {name}: {got.why}")
        config = home / f"{name}.conf"
        config.write_text(mosquitto_config(port, home / f"{name}.acl", file, getpass.getuser()), "utf-8")
        self._commands[name] = [str(self._mosquitto), "-c", str(config)], port


def mosquitto_config(port: int, acl: Path, passwords: Path, user: str) -> str:
    """A broker on this machine only that keeps nothing: every program publishes its retained topics anew."""
    return (
        f"listener {port} 127.0.0.1\n"
        f"allow_anonymous false\n"
        f"password_file {passwords}\n"
        f"acl_file {acl}\n"
        f"persistence false\n"
        f"max_packet_size 1000000\n"
        f"user {user}\n"  # started by root it would become another user, who may not read the files
        f"log_dest stderr\n"
        f"log_type error\nlog_type warning\nlog_type notice\n"
        f"connection_messages true\n"
    )


def running_broker(url: str, password_file: Path | None = None) -> Roads:
    """The roads over a broker that runs already, for both brokers at once; raises BadUse."""
    try:
        parts = urlsplit(url)
        port = parts.port or 1883
    except ValueError as fault:
        raise BadUse(f"--broker: {fault}; give mqtt://HOST:PORT") from fault
    if parts.password is not None:
        # who looks at the list of processes reads every command line
        raise BadUse("--broker: a command line is no place for a password; give mqtt://NAME@HOST:PORT and put it in a "
                     "file, --broker-password FILE")  # fmt: skip
    if parts.scheme != "mqtt" or not parts.hostname:
        raise BadUse(f"--broker {url}: is not like mqtt://HOST:PORT or mqtt://NAME@HOST:PORT")
    if password_file is not None and (fault := secret_fault(password_file)):
        raise BadUse(f"--broker-password: {fault}")
    door = Door(
        url=f"mqtt://{parts.hostname}:{port}",
        user=unquote(parts.username or ""),
        password_file=str(password_file.absolute()) if password_file is not None else "",
    )
    where = f"the one at {parts.hostname}:{port}, for both roads; its accounts are not ours to set"
    return Roads(gateway=door, kiosk=door, owner=door, site=door, centre=door, kind=where)


async def broker_answers(url: str) -> bool:
    """Does something listen there?"""
    parts = urlsplit(url)
    return await listens(parts.hostname or "", parts.port or 1883, 3.0)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on now.

    Below those that the system gives to outgoing connections: a broker that is down for days must find its port again.
    """
    found: list[int] = []
    for port in random.sample(LISTENING, len(LISTENING)):
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise CannotRun(f"no {count} free ports from {LISTENING.start} to {LISTENING.stop - 1}; end what listens there")


async def listens(host: str, port: int, within_s: float) -> bool:
    """Wait until something listens there."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                try:
                    _, writer = await asyncio.open_connection(host, port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return True
    except TimeoutError:
        return False


def keep_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
