"""The folder of the authority at the centre: its key, whom it admitted, whom it took back, and the broker that obeys.

authority.key (encrypted), authority.crt, sites.json, revoked.crl, central.acl, issued/, and authority.toml, which names
the broker. A list is written before the certificate it tells of leaves the folder: none exists that it does not know.
"""

import re
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contract import access
from contract.certificates import Admitted, AdmittedList, not_after, read_list
from doors.secrets import secret_fault
from keys.core import certificates
from keys.core.faults import BadUse
from keys.io import files
from keys.io.broker import BrokerTable, tell
from keys.io.broker import settings as broker_settings

KEY, CERTIFICATE, LIST, REVOKED, ACL = "authority.key", "authority.crt", "sites.json", "revoked.crl", "central.acl"
TEMPLATE = """\
# Which broker obeys this authority. Without this table the files are only written here.
#[broker]
#folder = "/etc/mosquitto/sotpunkt"            # gets authority.crt, revoked.crl, central.acl and sites.json
#reload = ["systemctl", "reload", "mosquitto"]  # reads them again; connected sites stay connected
#url = "mqtt://127.0.0.1:1883"                 # to throw out a locked site at once
#user = "centre"
#password_file = "/etc/sotpunkt/centre.password"
"""


def new(folder: Path, name: str, passphrase: bytes, now: datetime) -> x509.Certificate:
    """A new authority; raises BadUse, KeysError. The key comes last but one: without it the folder is not begun."""
    if not re.fullmatch(r"[^\x00-\x1f]{1,64}", name):
        raise BadUse(f"--name: {name!r} must be 1 to 64 letters")
    files.make_folder(folder)
    with files.alone(folder):
        if (folder / KEY).exists() or (folder / CERTIFICATE).exists():
            raise BadUse(f"{folder} holds an authority already and was not touched; choose another folder")
        files.make_folder(folder / "issued", 0o755)
        key = ec.generate_private_key(ec.SECP256R1())
        own = certificates.authority(name, key, x509.random_serial_number(), now.date())
        files.write(folder / KEY, files.key_pem(key, passphrase), files.SECRET)
        files.write(folder / CERTIFICATE, _pem(own), files.OPEN)
        if not (folder / "authority.toml").exists():
            files.write(folder / "authority.toml", TEMPLATE.encode(), files.OPEN)
        opened = Authority(folder, now)
        opened.publish(AdmittedList(), key)
    return own


class Authority:
    """An authority's folder, opened under `files.alone`; every method raises BadUse or KeysError with one sentence."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.own = files.certificate(files.read(folder / CERTIFICATE, "the authority's certificate"), CERTIFICATE)
        self.broker: BrokerTable | None = broker_settings(folder / "authority.toml")

    def key(self, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
        """Its private key."""
        key = files.ec_key(self.folder / KEY, passphrase)
        if key.public_key() != self.own.public_key():
            raise BadUse(f"{self.folder / KEY} and {CERTIFICATE} do not belong together; take both from one copy")
        return key

    def admitted(self) -> AdmittedList:
        """Whom it has admitted."""
        path = self.folder / LIST
        try:
            return read_list(files.read(path, "the list of sites")) if path.exists() else AdmittedList()
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise BadUse(f"{path}: is damaged: {fault}; take it from a copy, sites are locked out by it") from fault

    def admit(
        self, asked: x509.CertificateSigningRequest, key: ec.EllipticCurvePrivateKey, days: int, *, again: bool
    ) -> x509.Certificate:
        """A certificate for the site of a request; one that is locked out only when told so."""
        site = certificates.common_name(asked.subject)
        held = self.admitted()
        before = held.newest().get(site)
        if before is not None and before.locked is not None and not again:
            raise BadUse(
                f"{site} was locked out at {before.locked}; give --readmit when its box is in good hands again"
            )
        today = self.now.date()
        last = today.fromordinal(today.toordinal() + days)
        if not_after(last) > self.own.not_valid_after_utc:
            raise BadUse(
                f"--days {days}: the authority itself ends {self.own.not_valid_after_utc:%Y-%m-%d}; give fewer"
            )
        serial = x509.random_serial_number()
        made = certificates.site(asked, by=self.own, key=key, serial=serial, today=today, last=last)
        row = Admitted(
            site=site, serial=f"{serial:x}", first_day=today, last_day=last,
            fingerprint=certificates.fingerprint(made),
        )  # fmt: skip
        self.publish(AdmittedList(certificates=(*held.certificates, row)), key)
        files.write(self.folder / "issued" / f"{site}-{last}-{serial:x}.crt", _pem(made) + _pem(self.own), files.OPEN)
        return made

    def lock(self, site: str, key: ec.EllipticCurvePrivateKey | None) -> None:
        """Every certificate of the site is taken back, its rights are gone. Without the key only the rights are."""
        held = self.admitted()
        if site not in held.newest():
            known = ", ".join(sorted(held.newest())) or "none"
            raise BadUse(f"{site}: this authority has never admitted it; it knows {known}")
        since = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = tuple(
            msgspec.structs.replace(one, locked=since) if one.site == site and one.locked is None else one
            for one in held.certificates
        )
        self.publish(AdmittedList(certificates=rows), key)

    def publish(self, held: AdmittedList, key: ec.EllipticCurvePrivateKey | None) -> None:
        """Write list, access list and revocation list, here and where the broker reads them."""
        told = msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n"
        written = {LIST: told, ACL: _acl(held)}
        if key is not None:
            locked = [
                (int(one.serial, 16), datetime.fromisoformat(one.locked))
                for one in held.certificates
                if one.locked is not None
            ]
            number = int(self.now.timestamp())
            listed = certificates.taken_back(locked, by=self.own, key=key, number=number, now=self.now)
            written[REVOKED] = listed.public_bytes(serialization.Encoding.PEM)
        for name, body in written.items():
            files.write(self.folder / name, body, files.OPEN, replace=True)
        if self.broker is not None:
            target = Path(self.broker.folder)
            files.make_folder(target, 0o755)
            for name, body in {CERTIFICATE: _pem(self.own), **written}.items():
                files.write(target / name, body, files.OPEN, replace=True)

    def tell_broker(self, drop: str | None = None) -> str:
        """The broker reads its files again and throws out the connection of `drop`; what to tell the user."""
        if self.broker is None:
            names = f"{CERTIFICATE}, {REVOKED} and {ACL}"
            return f"no [broker] in authority.toml: copy {names} to it and run `systemctl reload mosquitto` there"
        return tell(self.broker, drop)


def faults(folder: Path, now: datetime) -> list[str]:
    """What is wrong with an authority's folder, a sentence each."""
    found = [fault] if (fault := secret_fault(folder / KEY)) else []
    try:
        opened = Authority(folder, now)
        held = opened.admitted()
        listed = x509.load_pem_x509_crl(files.read(folder / REVOKED, "the revocation list"))
    except BadUse as fault:
        return [*found, str(fault)]
    except ValueError:
        return [*found, f"{folder / REVOKED}: is no revocation list that can be read; lock any site again"]
    if not listed.is_signature_valid(opened.own.public_key()):  # type: ignore[arg-type]
        found.append(f"{folder / REVOKED}: is not of this authority")
    told = {one.serial_number for one in listed}
    found += [
        f"{one.site}: is locked out, but {REVOKED} does not name its certificate; lock it again with the key"
        for one in held.certificates
        if one.locked is not None and int(one.serial, 16) not in told
    ]
    if not (folder / ACL).exists() or (folder / ACL).read_bytes() != _acl(held):
        found.append(f"{folder / ACL}: is not what {LIST} says; lock or admit a site again")
    return found + _at_the_broker(opened)


def _acl(held: AdmittedList) -> bytes:
    """Who has rights at the broker: every site whose newest certificate is not locked out."""
    return access.central_acl(site for site, one in held.newest().items() if one.locked is None).encode()


def _at_the_broker(opened: "Authority") -> list[str]:
    """The broker must obey the very same lists."""
    if opened.broker is None:
        return []
    target = Path(opened.broker.folder)
    return [
        f"{target / name}: is not what the authority says; lock or admit a site again"
        for name in (REVOKED, ACL)
        if not (target / name).exists() or (target / name).read_bytes() != (opened.folder / name).read_bytes()
    ]


def _pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)
