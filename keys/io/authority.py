"""The folder of the authority at the centre: its key, whom it admitted, whom it took back, and the broker that obeys.

authority.key (encrypted), authority.crt, sites.json, revoked.crl, central.acl, issued/, and authority.toml, which names
the broker. A list is written before the certificate it tells of leaves the folder: none exists that it does not know.
While the authority itself changes (`changing.py`) authority.crt holds the new one and the one before, and before.key
can still take back what that one has signed.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contract import access
from contract.certificates import WARN_DAYS, Admitted, AdmittedList, not_after, read_list
from doors.secrets import secret_fault
from keys.core import certificates
from keys.core.faults import BadUse
from keys.io import files
from keys.io.broker import BrokerTable, tell
from keys.io.broker import settings as broker_settings
from keys.io.files import Sheet

KEY, CERTIFICATE, LIST, REVOKED, ACL = "authority.key", "authority.crt", "sites.json", "revoked.crl", "central.acl"
BEFORE, SERVER = "before.key", "server.crt"
Signers = Sequence[tuple[x509.Certificate, ec.EllipticCurvePrivateKey]]
"""Authorities that are believed with their keys; the first is the one in office."""
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
            Sheet(folder / CERTIFICATE, pem(own), files.OPEN),
            Sheet(folder / KEY, files.key_pem(key, passphrase), files.SECRET),
        ]
        if not (folder / "authority.toml").exists():
            sheets.append(Sheet(folder / "authority.toml", TEMPLATE.encode(), files.OPEN))
        broker = broker_settings(folder / "authority.toml")
        files.write_all([*_written(folder, broker, AdmittedList(), (own,), ((own, key),), now), *sheets])
    return own


class Authority:
    """An authority's folder, opened under `files.alone`; every method raises BadUse or KeysError with one sentence."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        told = files.certificates(files.read(folder / CERTIFICATE, "the authority's certificate"), CERTIFICATE)
        self.own = told[0]
        self.before = told[1] if len(told) > 1 else None
        self.broker: BrokerTable | None = broker_settings(folder / "authority.toml")

    @property
    def believed(self) -> tuple[x509.Certificate, ...]:
        """Itself and, while it changes, the one before."""
        return (self.own,) if self.before is None else (self.own, self.before)

    def signers(self, passphrase: bytes) -> Signers:
        """Its private key, and that of the one before while sites still come by that; both open by one passphrase."""
        found = []
        for one, name in zip(self.believed, (KEY, BEFORE), strict=False):
            key = files.ec_key(self.folder / name, passphrase)
            if key.public_key() != one.public_key():
                cut = self.before is None and (self.folder / BEFORE).exists()
                what = "give `authority rotate` again, it was cut short" if cut else "take both from one copy"
                raise BadUse(f"{self.folder / name} and {CERTIFICATE} do not belong together; {what}")
            found.append((one, key))
        return found

    def behind(self) -> list[str]:
        """Sites with rights whose newest certificate is of the authority before."""
        now = f"{self.own.serial_number:x}"
        held = self.admitted().newest().items()
        return sorted(
            site for site, one in held if self.before is not None and one.locked is None and one.authority != now
        )

    def admitted(self) -> AdmittedList:
        """Whom it has admitted."""
        path = self.folder / LIST
        try:
            return read_list(files.read(path, "the list of sites")) if path.exists() else AdmittedList()
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise BadUse(f"{path}: is damaged: {fault}; take it from a copy, sites are locked out by it") from fault

    def admit(
        self, asked: x509.CertificateSigningRequest, signers: Signers, days: int, *, again: bool,
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
        made = certificates.site(asked, by=self.own, key=signers[0][1], serial=serial, today=today, last=last)
        row = Admitted(
            site=site, serial=f"{serial:x}", first_day=today, last_day=last,
            fingerprint=certificates.fingerprint(made), authority=f"{self.own.serial_number:x}",
        )  # fmt: skip
        places = [self.folder / "issued" / f"{site}-{last}-{serial:x}.crt", *([] if out is None else [out])]
        body = pem(made, *self.believed)
        held = AdmittedList(certificates=(*held.certificates, row))
        self.publish(held, signers, *(Sheet(place, body, files.OPEN) for place in places))

    def lock(self, site: str, signers: Signers) -> None:
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
        self.publish(AdmittedList(certificates=rows), signers)

    def publish(
        self, held: AdmittedList, signers: Signers, *more: Sheet, believed: tuple[x509.Certificate, ...] = ()
    ) -> None:
        """Write list, access list and revocation list, here and where the broker reads them, and `more` after them.

        `believed`: the authorities that the broker shall believe from now on, where they change.
        """
        sheets = _written(self.folder, self.broker, held, believed or self.believed, signers, self.now)
        files.write_all([*sheets, *more])

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
    return found + _at_the_broker(opened) + ending(opened)


def ending(opened: Authority) -> list[str]:
    """What all sites rest on and ends soon: the authority itself and the broker's certificate. A sentence each."""
    told = [(one, "the authority's own certificate", "`authority rotate`") for one in opened.believed]
    if opened.broker is not None and (path := Path(opened.broker.folder) / SERVER).exists():
        served = files.certificate(files.read(path, "the broker's certificate"), str(path))
        told.append((served, f"{path}: the broker's certificate", "`server new --replace`"))
    found = []
    for one, what, cure in told:
        left = (one.not_valid_after_utc.date() - opened.now.date()).days
        day = f"{one.not_valid_after_utc:%Y-%m-%d}"
        if left <= WARN_DAYS:
            when = f"ends on {day}, in {left} days" if left >= 0 else f"is over since {day}"
            found.append(f"{what} {when}, and with it the contact with every site; renew it with {cure}")
    return found


def _written(
    folder: Path, broker: BrokerTable | None, held: AdmittedList, believed: tuple[x509.Certificate, ...],
    signers: Signers, now: datetime,
) -> list[Sheet]:  # fmt: skip
    """The lists, here and for the broker. The revocation lists only where the keys are at hand."""
    bodies = {LIST: msgspec.json.format(msgspec.json.encode(held), indent=1) + b"\n", ACL: _acl(held)}
    if signers:
        locked = [
            (int(one.serial, 16), datetime.fromisoformat(one.locked))
            for one in held.certificates
            if one.locked is not None
        ]
        number = int(now.timestamp())
        lists = [certificates.taken_back(locked, by=by, key=key, number=number, now=now) for by, key in signers]
        bodies[REVOKED] = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in lists)
    if broker is None:
        return _at(folder, bodies)
    files.make_folder(Path(broker.folder), 0o755)
    return [*_at(folder, bodies), *_at(Path(broker.folder), {CERTIFICATE: pem(*believed), **bodies})]


def _at(folder: Path, bodies: dict[str, bytes]) -> list[Sheet]:
    return [Sheet(folder / name, body, files.OPEN, replace=True) for name, body in bodies.items()]


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
        for name in (CERTIFICATE, REVOKED, ACL)
        if not (target / name).exists() or (target / name).read_bytes() != (opened.folder / name).read_bytes()
    ]


def pem(*those: x509.Certificate) -> bytes:
    """Certificates as one text."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in those)
