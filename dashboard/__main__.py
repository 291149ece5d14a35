"""The command line: run the dashboard, check its settings, send bulletins and content, count, look after accounts."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dashboard import config
from dashboard.core.access.people import OF_PEOPLE
from dashboard.core.sites import BadInput, DashboardError
from doors.clock import Clock, ClockFault
from doors.printing import printing
from doors.private import keep_private

COMMANDS = ("run", "check", "bulletin", "content", "counts", "backup", "put-aside", "setup-link", "account", "seal",
            "certificate")  # fmt: skip


@printing()
def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 (could not do it) or 2 (wrong input)."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] not in COMMANDS and not given[0].startswith("-"):
        given = ["run", *given]
    asked = _parser().parse_args(given)
    command: Callable[[argparse.Namespace], None] = asked.command
    level = logging.INFO if command is _run else logging.WARNING
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr)
    try:
        command(asked)
    except DashboardError as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sotpunkt-dashboard", description="How the sites stand, as a web page.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="serve the pages (also without the word run)")
    run.add_argument("file", help="the settings (TOML)")
    run.add_argument("--clock", help="a clock spec for a demonstration: rate=20")
    run.set_defaults(command=_run)

    check = commands.add_parser("check", help="check the settings and show what they say")
    check.add_argument("file")
    check.set_defaults(command=_check)

    counts = commands.add_parser("counts", help="what is committed in the store, as JSON")
    counts.add_argument("file")
    counts.set_defaults(command=_counts)

    backup = commands.add_parser("backup", help="copy the store into a file, also while the dashboard runs")
    backup.add_argument("file", help="the settings (TOML)")
    backup.add_argument("target", type=Path, metavar="BACKUP", help="must not be there yet")
    backup.set_defaults(command=_backup)

    aside = commands.add_parser("put-aside", help="give a damaged store another name, so that an empty one begins")
    aside.add_argument("file", help="the settings (TOML)")
    aside.set_defaults(command=_put_aside)

    _add_bulletin(commands.add_parser("bulletin", help="make keys, publish a bulletin"))
    _add_content(commands.add_parser("content", help="publish a content document"))
    link = commands.add_parser("setup-link", help="print a new link for the first account")
    _takes_link(link)
    link.set_defaults(command=_setup_link)
    seal = commands.add_parser("seal", help="seal a new code for the site's own page; prints a page to fold")
    seal.add_argument("file", help="the settings (TOML)")
    seal.set_defaults(command=_seal)
    _add_certificate(commands.add_parser("certificate", help="certificates of the sites' own pages"))
    _add_account(commands.add_parser("account", help="invite, lock, unlock, remove; who has an account"))
    return parser


def _add_account(account: argparse.ArgumentParser) -> None:
    commands = account.add_subparsers(required=True, metavar="COMMAND")
    every = commands.add_parser("list", help="every account")
    every.add_argument("--settings", required=True, metavar="FILE")
    every.set_defaults(command=_list_accounts)

    invite = commands.add_parser("invite", help="print a link by which somebody makes an account")
    invite.add_argument("name")
    invite.add_argument("--role", required=True, choices=[role.value for role in OF_PEOPLE])
    invite.add_argument("--for", dest="scope", default="", metavar="SITE", help="a site, or a municipality (are)")
    _takes_link(invite)
    invite.set_defaults(command=_invite)

    renew = commands.add_parser("renew", help="print a link by which somebody chooses a new password")
    renew.add_argument("name")
    _takes_link(renew)
    renew.set_defaults(command=_renew)

    for act, what in (("lock", "end its sessions and let it in no more"), ("unlock", "let it in again"),
                      ("remove", "take it away; what it did stays in the log")):  # fmt: skip
        one = commands.add_parser(act, help=what)
        one.add_argument("name")
        one.add_argument("--settings", required=True, metavar="FILE")
        one.set_defaults(command=_change_account, act=act)


def _takes_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--settings", required=True, metavar="FILE")
    parser.add_argument("--interface", default="", metavar="NAME", help="whose address stands in the link (wlan0)")
    parser.add_argument("--qr", action="store_true", help="also as a picture to scan from the screen")


def _add_bulletin(bulletin: argparse.ArgumentParser) -> None:
    commands = bulletin.add_subparsers(required=True, metavar="COMMAND")
    keys = commands.add_parser("keys", help="make a key pair")
    keys.add_argument("--out", type=Path, required=True, metavar="DIR")
    keys.set_defaults(command=_keys)

    publish = commands.add_parser("publish", help="sign a bulletin and send it to its sites")
    publish.add_argument("file", help="the bulletin (TOML)")
    publish.add_argument("--key", required=True, metavar="FILE", help="the private key")
    publish.add_argument("--settings", required=True, metavar="FILE")
    publish.add_argument("--clock", help="a clock spec for a demonstration")
    publish.set_defaults(command=_publish_bulletin)


def _add_content(content: argparse.ArgumentParser) -> None:
    commands = content.add_subparsers(required=True, metavar="COMMAND")
    publish = commands.add_parser("publish", help="send one document; all others stay")
    publish.add_argument("name", help="services, contacts, …")
    publish.add_argument("file", help="the document (TOML or JSON)")
    publish.add_argument("--version", type=int, required=True)
    publish.add_argument("--site", action="append", default=[], help="one site (default: all); may be repeated")
    publish.add_argument("--settings", required=True, metavar="FILE")
    publish.set_defaults(command=_publish_content)
    check = commands.add_parser("check", help="say what is wrong or doubtful in a document; nothing is sent")
    check.add_argument("name", help="services, contacts, …")
    check.add_argument("file", help="the document (TOML or JSON)")
    check.add_argument("--day", type=_day, help="as on this day, like 2026-06-19 (default: today)")
    check.set_defaults(command=_check_content)


def _add_certificate(certificate: argparse.ArgumentParser) -> None:
    commands = certificate.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("list", help="every site's own page: its name, and when its certificate ends")
    listed.add_argument("--due", action="store_true", help="only sites that need one: none, or 30 days left at most")
    form = listed.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--ids", action="store_true", help="only the sites, one a line, for a script")
    listed.add_argument("--day", type=_day, help="as on this day, like 2026-06-19 (default: today)")
    listed.set_defaults(command=_list_certificates)
    request = commands.add_parser("request", help="print a page's request, to be signed by an ACME client")
    request.add_argument("site", metavar="SITE")
    request.set_defaults(command=_request_certificate)
    deliver = commands.add_parser("deliver", help="send a certificate to the page that asked for it")
    deliver.add_argument("site", metavar="SITE")
    deliver.add_argument("file", type=Path, metavar="FULLCHAIN", help="PEM, the page's own first")
    deliver.set_defaults(command=_deliver_certificate)
    for one in (listed, request, deliver):
        one.add_argument("--settings", required=True, metavar="FILE")


def _clock(spec: str | None, settings: config.Settings) -> Clock:
    if spec and settings.any_in_service:
        sites = ", ".join(site.id for site in settings.site if site.in_service)
        raise BadInput(f"--clock: {sites} is in service and runs on the real clock; take --clock away")
    try:
        return Clock.parse(spec, allowed=True)
    except ClockFault as fault:
        raise BadInput(str(fault)) from fault


def _run(asked: argparse.Namespace) -> None:
    from dashboard import app

    settings = config.read(asked.file)
    clock = _clock(asked.clock, settings)
    store = config.store_path(asked.file, settings)
    keep_private(store)
    asyncio.run(app.run(settings, store, clock, lambda line: print(line, flush=True)))


def _check(asked: argparse.Namespace) -> None:
    from dashboard.io.page_key import given
    from dashboard.io.tiles import Tiles

    settings = config.read(asked.file)
    if settings.web.encrypted and not settings.web.certificate_name:
        given(settings.web.certificate_file, settings.web.key_file)
    config.outline_of(settings.view.outline_file)
    if settings.view.tiles_file:
        Tiles(settings.view.tiles_file)
    for site in settings.site:
        print(f"  {site.id}: {site.place}, {'in service' if site.in_service else 'not in service'}")
    who = "people sign in" if settings.sign_in.required else "nobody signs in: whoever is at this machine may do all"
    print(f"{asked.file}: {settings.view.mode}, {len(settings.site)} sites, broker {settings.broker.url}; {who}")


def _counts(asked: argparse.Namespace) -> None:
    from dashboard.io.store.database import Database
    from dashboard.io.store.records import Records

    settings = config.read(asked.file)
    store = config.store_path(asked.file, settings)
    if not store.exists():
        raise DashboardError(f"{store.name} is not there yet; run the dashboard first")
    records = Records(Database(store))
    print(json.dumps({"records": records.counts(), "aside": records.aside()}))


def _backup(asked: argparse.Namespace) -> None:
    from dashboard.io.store import store_care

    print(store_care.backup(config.store_path(asked.file, config.read(asked.file)), asked.target))


def _put_aside(asked: argparse.Namespace) -> None:
    from dashboard.io.store import store_care

    print(store_care.put_aside(config.store_path(asked.file, config.read(asked.file))))


def _keys(asked: argparse.Namespace) -> None:
    from dashboard import publishing

    print(publishing.make_keys(asked.out))


def _setup_link(asked: argparse.Namespace) -> None:
    from dashboard import account_commands

    print(account_commands.setup_link(asked.settings, asked.interface, qr=asked.qr))


def _seal(asked: argparse.Namespace) -> None:
    from dashboard import sealing

    print(sealing.seal(asked.file))


def _list_accounts(asked: argparse.Namespace) -> None:
    from dashboard import account_commands

    print(account_commands.listed(asked.settings))


def _invite(asked: argparse.Namespace) -> None:
    from dashboard import account_commands as made

    print(made.invited(asked.settings, asked.name, asked.role, asked.scope, asked.interface, qr=asked.qr))


def _renew(asked: argparse.Namespace) -> None:
    from dashboard import account_commands

    print(account_commands.renewed(asked.settings, asked.name, asked.interface, qr=asked.qr))


def _change_account(asked: argparse.Namespace) -> None:
    from dashboard import account_commands

    print(account_commands.changed(asked.settings, asked.act, asked.name))


def _list_certificates(asked: argparse.Namespace) -> None:
    from dashboard import page_certificates

    found = page_certificates.listed(
        asked.settings, asked.day, Clock(), due=asked.due, as_json=asked.json, ids=asked.ids
    )  # fmt: skip
    if found.said:
        print(found.said)
    if found.failed:
        raise DashboardError("\n".join(found.doubts))
    for one in found.doubts:
        print(one, file=sys.stderr)


def _request_certificate(asked: argparse.Namespace) -> None:
    from dashboard import page_certificates

    print(page_certificates.request(asked.settings, asked.site))


def _deliver_certificate(asked: argparse.Namespace) -> None:
    from dashboard import page_certificates

    print(page_certificates.deliver(asked.settings, asked.site, asked.file, Clock()))


def _publish_bulletin(asked: argparse.Namespace) -> None:
    from dashboard import publishing

    clock = _clock(asked.clock, config.read(asked.settings))
    print(publishing.publish_bulletin(asked.file, asked.key, asked.settings, clock))


def _publish_content(asked: argparse.Namespace) -> None:
    from dashboard import publishing

    print(publishing.publish_content(asked.name, asked.file, asked.version, asked.site, asked.settings))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-06-19") from None


def _check_content(asked: argparse.Namespace) -> None:
    from dashboard import publishing

    print(publishing.check_content(asked.name, asked.file, asked.day, Clock()))


if __name__ == "__main__":
    sys.exit(main())
