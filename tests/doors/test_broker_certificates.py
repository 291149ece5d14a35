"""Both ends show a certificate: who may come in is told by Mosquitto, and why not by one sentence of the link."""

import asyncio
import datetime as dt
import ipaddress
import logging
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doors.broker import BrokerSettings

SITE = "are-kall"
DAY = dt.timedelta(days=1)


class Authority:
    """Makes certificates with their keys into a folder: <file>.pem and <file>.key."""

    def __init__(self, folder: Path, file: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, file)])
        self._write(file, self._name, self._key, dt.datetime.now(dt.UTC) - 900 * DAY, 9000 * DAY, ca=True)

    def make(self, file: str, name: str, begins: dt.timedelta = -DAY, lasts: dt.timedelta = 30 * DAY) -> None:
        """One certificate for `name` (also for 127.0.0.1) that is valid from now + begins on."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(file, subject, key, dt.datetime.now(dt.UTC) + begins, lasts, ca=False)

    def _write(self, file: str, subject, key, begin: dt.datetime, lasts: dt.timedelta, *, ca: bool) -> None:
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + lasts)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(here, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (self._folder / f"{file}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (self._folder / f"{file}.key").write_bytes(key.private_bytes(*form))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The municipality's own; the broker has a certificate by it."""
    made = Authority(tmp_path)
    made.make("server", "127.0.0.1")
    return made


@pytest.fixture
def strict(mosquitto, authority: Authority, tmp_path: Path):
    """A broker that lets in who shows a certificate, and calls everybody by the name in it."""
    acl = tmp_path / "acl"
    acl.write_text("pattern readwrite sot/1/%u/#\n", "utf-8")
    return mosquitto(
        f"cafile {tmp_path}/ca.pem", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key",
        "require_certificate true", "use_identity_as_username true", f"acl_file {acl}",
    )  # fmt: skip


@pytest.fixture
def as_site(strict, tmp_path: Path) -> Callable[..., BrokerSettings]:
    """Settings of the site's link to the strict broker."""

    def make(certificate: str = f"{SITE}.pem", key: str = f"{SITE}.key", **more) -> BrokerSettings:
        shown = (
            {"certificate_file": str(tmp_path / certificate), "key_file": str(tmp_path / key)} if certificate else {}
        )
        url = f"mqtts://127.0.0.1:{strict.port}"
        return strict.settings(url=url, ca_file=f"{tmp_path}/ca.pem", **shown, **more)

    return make


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def test_site_is_known_by_its_certificate(authority, as_site, owner) -> None:
    """Let in by the certificate alone, and only to what belongs to the name in it."""
    authority.make(SITE, SITE)
    site = await owner(as_site(), subscribe=("sot/1/#",)).connected()

    await site.link.publish("sot/1/are-other/up/status", b"not mine")
    await site.link.publish(f"sot/1/{SITE}/up/status", b"mine")

    assert [(f"sot/1/{SITE}/up/status", b"mine", False)] == await site.hears()


@pytest.mark.parametrize(
    ("file", "begins", "lasts", "sentence"),
    [
        ("", -DAY, DAY, "wants a certificate; name `certificate_file` and `key_file`"),
        ("late.pem", -90 * DAY, 60 * DAY, "says that our certificate has expired; renew it, or set the clock"),
        ("early.pem", 2 * DAY, 60 * DAY, "does not take our certificate"),
    ],
)
async def test_certificate_that_the_broker_refuses(
    authority, as_site, owner, caplog, file, begins, lasts, sentence
) -> None:
    """None shown, expired, not yet valid: one sentence each, never up, and the link goes on trying."""
    if file:
        authority.make(file.removesuffix(".pem"), SITE, begins, lasts)
    site = owner(as_site(file, file.replace(".pem", ".key"), answer_within_s=0.5))

    await site.until(lambda: any(sentence in one for one in _told(caplog)))
    assert (0, False) == (site.ups, site.link.up)
    authority.make(file.removesuffix(".pem") or "unused", SITE)
    if file:
        await site.connected()


async def test_clock_in_1970_makes_the_link_wait(authority, mosquitto, owner, tmp_path, caplog) -> None:
    """A broker whose certificate begins later than our clock: one sentence about the clock, tried until it is right."""
    authority.make("server", "127.0.0.1", begins=2 * DAY)
    broker = mosquitto(
        "allow_anonymous true", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key"
    )  # fmt: skip
    site = owner(broker.settings(url=f"mqtts://127.0.0.1:{broker.port}", ca_file=f"{tmp_path}/ca.pem"))

    await site.until(lambda: len(_told(caplog)) > 0)

    assert 1 == len(_told(caplog))
    assert "its certificate is not valid yet by our clock; set the clock if it is wrong" in _told(caplog)[0]
    assert not site.link.up


async def test_certificate_of_the_broker_that_has_expired(authority, mosquitto, owner, tmp_path, caplog) -> None:
    """Told as what it is, and never taken."""
    authority.make("server", "127.0.0.1", begins=-3 * DAY, lasts=DAY)
    broker = mosquitto("allow_anonymous true", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key")
    site = owner(broker.settings(url=f"mqtts://127.0.0.1:{broker.port}", ca_file=f"{tmp_path}/ca.pem"))

    await site.until(lambda: len(_told(caplog)) > 0)

    assert "site broker: its certificate has expired by our clock" in _told(caplog)[0]
    assert not site.link.up


@pytest.mark.parametrize(
    ("certificate", "key", "sentence"),
    [
        ("nowhere.pem", "are-kall.key", "certificate_file {}/nowhere.pem: No such file or directory; check the path"),
        ("are-kall.pem", "nowhere.key", "key_file {}/nowhere.key: No such file or directory; check the path"),
        ("are-kall.key", "are-kall.key", "certificate_file {}/are-kall.key holds no certificate in PEM form"),
        ("are-kall.pem", "are-kall.pem", "key_file {}/are-kall.pem holds no private key in PEM form"),
        ("are-kall.pem", "other.key", "key_file {0}/other.key does not belong to certificate_file {0}/are-kall.pem"),
        ("torn.pem", "are-kall.key", "certificate_file {0}/torn.pem or key_file {0}/are-kall.key is damaged"),
        ("are-kall.pem", "torn.key", "certificate_file {0}/are-kall.pem or key_file {0}/torn.key is damaged"),
        ("are-kall.pem", "locked.key", "key_file {}/locked.key is locked with a password"),
    ],
)
async def test_pair_that_cannot_be_used_is_one_sentence_until_it_is_whole(
    authority, as_site, owner, tmp_path, caplog, certificate, key, sentence
) -> None:
    """Missing, of another kind, of another pair, torn, locked: told once; put in place, used without a restart."""
    authority.make(SITE, SITE)
    authority.make("other", SITE)
    for kind in ("pem", "key"):
        (tmp_path / f"torn.{kind}").write_bytes((tmp_path / f"{SITE}.{kind}").read_bytes()[:120])
    (tmp_path / "locked.key").write_text(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMA==\n-----END ENCRYPTED PRIVATE KEY-----\n", "utf-8"
    )
    site = owner(as_site(certificate, key))

    await site.until(lambda: len(_told(caplog)) > 0)
    await site.until(lambda: site.link.attempts > 3)

    assert 1 == len(_told(caplog))
    assert sentence.format(tmp_path) in _told(caplog)[0]
    authority.make(SITE, SITE)
    for kind, name in (("pem", certificate), ("key", key)):
        if name != f"{SITE}.{kind}":
            (tmp_path / name).write_bytes((tmp_path / f"{SITE}.{kind}").read_bytes())
    if certificate != key:
        await site.connected()


async def test_renewed_certificate_needs_no_restart(authority, as_site, strict, owner, tmp_path) -> None:
    """The files are read at each connect: the next link shows the new pair."""
    authority.make(SITE, "are-before")
    watcher = await owner(as_site(), "watcher", subscribe=("sot/1/#",)).connected()
    authority.make(SITE, SITE)
    strict.kill()
    await watcher.until(lambda: watcher.downs == 1)
    strict.start()
    await watcher.connected(2)

    await watcher.link.publish(f"sot/1/{SITE}/up/status", b"under the new name")

    assert [(f"sot/1/{SITE}/up/status", b"under the new name", False)] == await watcher.hears()


async def test_old_encryption_is_refused(authority, owner, address, tmp_path, caplog) -> None:
    """A broker that can only TLS 1.1 is not spoken to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    met: list[object] = []
    server = await asyncio.start_server(lambda *ends: met.append(ends), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    site = owner(address(port, url=f"mqtts://127.0.0.1:{port}", ca_file=f"{tmp_path}/ca.pem"))

    await site.until(lambda: len(_told(caplog)) > 0)
    server.close()

    assert [] == met
    assert "could not agree on encryption" in _told(caplog)[0].lower()


async def test_handshake_that_is_never_answered_ends(authority, peer, owner, address, tmp_path, caplog) -> None:
    """Accepted, but not one byte of a handshake: given up after the time for an answer, not after a keep-alive."""
    deaf = await peer()
    url = f"mqtts://127.0.0.1:{deaf.port}"
    site = owner(address(deaf.port, url=url, ca_file=f"{tmp_path}/ca.pem", answer_within_s=0.3, keepalive_s=1200))

    await site.until(lambda: site.link.attempts >= 3)

    assert ["site broker: does not answer; trying again"] == _told(caplog)
