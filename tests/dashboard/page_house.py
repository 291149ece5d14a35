"""A site and its centre as real programs, an authority that signs for them, and a phone that trusts it alone."""

import datetime as dt
import http.client
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract import topics
from contract.packing import unpack
from contract.words import ClockQuality
from doors.clock import spec_of

from .conftest import Broker, Dashboard, free_port, settings_text

ROOT = Path(__file__).parents[2]
SITE, NAME = "are-cert", "cert.sot.example.se"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)


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
        self.gateway = self.begin_gateway()
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

    def begin_gateway(self) -> subprocess.Popen[bytes]:
        """The site's gateway, from the beginning or anew."""
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
        super().__init__("127.0.0.1", port, timeout=30, context=context)
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
