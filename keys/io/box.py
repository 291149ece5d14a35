"""The folder of keys on a box: the private key is made here and never leaves; certificates come and are put in place.

next/       a key that waits for its certificate: site.key and request.pem
<serial>/   a key with its certificate
current     points at the pair in use; it is turned in one step, so that no key ever stands beside a strange certificate
authority.crt
"""

import os
import shutil
from datetime import date, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from contract.certificates import GRACE_DAYS, last_day
from keys.core import certificates
from keys.core.faults import BadUse, KeysError
from keys.io import files
from keys.io.files import Sheet

KEY, CERTIFICATE, REQUEST, AUTHORITY = "site.key", "site.crt", "request.pem", "authority.crt"
KEPT = "the certificate in use was not touched; mend it and give the same command again"


def request(folder: Path, site: str) -> bytes:
    """The request for a new certificate. One that waits already is given again: its key is never made anew."""
    if fault := certificates.site_fault(site):
        raise BadUse(fault)
    files.make_folder(folder)
    with files.alone(folder):
        waiting = folder / "next"
        files.make_folder(waiting)
        if (waiting / REQUEST).exists():
            body = files.read(waiting / REQUEST, "the waiting request")
            held, _ = certificates.read_request(body, str(waiting / REQUEST))
            if held != site:
                raise BadUse(f"{waiting} holds a request of {held}; remove that folder if this box is {site} now")
            return body
        # a power cut between the two leaves a key without request: that key is taken, not replaced
        key = files.ec_key(waiting / KEY) if (waiting / KEY).exists() else ec.generate_private_key(ec.SECP256R1())
        body = certificates.request(site, key).public_bytes(serialization.Encoding.PEM)
        sheets = [Sheet(waiting / REQUEST, body, files.OPEN)]
        if not (waiting / KEY).exists():
            sheets.insert(0, Sheet(waiting / KEY, files.key_pem(key), files.SECRET))
        files.write_all(sheets)
        return body


def install(folder: Path, certificate: Path, authority: Path | None, today: date | None) -> str:
    """Put a certificate in place, beside the key that it was made for; what to tell the user. Raises BadUse."""
    told = files.certificates(files.read(certificate, "a certificate"), str(certificate))
    with files.alone(folder):
        above = _above(folder, authority, told, certificate)
        own = told[0]
        site = _fits(own, above, certificate, today)
        home = _home(folder, own)
        if home is None:
            raise BadUse(f"{certificate}: was not made for a key in {folder}; send the request of this box")
        try:
            _turn(folder, home, own, above)
        except OSError as fault:
            raise KeysError(f"{folder}: {fault.strerror}; {KEPT}") from fault
    last = last_day(own.not_valid_after_utc)
    return "\n".join(
        (
            f"{site}: in place, agreed until {last}, accepted {GRACE_DAYS} days longer",
            *(f"authority: {certificates.fingerprint(one)}" for one in above),
            "compare that with the municipality; the link uses the new certificate from its next connect on",
        )
    )


def current(folder: Path) -> x509.Certificate | None:
    """The certificate in use."""
    path = folder / "current" / CERTIFICATE
    return files.certificate(files.read(path, "the certificate"), str(path)) if path.exists() else None


def faults(folder: Path, now: datetime | None) -> list[str]:
    """What is wrong with a box's folder, a sentence each."""
    found = []
    try:
        own = current(folder)
        if own is None:
            return [f"{folder}: no certificate is in place; take {folder / 'next' / REQUEST} to the centre"]
        key = files.ec_key(folder / "current" / KEY)
        above = _believed(folder / AUTHORITY)
    except BadUse as fault:
        return [str(fault)]
    if key.public_key() != own.public_key():
        found.append(f"{folder}: key and certificate do not belong together; make a new request")
    if not _signed_by_one(own, above):
        found.append(f"{folder}: the certificate is not of the authority in {AUTHORITY}; install the right one")
    if now is not None and now > own.not_valid_after_utc:
        found.append(f"{folder}: the certificate and its grace are over; make a new request")
    elif now is not None and now.date() > last_day(own.not_valid_after_utc):
        found.append(f"{folder}: the agreed last day is over; until {own.not_valid_after_utc:%Y-%m-%d} it is accepted")
    return found


def _above(folder: Path, given: Path | None, told: list[x509.Certificate], source: Path) -> list[x509.Certificate]:
    """The authority, or two while it changes: what was named, else what is in place, else what came along."""
    if given is not None:
        return _believed(given)
    if (folder / AUTHORITY).exists():
        return _believed(folder / AUTHORITY)
    if len(told) < 2:
        raise BadUse(f"{source}: comes without the authority's certificate; give it with --authority FILE")
    return told[1:]


def _believed(path: Path) -> list[x509.Certificate]:
    return files.certificates(files.read(path, "the authority's certificate"), str(path))


def _signed_by_one(own: x509.Certificate, above: list[x509.Certificate]) -> bool:
    return any(certificates.signed_by(own, one) for one in above)


def _fits(own: x509.Certificate, above: list[x509.Certificate], source: Path, today: date | None) -> str:
    site = certificates.common_name(own.subject)
    if not _signed_by_one(own, above):
        raise BadUse(f"{source}: is not signed by the authority of this box; give --authority FILE if that has changed")
    if fault := certificates.site_fault(site):
        raise BadUse(f"{source}: {fault}")
    if not certificates.is_for(own, ExtendedKeyUsageOID.CLIENT_AUTH):
        raise BadUse(f"{source}: is not the certificate of a site")
    if today is not None and own.not_valid_after_utc.date() < today:
        raise BadUse(f"{source}: is over since {own.not_valid_after_utc:%Y-%m-%d}; ask the centre for a new one")
    return site


def _home(folder: Path, own: x509.Certificate) -> Path | None:
    """The folder of the key that the certificate is for: waiting, or moved already by an installation cut short."""
    for home in (folder / "next", folder / f"{own.serial_number:x}"):
        if (home / KEY).exists() and files.ec_key(home / KEY).public_key() == own.public_key():
            return home
    return None


def _turn(folder: Path, home: Path, own: x509.Certificate, above: list[x509.Certificate]) -> None:
    """Certificate beside its key, folder under its name, authority, at last `current`: each can be repeated."""
    encoding = serialization.Encoding.PEM
    files.write(home / CERTIFICATE, own.public_bytes(encoding), files.OPEN, replace=True, else_so=KEPT)
    settled = folder / f"{own.serial_number:x}"
    if home != settled:
        home.rename(settled)
    (settled / REQUEST).unlink(missing_ok=True)
    believed = b"".join(one.public_bytes(encoding) for one in above)
    files.write(folder / AUTHORITY, believed, files.OPEN, replace=True, else_so=KEPT)
    before = (folder / "current").resolve() if (folder / "current").is_symlink() else None
    turning = folder / ".current"
    turning.unlink(missing_ok=True)
    turning.symlink_to(settled.name)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(turning, owner.st_uid, owner.st_gid, follow_symlinks=False)
    turning.replace(folder / "current")
    files.sync(folder)
    for old in folder.iterdir():
        kept = {settled, before, folder / "next"}
        if old.is_dir() and not old.is_symlink() and old not in kept and (old / KEY).exists():
            shutil.rmtree(old, ignore_errors=True)
