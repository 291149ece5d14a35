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
from keys.io.files import Sheet

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
    """A new authority; raises BadUse, KeysError. Its key comes last but one: without it the folder is not begun."""
    if not re.fullmatch(r"[^\x00-\x1f]{1,64}", name):
        raise BadUse(f"--name: {name!r} must be 1 to 64 letters")
    files.make_folder(folder)
    with files.alone(folder):
        if (folder / KEY).exists() or (folder / CERTIFICATE).exists():
            raise BadUse(f"{folder} holds an authority already and was not touched; choose another folder")
        files.make_folder(folder / "issued", 0o755)
        key = ec.generate_private_key(ec.SECP256R1())
        own = certificates.authority(name, key, x509.random_serial_number(), now.date())
        sheets = [
            Sheet(folder / CERTIFICATE, _pem(own), files.OPEN),
            Sheet(folder / KEY, files.key_pem(key, passphrase), files.SECRET),
        ]
        if not (folder / "authority.toml").exists():
            sheets.append(Sheet(folder / "authority.toml", TEMPLATE.encode(), files.OPEN))
        lists = _lists(AdmittedList(), own, key, now)
        broker = broker_settings(folder / "authority.toml")
        files.write_all([*_at(folder, lists), *_for_broker(broker, own, lists), *sheets])
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
        self, asked: x509.CertificateSigningRequest, key: ec.EllipticCurvePrivateKey, days: int, *, again: bool,
        out: Path | None = None,
    ) -> None:  # fmt: skip
        """A certificate for the site of a request, also in `out`; one that is locked out only when told so.

        All files or none: a place that cannot be written admits nobody.
        """
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
        places = [self.folder / "issued" / f"{site}-{last}-{serial:x}.crt", *([] if out is None else [out])]
        body = _pem(made) + _pem(self.own)
        held = AdmittedList(certificates=(*held.certificates, row))
        self.publish(held, key, *(Sheet(place, body, files.OPEN) for place in places))

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

    def publish(self, held: AdmittedList, key: ec.EllipticCurvePrivateKey | None, *more: Sheet) -> None:
        """Write list, access list and revocation list, here and where the broker reads them, and `more` after them."""
        lists = _lists(held, self.own, key, self.now)
        files.write_all([*_at(self.folder, lists), *_for_broker(self.broker, self.own, lists), *more])

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


def _lists(
    held: AdmittedList, own: x509.Certificate, key: ec.EllipticCurvePrivateKey | None, now: datetime
) -> dict[str, bytes]:
    """Name → body. The revocation list only where the key is at hand."""
    made = {LIST: msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n", ACL: _acl(held)}
    if key is not None:
        locked = [
            (int(one.serial, 16), datetime.fromisoformat(one.locked))
            for one in held.certificates
            if one.locked is not None
        ]
        listed = certificates.taken_back(locked, by=own, key=key, number=int(now.timestamp()), now=now)
        made[REVOKED] = listed.public_bytes(serialization.Encoding.PEM)
    return made


def _at(folder: Path, bodies: dict[str, bytes]) -> list[Sheet]:
    return [Sheet(folder / name, body, files.OPEN, replace=True) for name, body in bodies.items()]


def _for_broker(broker: BrokerTable | None, own: x509.Certificate, lists: dict[str, bytes]) -> list[Sheet]:
    if broker is None:
        return []
    files.make_folder(Path(broker.folder), 0o755)
    return _at(Path(broker.folder), {CERTIFICATE: _pem(own), **lists})


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
