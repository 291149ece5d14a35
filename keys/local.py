"""The commands at a box, of bulletin keys and of brokers: none needs the authority's key."""

import argparse
from ipaddress import ip_address
from pathlib import Path

from contract import access
from keys.core import certificates, firmware, mosquitto
from keys.core.faults import BadUse, KeysError
from keys.day import now, now_if_known
from keys.io import accounts, authority, box, bulletin_keys, files, firmware_keys
from keys.io.files import Sheet


def request(asked: argparse.Namespace) -> str:
    """`request`."""
    body = box.request(asked.folder, asked.site)
    if asked.out is None:
        return body.decode().strip()
    files.write(asked.out, body, files.OPEN, else_so=f"the request waits in {asked.folder / 'next'}")
    return f"{asked.out}: take it to the centre; the private key stays in {asked.folder}"


def install(asked: argparse.Namespace) -> str:
    """`install`."""
    known = now_if_known(asked.today)
    return box.install(asked.folder, asked.certificate, asked.authority, None if known is None else known.date())


def check(asked: argparse.Namespace) -> str:
    """`check`; raises KeysError with all that is wrong."""
    folder: Path = asked.folder
    if (folder / authority.LIST).exists():
        found = authority.faults(folder, now(asked.today))
    elif (folder / "next").exists() or (folder / "current").exists():
        found = box.faults(folder, now_if_known(asked.today))
    elif (folder / bulletin_keys.KEY).exists():
        bulletin_keys.listed(folder)
        files.read_secret(folder / bulletin_keys.KEY, "a bulletin key")
        found = []
    elif (folder / firmware_keys.KEY).exists():
        firmware_keys.held(folder)
        found = []
    else:
        raise BadUse(f"{folder}: holds no authority and no keys of a box, of bulletins or of programs; check the path")
    if found:
        raise KeysError("\n".join(found))
    return f"{folder}: all well"


def new_bulletin_key(asked: argparse.Namespace) -> str:
    """`bulletin-key new`."""
    made = bulletin_keys.new(asked.folder, now(asked.today).date())
    return f"private key (keep it secret): {asked.folder / bulletin_keys.KEY}\n{_for_gateways((made,))}"


def rotate(asked: argparse.Namespace) -> str:
    """`bulletin-key rotate`."""
    held = bulletin_keys.rotate(asked.folder, now(asked.today).date(), asked.until)
    return (
        f"{_for_gateways(held)}\n"
        f"until every gateway has them, sign with `--key` and the old key that lies in {asked.folder}"
    )


def list_bulletin_keys(asked: argparse.Namespace) -> str:
    """`bulletin-key list`."""
    today = now(asked.today).date()
    held = bulletin_keys.listed(asked.folder)
    return _for_gateways(tuple(one for one in held if one.trusted_until is None or one.trusted_until >= today))


def _for_gateways(held: tuple[bulletin_keys.Trusted, ...]) -> str:
    return "\n".join(["for the settings of every gateway:", *map(bulletin_keys.block, held)])


def new_firmware_key(asked: argparse.Namespace) -> str:
    """`firmware new`."""
    firmware_keys.new(asked.folder)
    return (
        f"private key (keep it secret, and a copy apart): {asked.folder / firmware_keys.KEY}\n"
        f"for every node: {asked.folder / firmware_keys.PUBLIC}"
    )


def sign_firmware(asked: argparse.Namespace) -> str:
    """`firmware sign`."""
    boards = firmware.boards(asked.board or ["esp32=1.29", "pico-w=1.29"])
    version = firmware_keys.sign(asked.program, asked.folder, boards, asked.version)
    return f"{asked.program}: signed as version {version} for {', '.join(sorted(boards))}"


def centre_broker(asked: argparse.Namespace) -> str:
    """`mosquitto centre`."""
    _address(asked.address)
    told = mosquitto.Centre(
        folder=_folder(asked), address=asked.address, port=asked.port, local_port=asked.local_port, sites=asked.sites,
        account=asked.user,
    )  # fmt: skip
    files.make_folder(asked.out, 0o755)
    made = Sheet(asked.out / "mosquitto.conf", mosquitto.centre(told).encode(), files.OPEN, replace=True)
    files.write_all([*_empty(asked.out, "passwords"), made])
    return f"{asked.out / 'mosquitto.conf'}: written; the authority brings authority.crt, revoked.crl and central.acl"


def site_broker(asked: argparse.Namespace) -> str:
    """`mosquitto site`."""
    if fault := certificates.site_fault(asked.site):
        raise BadUse(fault)
    if asked.machine:
        _address(asked.machine)
    elif asked.plain_port:
        raise BadUse("--plain-port: says nothing without --machine ADDRESS")
    told = mosquitto.Site(
        folder=_folder(asked), local_port=asked.local_port, machine=asked.machine, psk_port=asked.psk_port,
        plain_port=asked.plain_port, account=asked.user,
    )  # fmt: skip
    files.make_folder(asked.out, 0o755)
    made = {
        "site.acl": access.site_acl(asked.site), "nodes.acl": access.nodes_acl(asked.site),
        "mosquitto.conf": mosquitto.site(told),
    }  # fmt: skip
    sheets = [Sheet(asked.out / name, text.encode(), files.OPEN, replace=True) for name, text in made.items()]
    files.write_all([*_empty(asked.out, *accounts.BROKERS), *sheets])
    return f"{asked.out / 'mosquitto.conf'}: written; make the accounts with `sotpunkt-keys account`"


def account(asked: argparse.Namespace) -> str:
    """`account`."""
    accounts.account(asked.folder, asked.name, asked.secret, again=asked.replace)
    return f"{asked.name}: its password is in {asked.secret}; reload the broker"


def node(asked: argparse.Namespace) -> str:
    """`node`."""
    accounts.node(asked.folder, asked.name, asked.secret, plain=asked.plain, again=asked.replace)
    return f"{asked.name}: its key is in {asked.secret}; reload the broker"


def remove(asked: argparse.Namespace) -> str:
    """`remove`."""
    found = accounts.remove(asked.folder, asked.name)
    return f"{asked.name}: taken out of {', '.join(found)}; reload the broker"


def _folder(asked: argparse.Namespace) -> str:
    folder: str = asked.folder or str(asked.out.absolute())
    if any(letter.isspace() for letter in folder):
        raise BadUse(f"{folder!r}: the broker cannot read paths with spaces")
    return folder


def _empty(folder: Path, *names: str) -> list[Sheet]:
    """Lists that the broker insists on, without anybody in them yet."""
    return [Sheet(folder / name, b"", files.SECRET) for name in names if not (folder / name).exists()]


def _address(text: str) -> None:
    try:
        ip_address(text)
    except ValueError as fault:
        raise BadUse(f"{text!r} is not an address like 10.20.0.1; a broker must listen at a known place") from fault
