"""The certificate of a site's own page, from its key to the phone: asked for at the site, signed elsewhere, delivered
through centre, gateway and page, all real programs; whatever does not fit is refused, and what is in use goes on."""

import datetime as dt
import hashlib
import http.client
import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract import topics
from contract.content import DocumentRef, Manifest
from contract.messages import encode
from contract.packing import unpack
from contract.page import CERTIFICATE
from contract.words import Audience, ClockQuality
from doors.clock import spec_of

from .conftest import Broker, Dashboard, free_port, settings_text, until

ROOT = Path(__file__).parents[2]
SITE, NAME = "are-cert", "cert.sot.example.se"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY, TODAY = dt.timedelta(days=1), str(NOW.date())


class Authority:
    """A certificate authority of our own; phones in these tests trust it and nothing else."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        built = x509.CertificateBuilder().subject_name(self.name).issuer_name(self.name)
        built = built.public_key(self.key.public_key()).serial_number(1).not_valid_before(NOW - 900 * DAY)
        built = built.not_valid_after(NOW + 900 * DAY).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.own = built.sign(self.key, hashes.SHA256())
        self.pem = self.own.public_bytes(serialization.Encoding.PEM)

    def sign(self, request: str, *, begins: dt.timedelta, days: float = 90, name: str = NAME, key: Any = None) -> bytes:
        """A chain for a request, as an ACME client would lay it down; `begins`: before now."""
        asked = x509.load_pem_x509_csr(request.encode())
        built = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(self.name)
        built = built.public_key(key or asked.public_key()).serial_number(x509.random_serial_number())
        built = built.not_valid_before(NOW - begins).not_valid_after(NOW - begins + days * DAY)
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        built = built.add_extension(x509.BasicConstraints(False, None), critical=True)
        return built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + self.pem


class House:
    """Two brokers, a gateway, the site's page and the centre's dashboard."""

    def __init__(self, folder: Path) -> None:
        (folder / "site").mkdir()
        (folder / "centre").mkdir()
        (folder / "mqtt").mkdir()
        self.folder, self.authority = folder, Authority()
        self.local, self.centre = Broker(folder / "site"), Broker(folder / "mqtt")
        for broker in (self.local, self.centre):
            broker.start()
        self.spec = spec_of(1.0, int(time.time() * 1000), 600_000, f"boot-{time.time_ns()}", ClockQuality.SYNCED)
        self.gateway = self._gateway()
        text = settings_text((SITE,), self.local.port, "site").replace(
            "[web]\nport = 0\n", f'[web]\nport = {free_port()}\ncertificate_name = "{NAME}"\n', 1
        )
        self.page = Dashboard(folder / "site", text, "--clock", self.spec).start()
        self.desk = Dashboard(folder / "centre", settings_text((SITE,), self.centre.port), "--clock", self.spec).start()
        self.records: list[dict[str, Any]] = []
        self.centre.client.on_message = self._hear

    def _hear(self, _: Any, __: Any, message: Any) -> None:
        self.centre.seen[message.topic] = message.payload
        if message.topic == topics.record(SITE, "event"):
            self.records += json.loads(unpack(message.payload, 2**20))["records"]

    def _gateway(self) -> subprocess.Popen[bytes]:
        settings = self.folder / "site" / "gateway.toml"
        settings.write_text(
            f'[site]\nid = "{SITE}"\nplace = "Kall"\nsimulated = true\n'
            f'[store]\npath = "{settings.with_name("gateway.db")}"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:{self.local.port}"\nreconnect_max_s = 0.5\n'
            f'[central_broker]\nurl = "mqtt://127.0.0.1:{self.centre.port}"\nreconnect_max_s = 0.5\n'
            "[generator]\nrated_kw = 56\n[tank]\nlitres = 1000\n"
            '[[device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\ntcp = "127.0.0.1:1"\ntimeout_s = 0.5\n'
        )
        command = [sys.executable, "-m", "gateway", "run", str(settings), "--clock", self.spec]
        with (self.folder / "gateway.log").open("wb") as log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def wish(self) -> dict[str, Any]:
        """What the page asks for, as the centre hears it."""
        payload = self.centre.seen.get(topics.page(SITE))
        return json.loads(unpack(payload, 2**20))["page"] if payload else {}

    def serial(self) -> int | None:
        """The certificate that a phone gets, which trusts our authority alone; None: no encryption."""
        try:
            with self.phone() as phone:
                return x509.load_der_x509_certificate(phone.sock.getpeercert(binary_form=True)).serial_number
        except (OSError, http.client.HTTPException):
            return None

    def phone(self) -> "Phone":
        """A connection to the page that is checked as phones check."""
        return Phone(int(self.page.url.rsplit(":", 1)[1]), self.authority)

    def settings(self) -> tuple[str, str]:
        """For a command at the centre."""
        return "--settings", str(self.desk.file)

    def stop(self) -> None:
        """End everything."""
        self.gateway.kill()
        self.gateway.wait(10)
        self.page.kill()
        self.desk.kill()
        self.local.stop()
        self.centre.stop()


class Phone(http.client.HTTPSConnection):
    """Connected under the page's public name, whatever address that has."""

    def __init__(self, port: int, authority: Authority) -> None:
        context = ssl.create_default_context(cadata=authority.pem.decode())
        super().__init__("127.0.0.1", port, timeout=5, context=context)
        self.known = context

    def connect(self) -> None:
        """By address, checked by name."""
        http.client.HTTPConnection.connect(self)
        self.sock = self.known.wrap_socket(self.sock, server_hostname=NAME)

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def status(self) -> int:
        """Of a page."""
        self.request("GET", "/healthz", headers={"host": f"{NAME}:{self.port}"})
        answer = self.getresponse()
        answer.read()
        return answer.status


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One of all for the tests of this file, which follow on each other."""
    one = House(tmp_path_factory.mktemp("house"))
    until(one.wish, "the page's request at the centre")
    yield one
    one.stop()


@pytest.fixture
def deliver(house: House, asked: Callable[..., tuple[int, str, str]], tmp_path: Path) -> Callable[[bytes], Any]:
    """`deliver(chain)`: the centre's command; (exit code, what it says)."""

    def run(chain: bytes) -> tuple[int, str]:
        (tmp_path / "fullchain.pem").write_bytes(chain)
        code, out, err = asked("certificate", "deliver", SITE, tmp_path / "fullchain.pem", *house.settings())
        return code, out + err

    return run


def _serial(chain: bytes) -> int:
    return x509.load_pem_x509_certificates(chain)[0].serial_number


def test_certificate_goes_from_the_key_at_the_site_to_the_phone(house: House, asked: Any, deliver: Any) -> None:
    """Plain at first, with a line at the centre; the request is signed, delivered, and the same process serves it."""
    before, process = house.serial(), house.page.process.pid
    waits = asked("certificate", "list", "--due", "--day", TODAY, *house.settings())
    until(lambda: "väntar på sitt första certifikat" in house.desk.get(f"/sites/{SITE}")[1], "the line on the page")
    code, request, _ = asked("certificate", "request", SITE, *house.settings())
    chain = house.authority.sign(request, begins=40 * DAY, days=60)
    told = deliver(chain)
    until(lambda: house.serial() == _serial(chain), "the page under its own name")
    until(lambda: house.wish()["ends_ms"], "its end at the centre")
    with house.phone() as phone:
        status = phone.status()
    listed = json.loads(asked("certificate", "list", "--due", "--day", TODAY, "--json", *house.settings())[1])

    assert (None, 0, 0, 200) == (before, code, told[0], status)
    assert "waits for its first certificate" in waits[1]
    assert [(SITE, 20, True)] == [(one["site"], one["days_left"], one["due"]) for one in listed]
    assert process == house.page.process.pid
    assert house.page.process.poll() is None
    assert "om 19 dagar" in house.desk.get(f"/sites/{SITE}")[1]


def test_renewal_is_taken_without_a_restart_and_open_connections_stay(house: House, deliver: Any) -> None:
    """Who is connected goes on; who comes gets the new one; within 30 days of its end the centre said so."""
    chain = house.authority.sign(house.wish()["request"], begins=5 * DAY)
    with house.phone() as old:
        statuses = [old.status()]
        told = deliver(chain)
        until(lambda: house.serial() == _serial(chain), "the new certificate")
        statuses.append(old.status())
        of_old = x509.load_der_x509_certificate(old.sock.getpeercert(binary_form=True)).serial_number
    until(lambda: "egen sida går ut" not in house.desk.get(f"/sites/{SITE}")[1], "the line gone")

    assert (0, [200, 200]) == (told[0], statuses)
    assert of_old != _serial(chain)


def _other(house: House, **parts: Any) -> bytes:
    return house.authority.sign(house.wish()["request"], **({"begins": dt.timedelta(hours=2)} | parts))


BAD: dict[str, tuple[Callable[[House], bytes], str]] = {
    "another key": (lambda house: _other(house, key=ec.generate_private_key(ec.SECP256R1()).public_key()), "key"),
    "another name": (lambda house: _other(house, name="other.example.se"), f"is not for {NAME}"),
    "over": (lambda house: _other(house, begins=3 * DAY, days=2), "before the one in place"),
    "older": (lambda house: _other(house, begins=4 * DAY, days=30), "before the one in place"),
    "garbage": (lambda _: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "can be read"),
    "no chain": (lambda house: _other(house) + Authority().pem, "is no chain"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_does_not_fit_is_refused_and_reported(house: House, deliver: Any, kind: str) -> None:
    """The command refuses it in a sentence; sent past the command, the gateway does and tells the centre why."""
    make, sentence = BAD[kind]
    chain, before = make(house), house.serial()
    if kind != "no chain":  # the order of a chain is the gateway's to judge
        code, said = deliver(chain)
        assert (2, 1) == (code, said.strip().count("\n") + 1), said
    body = json.dumps({"name": NAME, "chain": chain.decode()}).encode()
    begins = NOW - dt.timedelta(hours=2)
    if kind != "garbage":
        begins = x509.load_pem_x509_certificates(chain)[0].not_valid_before_utc
    version = int(begins.timestamp()) if kind in ("another key", "another name", "no chain") else int(time.time())
    digest = hashlib.sha256(body).hexdigest()
    named = DocumentRef(name=CERTIFICATE, version=version, sha256=digest, size=len(body), audience=Audience.STAFF)
    house.centre.publish(topics.blob(SITE, digest), body)
    house.centre.publish(topics.content(SITE), encode(Manifest(revision=10**6, documents=(named,))))

    def told() -> list[str]:
        mine = [one["body"] for one in list(house.records) if one["kind"] == "content_refused"]
        return [one["detail"] for one in mine if one["sha256"] == digest]

    until(told, "the refusal as a record")

    assert 1 == len(told()), told()
    if kind not in ("over", "older"):
        assert sentence in told()[0]
    assert before == house.serial()


def test_power_cut_leaves_a_page_that_works_and_mends_itself(house: House) -> None:
    """Killed with a key and no certificate, a half-written one, or one of no use: it serves, and gets it back."""
    chain = (house.folder / "site" / "page.pem").read_bytes()
    key = (house.folder / "site" / "page.key").read_bytes()
    left = house.folder / "site" / ".page-being-written.abc"
    for found in (None, chain[: len(chain) // 3]):
        house.page.kill()
        left.write_bytes(chain[:100])
        (house.folder / "site" / "page.pem").unlink()
        if found is not None:
            (house.folder / "site" / "page.pem").write_bytes(found)
        house.page.start()
        assert house.page.url.startswith("http://")
        until(lambda: house.serial() == _serial(chain), "the certificate once more, from the gateway")
        assert not left.exists()

    assert key == (house.folder / "site" / "page.key").read_bytes()
    assert 0o600 == (house.folder / "site" / "page.key").stat().st_mode & 0o777


def test_gateway_that_starts_anew_still_has_it(house: House) -> None:
    """Killed and begun again it tells the page what it took, and the page stays as it is."""
    before = house.serial()
    house.gateway.send_signal(signal.SIGKILL)
    house.gateway.wait(10)
    house.local.seen.pop(topics.page_certificate(SITE), None)
    house.gateway = house._gateway()
    until(lambda: topics.page_certificate(SITE) in house.local.seen, "the certificate told anew")

    assert before == house.serial()


@pytest.mark.parametrize(
    ("mode", "lines", "sentence"),
    [
        ("site", 'certificate_name = "kall"', "certificate_name"),
        ("site", f'certificate_name = "{NAME}"\ncertificate_file = "a"\nkey_file = "b"', "stands alone"),
        ("centre", f'certificate_name = "{NAME}"', "site's own page"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    asked: Any, tmp_path: Path, mode: str, lines: str, sentence: str
) -> None:
    """A name that is none, a name beside files, a name at the centre."""
    file = tmp_path / "dashboard.toml"
    file.write_text(settings_text((SITE,), 1, mode).replace("[web]\n", f"[web]\n{lines}\n", 1), "utf-8")
    code, _, said = asked("check", file)

    assert (2, True) == (code, sentence in said), said


def test_commands_refuse_what_they_cannot_do(house: House, asked: Any, tmp_path: Path) -> None:
    """A site that is not in the settings, a file that is not there: one sentence."""
    told = [
        asked("certificate", "request", "are-nowhere", *house.settings()),
        asked("certificate", "deliver", SITE, tmp_path / "none.pem", *house.settings()),
    ]

    assert [(2, 1), (2, 1)] == [(code, err.strip().count("\n") + 1) for code, _, err in told]


def test_page_is_served_where_no_key_can_be_kept(dashboard: Any, tmp_path: Path) -> None:
    """A disk that takes no key takes no page away: it is there without encryption, and the log says what to do."""
    (tmp_path / "page.key").mkdir()
    page = dashboard(SITE, mode="site", web=f'certificate_name = "{NAME}"')

    assert (True, 200) == (page.url.startswith("http://"), page.get("/print")[0])
    assert "can not be kept" in page.log.read_text("utf-8")
