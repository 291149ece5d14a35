"""`sotpunkt-keys`: an authority and its sites, keys of a box, keys of bulletins, brokers and their accounts."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from contract.firmware import VERSION_MAX
from doors.printing import printing
from keys import centre, local
from keys.core.certificates import SERVER_DAYS
from keys.core.faults import KeysError

Commands = argparse._SubParsersAction  # the only name argparse has for it


@printing()
def main(arguments: list[str] | None = None) -> None:
    """Entry point: exit 0 done, 1 could not do it, 2 a mistake in the call or the files given."""
    asked = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], str] = asked.command
    try:
        told = command(asked)
    except KeysError as fault:
        print(fault, file=sys.stderr)
        sys.exit(fault.exit_code)
    except OSError as fault:
        print(f"{fault.filename or 'the disk'}: {fault.strerror or fault}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    if told:
        print(told)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotpunkt-keys", description="Keys and certificates; see docs/keys.md.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    authority = commands.add_parser("authority", help="at the centre: the municipality's own authority")
    site = commands.add_parser("site", help="at the centre: let a site in, lock it out, list all")
    server = commands.add_parser("server", help="at the centre: the broker's own certificate")
    bulletin = commands.add_parser("bulletin-key", help="at the centre: the keys that sign bulletins")
    firmware = commands.add_parser("firmware", help="the key that signs programs for sensor nodes")
    _authority(authority.add_subparsers(required=True, metavar="COMMAND"))
    _site(site.add_subparsers(required=True, metavar="COMMAND"))
    _server(server.add_subparsers(required=True, metavar="COMMAND"))
    _bulletin_key(bulletin.add_subparsers(required=True, metavar="COMMAND"))
    _firmware(firmware.add_subparsers(required=True, metavar="COMMAND"))
    _box(commands)
    mosquitto = commands.add_parser("mosquitto", help="write the configuration of a broker")
    _mosquitto(mosquitto.add_subparsers(required=True, metavar="COMMAND"))
    _accounts(commands)
    return parser


def _authority(commands: "Commands[argparse.ArgumentParser]") -> None:
    new = commands.add_parser("new", help="make one; its key is locked with a passphrase")
    new.add_argument("folder", type=Path, metavar="DIR")
    new.add_argument("--name", default="Sotpunkt authority", help="what stands in every certificate as its issuer")
    _passphrase(new)
    _today(new, centre.new_authority)
    rotate = commands.add_parser(
        "rotate", help="a new authority takes office; the one before is believed until retired"
    )
    retire = commands.add_parser("retire", help="the authority before is believed no more")
    for one, command in ((rotate, centre.rotate_authority), (retire, centre.retire_authority)):
        one.add_argument("folder", type=Path, metavar="DIR")
        _passphrase(one)
        _today(one, command)


def _site(commands: "Commands[argparse.ArgumentParser]") -> None:
    admit = commands.add_parser("admit", help="make the certificate for a request of a box")
    admit.add_argument("request", type=Path, metavar="REQUEST")
    admit.add_argument("--days", type=_days, required=True, help="agreed life; 30 days of grace come on top")
    admit.add_argument("--out", type=Path, metavar="FILE", help="where the certificate goes as well")
    admit.add_argument("--readmit", action="store_true", help="also a site that was locked out")
    _folder(admit)
    _passphrase(admit)
    _today(admit, centre.admit)
    lock = commands.add_parser("lock", help="lock a site out, now")
    lock.add_argument("site", metavar="SITE")
    lock.add_argument("--without-key", action="store_true", help="only take its rights away, where nobody has the key")
    _folder(lock)
    _passphrase(lock)
    _today(lock, centre.lock)
    listed = commands.add_parser("list", help="every site with its last day")
    listed.add_argument("--json", action="store_true", help="as JSON")
    _folder(listed)
    _today(listed, centre.list_sites)


def _server(commands: "Commands[argparse.ArgumentParser]") -> None:
    new = commands.add_parser("new", help="make key and certificate of the broker, or renew them")
    new.add_argument("names", nargs="+", metavar="NAME", help="host name or address under which sites reach it")
    new.add_argument("--out", type=Path, required=True, metavar="DIR", help="gets server.key and server.crt")
    new.add_argument("--days", type=_days, default=SERVER_DAYS)
    new.add_argument("--replace", action="store_true", help="over the ones that are there")
    _folder(new)
    _passphrase(new)
    _today(new, centre.new_server)


def _bulletin_key(commands: "Commands[argparse.ArgumentParser]") -> None:
    new = commands.add_parser("new", help="make the first key")
    rotate = commands.add_parser("rotate", help="a new key; the old one is believed until a day")
    rotate.add_argument("--until", type=_day, required=True, metavar="YYYY-MM-DD", help="last day of the old key")
    listed = commands.add_parser("list", help="what belongs into the settings of every gateway")
    for one, command in ((new, local.new_bulletin_key), (rotate, local.rotate), (listed, local.list_bulletin_keys)):
        one.add_argument("folder", type=Path, metavar="DIR")
        _today(one, command)


def _firmware(commands: "Commands[argparse.ArgumentParser]") -> None:
    new = commands.add_parser("new", help="make the key, and its public half for the nodes")
    new.add_argument("folder", type=Path, metavar="DIR")
    new.set_defaults(command=local.new_firmware_key)
    sign = commands.add_parser(
        "sign", help="sign a folder of .py and .mpy: writes manifest.json and manifest.sig into it"
    )
    sign.add_argument("program", type=Path, metavar="PROGRAM")
    sign.add_argument("--key", type=Path, required=True, metavar="DIR", dest="folder", help="folder of the key")
    sign.add_argument("--version", type=_version, metavar="N", help="without: one more than the last")
    sign.add_argument(
        "--board", action="append", metavar="NAME=M.N", help="a board and the oldest MicroPython, like esp32=1.29"
    )
    sign.set_defaults(command=local.sign_firmware)


def _box(commands: "Commands[argparse.ArgumentParser]") -> None:
    request = commands.add_parser("request", help="at the box: make a private key, write the request for the centre")
    request.add_argument("site", metavar="SITE")
    request.add_argument("--out", type=Path, metavar="FILE", help="instead of the screen")
    request.set_defaults(command=local.request)
    install = commands.add_parser("install", help="at the box: put the certificate in place")
    install.add_argument("certificate", type=Path, metavar="CERT")
    install.add_argument("--authority", type=Path, metavar="FILE", help="believe this authority from now on")
    _today(install, local.install)
    for one in (request, install):
        one.add_argument("--dir", type=Path, default=Path("/etc/sotpunkt/keys"), metavar="DIR", dest="folder")
    check = commands.add_parser("check", help="look at a folder of an authority or a box")
    check.add_argument("folder", type=Path, metavar="DIR")
    _today(check, local.check)


def _mosquitto(commands: "Commands[argparse.ArgumentParser]") -> None:
    middle = commands.add_parser("centre", help="the municipality's broker")
    middle.add_argument("--port", type=_port, default=8883)
    middle.add_argument("--address", default="0.0.0.0", help="where sites come in")  # noqa: S104
    middle.add_argument("--sites", type=_days, default=1000, help="at most so many sites")
    middle.set_defaults(command=local.centre_broker)
    site = commands.add_parser("site", help="the broker on a box")
    site.add_argument("--site", required=True, metavar="SITE")
    site.add_argument(
        "--machine", default="", metavar="ADDRESS", help="of the box on the machine network; without: no nodes"
    )
    site.add_argument("--psk-port", type=_port, default=8883)
    site.add_argument("--plain-port", type=_port, default=0, help="for boards that cannot encrypt")
    site.set_defaults(command=local.site_broker)
    for one in (middle, site):
        one.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files are written")
        one.add_argument("--folder", metavar="DIR", help="where the broker will find them, if elsewhere")
        one.add_argument("--local-port", type=_port, default=1883)
        one.add_argument("--user", default="mosquitto", help="the broker's account on its machine")


def _accounts(commands: "Commands[argparse.ArgumentParser]") -> None:
    account = commands.add_parser("account", help="an account of a program at a broker")
    node = commands.add_parser("node", help="a sensor node at the box's broker")
    node.add_argument("--plain", action="store_true", help="a password, for a board that cannot encrypt")
    for one, command in ((account, local.account), (node, local.node)):
        one.add_argument("name", metavar="NAME")
        one.add_argument("--secret", type=Path, required=True, metavar="FILE", help="gets the secret, mode 0600")
        one.add_argument("--replace", action="store_true", help="a new secret for one that is there")
        one.set_defaults(command=command)
    remove = commands.add_parser("remove", help="take an account or a node away")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(command=local.remove)
    for one in (account, node, remove):
        one.add_argument("--dir", type=Path, required=True, metavar="DIR", dest="folder", help="the broker's folder")


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--authority", type=Path, required=True, metavar="DIR", help="folder of the authority")


def _passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="instead of being asked; mode 0600")


def _today(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], str]) -> None:
    parser.add_argument(
        "--today", type=_day, metavar="YYYY-MM-DD", help="where nothing keeps this machine's clock right"
    )
    parser.set_defaults(command=command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-11-22") from fault


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 36500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 36500")
    return int(text)


def _version(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= VERSION_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {VERSION_MAX}")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    main()
