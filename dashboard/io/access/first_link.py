"""The link by which the first account is made, and where the pages are found from outside."""

import contextlib
import fcntl
import os
import socket
import struct
import tempfile
from pathlib import Path

from dashboard.config import Settings
from dashboard.core.sites import BadInput, DashboardError
from dashboard.io.access.links import SETUP
from dashboard.io.access.sign_in import SignIn

FILE = "setup-link"
_SIOCGIFADDR = 0x8915
_ALL = ("::", "0.0.0.0")  # noqa: S104


def at_start(sign_in: SignIn, settings: Settings, store: Path) -> str:
    """Before anybody has an account a link lies in a file for whoever may read it; what to say of it, or ""."""
    file = store.parent / FILE
    sign_in.begin()
    if sign_in.accounts.count():
        with contextlib.suppress(OSError):
            file.unlink()
        return ""
    if not (file.exists() and sign_in.links.waits(SETUP, sign_in.now())):
        write(file, make(sign_in, settings))
    return f"nobody has an account yet; the link for the first one is in {file}"


def make(sign_in: SignIn, settings: Settings, interface: str = "") -> str:
    """A new link; the former is void. Raises NotPossible when there are accounts."""
    return address(settings, sign_in.links.make(SETUP, sign_in.now()), interface)


def write(file: Path, link: str) -> None:
    """Into a file that only our own account reads. Raises DashboardError."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600 from its first moment
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(link + "\n")
        Path(name).replace(file)
    except OSError as fault:
        raise DashboardError(f"{file} cannot be written: {fault.strerror}; make room, or give us the folder") from fault


def address(settings: Settings, token: str, interface: str = "") -> str:
    """A link to this server as a phone reaches it: by its name, else by its address on the named interface."""
    web = settings.web
    scheme = "https" if web.encrypted else "http"
    if web.names:
        host = web.names[0]
    elif interface:
        host = address_of(interface)
    elif web.host in _ALL:
        host = next((one for _, one in addresses()), "127.0.0.1")
    else:
        host = f"[{web.host}]" if ":" in web.host else web.host
    usual = 443 if web.encrypted else 80
    return f"{scheme}://{host}{'' if web.port == usual else f':{web.port}'}/link/{token}"


def addresses() -> list[tuple[str, str]]:
    """The interfaces of this machine that have an IPv4 address others could reach, with it."""
    found = []
    for _, name in socket.if_nameindex():
        if name != "lo":
            with contextlib.suppress(BadInput):
                found.append((name, address_of(name)))
    return found


def address_of(interface: str) -> str:
    """The IPv4 address of an interface; raises BadInput where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            told = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError as fault:
            raise BadInput(f"{interface} has no address now ({fault.strerror}); see `ip -br address`") from fault
    return socket.inet_ntoa(told[20:24])
