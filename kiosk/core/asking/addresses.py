"""May somebody be asked at this address? Encrypted everywhere but on this very machine."""

import re
from ipaddress import ip_address

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<account>[^/?#@]*@)?(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][!-~]*)?",
    re.ASCII,
)


def address_fault(url: str, *, plain: bool = False) -> str | None:
    """Why nobody may be asked there, or None. No sentence repeats what stands behind the host: it may hold a key.

    `plain`: http may also go to other machines (a simulated site in a test).
    """
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return "the address is not like https://host/path"
    if found["account"]:
        return "the address holds an account; put a key into key_file"
    if found["port"] and not 0 < int(found["port"]) < 65536:
        return f"port {found['port']} cannot be"
    host = found["host"].strip("[]")
    if found["scheme"] == "http" and not plain and not _here(host):
        return f"http:// to {host} is not encrypted; write https://"
    return None


def _here(host: str) -> bool:
    """Is that this very machine?"""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
