"""The broker that obeys the authority: told to read its files again, and to let go of a site that was locked out.

Mosquitto 2.0 reads access list, revocation list and its own certificate again on SIGHUP, and keeps every connection. A
connection is dropped when another client comes with its client id, which at the sites' door is the site's name
(`use_username_as_clientid`): so the centre's own account knocks once under that name.
"""

import asyncio
import subprocess
from pathlib import Path

import msgspec

from doors import broker
from doors.broker import BrokerSettings, Link
from doors.secrets import broker_faults, settings_fault
from doors.settings import SettingsFault, load
from keys.core.faults import BadUse, KeysError

WITHIN_S = 20.0


class BrokerTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folder`: where the broker reads its files. `reload`: the command that makes it read them again."""

    folder: str
    reload: tuple[str, ...] = ("systemctl", "reload", "mosquitto")
    url: str = ""
    user: str = ""
    password_file: str = ""

    def account(self) -> BrokerSettings:
        """How the centre's own account comes in."""
        return BrokerSettings(url=self.url, user=self.user, password_file=self.password_file)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    broker: BrokerTable | None = None


def settings(path: Path) -> BrokerTable | None:
    """The table `[broker]` of authority.toml; raises BadUse."""
    if not path.exists():
        return None
    if fault := settings_fault(path):
        raise BadUse(fault)
    try:
        told = load(path, _File).broker
    except SettingsFault as fault:
        raise BadUse(str(fault)) from fault
    if told is not None and told.url and (wrong := broker.check(told.account())):
        raise BadUse(f"{path.name}: [broker] {wrong}")
    if told is not None and told.url and (loose := broker_faults(told.account())):
        raise BadUse(f"{path.name}: [broker] {loose[0]}")
    if told is not None and not told.reload:
        raise BadUse(f"{path.name}: [broker] reload: is empty; name the command that reloads the broker")
    return told


def tell(table: BrokerTable, drop: str | None) -> str:
    """Reload, then drop; raises KeysError that says what is done already."""
    try:
        got = subprocess.run(table.reload, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise KeysError(f"the files are written, but {' '.join(table.reload)} could not be run: {fault}") from fault
    if got.returncode:
        why = (got.stderr or got.stdout).strip().splitlines()
        raise KeysError(
            f"the files are written, but {' '.join(table.reload)} failed: {why[-1] if why else got.returncode}; "
            "restart the broker by hand"
        )
    if drop is None:
        return "the broker has been told"
    if not table.url:
        return "the broker has been told; restart it to end a connection that is open, it has no rights any more"
    asyncio.run(_knock(table.account(), drop))
    return "the broker has been told, and the open connection is ended"


async def _knock(account: BrokerSettings, site: str) -> None:
    """Come in under the site's client id once: the broker lets go of whoever had it."""
    inside = asyncio.Event()

    async def up() -> None:
        inside.set()

    link = Link(account, name="the", client_id=site, on_message=lambda _topic, _payload, _kept: None, on_up=up)
    task = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(WITHIN_S):
            await inside.wait()
    except TimeoutError as fault:
        raise KeysError(
            f"{site} has no rights any more, but {account.url} did not let the account {account.user} in to end its "
            "connection; restart the broker"
        ) from fault
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
