"""Where a broker is, and why it may not be there; certificates are always verified."""

import datetime as dt
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from doors.broker import BrokerSettings, check
from doors.settings import SettingsFault, parse


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "mqtt://localhost"},
        {"url": "mqtt://127.0.0.1:1883"},
        {"url": "mqtt://[::1]:1883"},
        {"url": "mqtts://broker.åre.se:8883"},
        {"url": "MQTTS://broker.example:443", "ca_file": "ca.pem", "user": "are-kall", "password_file": "secret"},
    ],
    ids=lambda settings: settings["url"],
)
def test_good_settings_have_no_fault(settings: dict[str, str]) -> None:
    """Plain and encrypted, by name and by number, with and without a port."""
    assert check(BrokerSettings(**settings)) is None


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"url": ""}, "url: '' is not like mqtt://host:1883 or mqtts://host:8883"),
        ({"url": "localhost:1883"}, "is not like mqtt://host:1883"),
        ({"url": "http://localhost"}, "is not like mqtt://host:1883"),
        ({"url": "mqtt://"}, "is not like mqtt://host:1883"),
        ({"url": "mqtt://:1883"}, "is not like mqtt://host:1883"),
        ({"url": "mqtt://host:port"}, "url: 'mqtt://host:port' Port could not be cast to integer value as 'port'"),
        ({"url": "mqtt://host:99999"}, "url: 'mqtt://host:99999' Port out of range 0-65535"),
        ({"url": "mqtt://host:0"}, "url: 'mqtt://host:0' has port 0"),
        ({"url": "mqtt://[::1"}, "url: 'mqtt://[::1' Invalid IPv6 URL"),
        ({"url": "mqtt://two words"}, "url: 'two words' cannot be the name of a machine"),
        ({"url": "mqtt://a..b"}, "url: 'a..b' cannot be the name of a machine"),
        ({"url": f"mqtt://{'a' * 64}.se"}, "cannot be the name of a machine"),
        ({"url": "mqtt://me:word@host"}, "url: put the account in `user` and `password_file`"),
        ({"url": "mqtt://me@host"}, "url: put the account in `user` and `password_file`"),
        ({"url": "mqtt://host", "password_file": "secret"}, "password_file: says nothing without `user`"),
        ({"url": "mqtt://host", "ca_file": "ca.pem"}, "ca_file: mqtt:// is not encrypted"),
        ({"url": "mqtts://host", "certificate_file": "a.pem"}, "certificate_file and key_file belong together"),
        ({"url": "mqtts://host", "key_file": "a.key"}, "certificate_file and key_file belong together"),
        ({"url": "mqtt://host", "certificate_file": "a.pem", "key_file": "a.key"}, "certificate_file: mqtt:// is not"),
    ],
    ids=lambda part: part.get("url", "") if isinstance(part, dict) else "",
)
def test_fault_is_one_sentence(settings: dict[str, str], sentence: str) -> None:
    """Each fault names the setting and what is wrong with it, and never shows a password."""
    told = check(BrokerSettings(**settings))

    assert told is not None
    assert sentence in told
    assert 1 == len(told.splitlines())
    assert "word@" not in told


def test_times_have_limits() -> None:
    """A waiting time of nothing, or of days, is refused by the settings file."""
    with pytest.raises(SettingsFault) as told:
        parse('url = "mqtt://host"\nreconnect_max_s = 0\nanswer_within_s = 999', BrokerSettings, "s.toml")

    assert ["reconnect_max_s: 0 is below 0.1", "answer_within_s: 999 is above 300.0"] == told.value.faults


def _certificate(folder: Path, name: str, issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None) -> tuple:
    """A certificate for 127.0.0.1 (or an authority's own) with its key, written as <name>.pem and <name>.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, signing_key = issuer or (subject, key)
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return subject, key


@pytest.fixture
def encrypted(mosquitto, tmp_path: Path):
    """A broker with a certificate by `ours`; `theirs` is an authority that did not sign it."""
    _certificate(tmp_path, "server", _certificate(tmp_path, "ours", None))
    _certificate(tmp_path, "theirs", None)
    return mosquitto("allow_anonymous true", f"certfile {tmp_path}/server.pem", f"keyfile {tmp_path}/server.key")


async def test_certificate_of_our_authority_is_taken(encrypted, owner, tmp_path) -> None:
    """mqtts with the right authority: connected, and messages travel."""
    url = f"mqtts://127.0.0.1:{encrypted.port}"
    site = await owner(encrypted.settings(url=url, ca_file=f"{tmp_path}/ours.pem"), subscribe=("room/#",)).connected()

    await site.link.publish("room/one", b"secret")

    assert [("room/one", b"secret", False)] == await site.hears()


async def test_certificate_that_the_broker_shows_can_be_asked_for(encrypted, owner, tmp_path) -> None:
    """The very certificate of the broker while the link is up, and none before, after, or without encryption."""
    url = f"mqtts://127.0.0.1:{encrypted.port}"
    site = owner(encrypted.settings(url=url, ca_file=f"{tmp_path}/ours.pem"))
    before = site.link.certificate
    await site.connected()
    shown = site.link.certificate
    encrypted.kill()
    await site.until(lambda: not site.link.up)

    server = x509.load_pem_x509_certificate((tmp_path / "server.pem").read_bytes())

    assert (None, None) == (before, site.link.certificate)
    assert server == x509.load_der_x509_certificate(shown)


async def test_a_plain_link_shows_no_certificate(mosquitto, owner) -> None:
    """There is none to run out."""
    site = await owner(mosquitto().settings()).connected()

    assert (True, None) == (site.link.up, site.link.certificate)


@pytest.mark.parametrize(
    ("host", "ca", "sentence"),
    [
        ("127.0.0.1", "theirs.pem", "its certificate is not believed, unable to get local issuer certificate"),
        ("127.0.0.1", None, "its certificate is not believed, unable to get local issuer certificate"),
        ("localhost", "ours.pem", "Hostname mismatch"),
        ("127.0.0.1", "nowhere.pem", "No such file or directory"),
        ("127.0.0.1", "ours.key", "ours.key holds no certificate in PEM form"),
    ],
)
async def test_certificate_that_is_not_ours_is_refused(encrypted, owner, tmp_path, caplog, host, ca, sentence) -> None:
    """Another authority, the system's, another name, no file, no certificate in it: told, and never connected."""
    url = f"mqtts://{host}:{encrypted.port}"
    site = owner(encrypted.settings(url=url, ca_file=f"{tmp_path}/{ca}" if ca else ""))

    await site.until(lambda: sentence.lower() in caplog.text.lower())

    assert (0, False) == (site.ups, site.link.up)
    assert not site.task.done()


async def test_encrypted_link_to_a_plain_broker_ends_nowhere(mosquitto, owner, caplog) -> None:
    """A handshake that is not answered as one is told and tried again; nothing falls back to plain text."""
    broker = mosquitto()
    site = owner(broker.settings(url=f"mqtts://127.0.0.1:{broker.port}", answer_within_s=0.3))

    await site.until(lambda: "trying again" in caplog.text)

    assert (0, False) == (site.ups, site.link.up)
