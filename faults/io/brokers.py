"""The two Mosquittos of a run, their accounts, and the relays that stand before them."""

import getpass
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from contract import access
from demo.core.faults import CannotRun
from demo.io.brokers import PLACES, Door, free_ports, keep_secret, listens
from demo.io.processes import answer, last_line
from faults.io.certificates import Authority
from faults.io.relay import Relay

JUDGE, VANDAL = "judge", "vandal"
"""Accounts of the run itself: one that reads everything, one that may write everything."""
LISTENS_WITHIN_S = 15.0


class Brokers:
    """`site` and `central`. Files may be swapped; a broker reads them when it starts."""

    def __init__(self, folder: Path, site: str, *, persistence: bool) -> None:
        self._home = folder / "broker"
        self._log = folder / "log"
        self._site = site
        self._persistence = persistence
        self.ports: dict[str, int] = {}
        self.relays: dict[str, Relay] = {}
        """`site`: all programs of the site to its broker. `uplink`: the gateway, `centre`: the dashboard to the
        central one."""
        self.uplink_address = "127.0.0.1"
        self._passwords: dict[str, str] = {}

    async def prepare(self, now: datetime, addresses: tuple[str, ...]) -> None:
        """Files and relays; the programs start later. Raises CannotRun."""
        for tool in ("mosquitto", "mosquitto_passwd"):
            if shutil.which(tool, path=PLACES) is None:
                raise CannotRun(f"{tool} is not installed; on Debian: apt install mosquitto")
        site, central = free_ports(2)
        self.ports = {"site": site, "central": central}
        self.relays = {name: Relay(name, self.ports["site" if name == "site" else "central"]) for name in
                       ("site", "uplink", "centre")}  # fmt: skip
        self._certify(now, addresses)
        await self._write_site()
        self._write_central()

    def _certify(self, now: datetime, addresses: tuple[str, ...]) -> None:
        authority = Authority(self._home / "keys", "authority", now)
        authority.issue("server", "server", addresses=addresses)
        authority.issue("server", "server-expired", addresses=addresses, expired=True)
        for account in (self._site, access.CENTRE, JUDGE, VANDAL):
            authority.issue(account, account)
        authority.issue(self._site, f"{self._site}-expired", expired=True)
        Authority(self._home / "keys", "stranger", now)
        for name in ("server", self._site):
            self.wear(name, name)
        self.wear("trusted", "authority")

    def wear(self, what: str, certificate: str) -> None:
        """Let the server, the site, or the authority that the broker believes be another certificate from now on."""
        for ending in (".pem", ".key"):
            source = self._home / "keys" / f"{certificate}{ending}"
            if source.exists():
                keep_secret(self._home / f"{what}{ending}", source.read_text("ascii"))

    async def _write_site(self) -> None:
        accounts = (access.GATEWAY, access.KIOSK, access.OWNER, JUDGE, VANDAL)
        self._passwords = {account: secrets.token_urlsafe(18) for account in accounts}
        for account, password in self._passwords.items():
            keep_secret(self._home.parent / "secrets" / f"site-{account}", password)
        await self.refuse(False)
        rights = access.site_acl(self._site) + _own_rights()
        keep_secret(self._home / "site.acl", rights)
        self._write("site", f"password_file {self._home / 'site.passwords'}\nallow_anonymous false\n", keeps=False)

    async def refuse(self, refuses: bool) -> None:
        """Let the site's broker know other passwords than the accounts have, or the right ones again."""
        words = {one: secrets.token_urlsafe(18) if refuses else word for one, word in self._passwords.items()}
        file = self._home / "site.passwords"
        keep_secret(file, "".join(f"{account}:{word}\n" for account, word in words.items()))
        # -U turns the plain file into hashes in place, so that no password stands on a command line
        got = await answer(["mosquitto_passwd", "-U", str(file)], environment={"PATH": PLACES})
        if got.code:
            raise CannotRun(f"mosquitto_passwd refused the accounts: {got.why}")

    def _write_central(self) -> None:
        keep_secret(self._home / "central.acl", access.central_acl() + _own_rights())
        tls = (
            f"cafile {self._home / 'trusted.pem'}\ncertfile {self._home / 'server.pem'}\n"
            f"keyfile {self._home / 'server.key'}\nrequire_certificate true\nuse_identity_as_username true\n"
        )
        self._write("central", tls, keeps=self._persistence)

    def _write(self, name: str, doors: str, *, keeps: bool) -> None:
        memory = f"persistence true\npersistence_location {self._home}/\npersistence_file {name}.db\n"
        memory += "autosave_interval 1\nautosave_on_changes true\n"
        text = (
            f"listener {self.ports[name]} 127.0.0.1\n{doors}acl_file {self._home / f'{name}.acl'}\n"
            f"{memory if keeps else 'persistence false'}\nmax_packet_size 1000000\nuser {getpass.getuser()}\n"
            "log_dest stderr\nlog_type error\nlog_type warning\nlog_type notice\nconnection_messages true\n"
        )
        (self._home / f"{name}.conf").write_text(text, "utf-8")

    def command(self, name: str) -> list[str]:
        """How it is started."""
        return [str(shutil.which("mosquitto", path=PLACES)), "-c", str(self._home / f"{name}.conf")]

    async def listens(self, name: str) -> None:
        """Wait until it does; raises CannotRun."""
        if not await listens("127.0.0.1", self.ports[name], LISTENS_WITHIN_S):
            said = last_line(self._log / f"{name}-broker.log")
            raise CannotRun(f"{name} broker: nothing listens; it said: {said or 'nothing'}")

    def forget(self, name: str) -> None:
        """What it kept on disk is gone; while it is down."""
        (self._home / f"{name}.db").unlink(missing_ok=True)

    def site_door(self, account: str, *, direct: bool = False) -> Door:
        """How an account comes in at the site's broker, through the relay or past it."""
        port = self.ports["site"] if direct else self.relays["site"].port
        file = self._home.parent / "secrets" / f"site-{account}"
        return Door(url=f"mqtt://127.0.0.1:{port}", user=account, password_file=str(file))

    def central_door(self, account: str, relay: str | None) -> dict[str, str]:
        """The same at the central broker, as rows of a settings file."""
        port = self.relays[relay].port if relay else self.ports["central"]
        host = self.uplink_address if relay == "uplink" else "127.0.0.1"
        # the site's own certificate may be swapped, so it lies beside the others
        own = self._home / account if account == self._site else self._home / "keys" / account
        return {
            "url": f"mqtts://{host}:{port}",
            "ca_file": str(self._home / "keys" / "authority.pem"),
            "certificate_file": f"{own}.pem",
            "key_file": f"{own}.key",
        }

    async def close(self) -> None:
        """End the relays."""
        for relay in self.relays.values():
            await relay.close()


def _own_rights() -> str:
    return f"\nuser {JUDGE}\ntopic read #\n\nuser {VANDAL}\ntopic readwrite #\n"
