"""The commands at the centre that need the authority's folder."""

import argparse
import getpass
import re
import sys
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contract.certificates import due, standing
from keys.core import certificates
from keys.core.faults import BadUse
from keys.day import now
from keys.io import authority, changing, files
from keys.io.authority import Authority
from keys.io.files import Sheet

SHORTEST = 12
"""Letters of a passphrase, at least."""
HOST = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
WORDS = {
    "good": "good",
    "expiring": "ends soon, renew",
    "in_grace": "OVER, accepted until the grace ends",
    "expired": "over, refused",
    "locked": "locked out",
}


def new_authority(asked: argparse.Namespace) -> str:
    """`authority new`."""
    own = authority.new(asked.folder, asked.name, passphrase(asked, twice=True), now(asked.today))
    return (
        f"{asked.folder}: made, good until {own.not_valid_after_utc:%Y-%m-%d}\n"
        f"fingerprint: {certificates.fingerprint(own)}\n"
        "keep a copy of the folder and the passphrase apart from each other, in two places"
    )


def rotate_authority(asked: argparse.Namespace) -> str:
    """`authority rotate`."""
    with files.alone(asked.folder):
        opened = Authority(asked.folder, now(asked.today))
        own = changing.rotate(opened, passphrase(asked))
        said = opened.tell_broker()
    return (
        f"{asked.folder}: a new authority, good until {own.not_valid_after_utc:%Y-%m-%d}; both are believed now\n"
        f"fingerprint: {certificates.fingerprint(own)}\n"
        f"copy the folder anew; renew every site with {asked.folder / authority.CERTIFICATE} (docs/keys.md)\n{said}"
    )


def retire_authority(asked: argparse.Namespace) -> str:
    """`authority retire`."""
    with files.alone(asked.folder):
        opened = Authority(asked.folder, now(asked.today))
        changing.retire(opened, opened.signers(passphrase(asked)))
        said = opened.tell_broker()
    return (
        f"{asked.folder}: the authority before is believed no more\n{said}\n"
        "restart the broker if its key may have been stolen: that ends connections which came in by it"
    )


def admit(asked: argparse.Namespace) -> str:
    """`site admit`."""
    site, told = certificates.read_request(files.read(asked.request, "a request"), str(asked.request))
    if asked.out is not None and asked.out.exists():
        raise BadUse(f"{asked.out} is there already and was not touched")
    with files.alone(asked.authority):
        opened = Authority(asked.authority, now(asked.today))
        signers = opened.signers(passphrase(asked))
        opened.admit(told, signers, asked.days, again=asked.readmit, out=asked.out)
        said = opened.tell_broker()
    last = opened.admitted().newest()[site].last_day
    where = asked.out or opened.folder / "issued"
    return f"{site}: admitted until {last}, 30 days of grace beyond; certificate in {where}\n{said}"


def lock(asked: argparse.Namespace) -> str:
    """`site lock`."""
    with files.alone(asked.authority):
        opened = Authority(asked.authority, now(asked.today))
        signers = () if asked.without_key else opened.signers(passphrase(asked))
        opened.lock(asked.site, signers)
        said = opened.tell_broker(drop=asked.site)
    also = "" if signers else "; its certificate is not on the revocation list: do it again with the key"
    return f"{asked.site}: locked out{also}\n{said}"


def list_sites(asked: argparse.Namespace) -> str:
    """`site list`."""
    today = now(asked.today).date()
    opened = Authority(asked.authority, now(asked.today))
    behind = opened.behind()
    rows = []
    for site, one in sorted(opened.admitted().newest().items()):
        stands = standing(one.last_day, today, locked=one.locked is not None)
        left = (one.last_day - today).days
        renew = stands in ("good", "expiring", "in_grace") and (
            site in behind or due(one.first_day, one.last_day, today)
        )
        rows.append({"site": site, "last_day": one.last_day, "days_left": left, "standing": stands, "renew": renew})
    if asked.json:
        return msgspec.json.encode(rows).decode()
    lines = [
        f"{row['site']:<32} {row['last_day']}  {row['days_left']:>5} d  {WORDS[str(row['standing'])]}"
        f"{', time to renew' if row['renew'] and row['standing'] == 'good' else ''}"
        for row in rows
    ]
    return "\n".join([*(lines or ["no site has been admitted yet"]), *authority.ending(opened)])


def new_server(asked: argparse.Namespace) -> str:
    """`server new`."""
    for name in asked.names:
        if not HOST.fullmatch(name) and not _is_address(name):
            raise BadUse(f"{name!r} cannot be the name or address of a machine")
    key_file, certificate_file = asked.out / "server.key", asked.out / "server.crt"
    files.make_folder(asked.out, 0o755)
    if not asked.replace and (key_file.exists() or certificate_file.exists()):
        raise BadUse(f"{asked.out} holds a broker's key already and was not touched; give --replace to renew it")
    with files.alone(asked.authority):
        opened = Authority(asked.authority, now(asked.today))
        signers = opened.signers(passphrase(asked))
        by, signing = signers[
            -1 if opened.behind() else 0
        ]  # a box may not know the new one yet, all know the one before
        # renewed with the same key: between the two files there is no moment in which they do not fit
        key = files.ec_key(key_file) if key_file.exists() else ec.generate_private_key(ec.SECP256R1())
        made = certificates.server(
            tuple(asked.names), key.public_key(), by=by, key=signing, serial=x509.random_serial_number(),
            today=opened.now.date(), days=asked.days,
        )  # fmt: skip
        sheets = [Sheet(certificate_file, made.public_bytes(serialization.Encoding.PEM), files.OPEN, asked.replace)]
        if not key_file.exists():
            sheets.insert(0, Sheet(key_file, files.key_pem(key), files.SECRET))
        opened.publish(opened.admitted(), signers, *sheets)  # a broker does not start without the lists
    until = f"{made.not_valid_after_utc:%Y-%m-%d}"
    return f"{certificate_file}: for {', '.join(asked.names)}, until {until}; reload the broker"


def passphrase(asked: argparse.Namespace, *, twice: bool = False) -> bytes:
    """From a file that nobody else can read, or asked on the terminal; raises BadUse. Never from the command line."""
    if asked.passphrase_file is not None:
        told = _of_file(asked.passphrase_file)
    elif not sys.stdin.isatty():
        raise BadUse("nobody can be asked for the passphrase here; give --passphrase-file FILE")
    else:
        told = getpass.getpass("Passphrase of the authority: ")
        if twice and told != getpass.getpass("Once more: "):
            raise BadUse("the two are not the same; nothing was made")
    if twice and len(told) < SHORTEST:
        raise BadUse(f"the passphrase is shorter than {SHORTEST} letters; take some words that nobody says together")
    return told.encode()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_file(path: Path) -> str:
    body = files.read_secret(path, "the passphrase")
    try:
        return body.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as fault:
        raise BadUse(f"{path}: is not text in UTF-8") from fault
