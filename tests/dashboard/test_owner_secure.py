"""The owner's page as a phone reaches it, over a wire of its own and not by loopback, where no browser is lenient:
without encryption, and with a certificate that has ended, everything works but what a browser then refuses."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser

from contract.words import ClockQuality
from dashboard.core.access.lapse import Instant
from dashboard.core.access.people import Role
from dashboard.io.access.hashing import hashed
from dashboard.io.access.passes import Passes
from dashboard.io.store.database import Database
from doors.clock import spec_of

from .browsing import go_on
from .conftest import settings_text

ROOT = Path(__file__).parents[2]
SITE, PIN = "are-wire", "42424242"
BOX, PHONE = "10.203.77.1", "10.203.77.2"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a network namespace")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def box() -> Iterator[str]:
    """A namespace with one wire to here: the box is at one end, the browser at the other."""
    name, wire = f"owner{os.getpid()}", f"own{os.getpid()}"[:14]
    with contextlib.ExitStack() as undo:
        _run("ip", "netns", "add", name)
        undo.callback(subprocess.run, ["ip", "netns", "del", name], timeout=30)
        _run("ip", "link", "add", wire, "type", "veth", "peer", "name", "far", "netns", name)
        undo.callback(subprocess.run, ["ip", "link", "del", wire], timeout=30, capture_output=True)
        _run("ip", "addr", "add", f"{PHONE}/30", "dev", wire)
        _run("ip", "link", "set", wire, "up")
        for order in (
            ["addr", "add", f"{BOX}/30", "dev", "far"],
            ["link", "set", "far", "up"],
            ["link", "set", "lo", "up"],
        ):
            _run("ip", "-n", name, *order)
        yield name


def _certificate(folder: Path, *, ends: dt.datetime) -> str:
    """A certificate of our own for the box's address; the lines of the settings."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, BOX)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(ends - dt.timedelta(days=90)).not_valid_after(ends).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "page.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "page.key").touch(mode=0o600)
    (folder / "page.key").write_bytes(private)
    return 'certificate_file = "page.crt"\nkey_file = "page.key"\n'


def _begun(folder: Path, box: str, settings: str, web: str) -> subprocess.Popen[str]:
    """The real program in the box, with a card for Anna."""
    file = folder / "dashboard.toml"
    file.write_text(settings.replace("[web]\n", f'[web]\nhost = "::"\n{web}', 1), "utf-8")
    database = Database(folder / "store.sqlite")
    now = Instant("boot-t", 600_000, None, ClockQuality.UNSYNCED)
    Passes(database).give(
        now, name="Anna", role=Role.OWNER, scope=SITE, issuer="t", password=hashed(PIN), lasts_ms=10**9,
        note=lambda _: None,
    )  # fmt: skip
    database.close()
    spec = spec_of(1.0, int(time.time() * 1000), 600_000, "boot-w", ClockQuality.SYNCED)
    command = ["ip", "netns", "exec", box, sys.executable, "-m", "dashboard", str(file), "--clock", spec]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)


@pytest.fixture(scope="module")
def pages(box: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Three pages that start side by side, by how they are encrypted: their addresses."""
    now = dt.datetime.now(dt.UTC)
    ends = {"over": now - dt.timedelta(days=3), "soon": now + dt.timedelta(days=12)}
    running = {}
    try:
        for name in ("plain", "over", "soon"):
            folder = tmp_path_factory.mktemp(name)
            lines = _certificate(folder, ends=ends[name]) if name in ends else ""
            running[name] = _begun(folder, box, settings_text((SITE,), 1, "site", sign_in=True), lines)
        told = {name: one.stdout.readline() for name, one in running.items()}
        assert all(line.startswith("dashboard: ") for line in told.values()), told
        yield {name: line.split()[1].replace("[::]", BOX) for name, line in told.items()}
    finally:
        for one in running.values():
            one.kill()
            one.wait(10)


@pytest.mark.parametrize(
    ("web", "secure", "said"),
    [("plain", False, "Sidan är inte krypterad"), ("over", True, "certifikat gick ut"), ("soon", True, "går ut om 1")],
)
def test_everything_but_installing_works_and_the_page_says_so(
    pages: dict[str, str], chromium: Browser, web: str, secure: bool, said: str
) -> None:
    """Signed in by PIN, read, sent: it waits for the box. One line says what does not work, or soon will not."""
    address = pages[web]
    phone = chromium.new_context(ignore_https_errors=secure, viewport={"width": 390, "height": 844})
    tab = phone.new_page()
    tab.goto(f"{address.replace('https:', 'http:')}sign-in")  # as an old card says it
    came_to = tab.url
    tab.fill("#name", "Anna")
    tab.fill("#password", f"{PIN[:4]} {PIN[4:]}")
    go_on(tab, "main button")
    line = tab.locator(".owner-lock").inner_text()
    tab.click("#act-refuel > summary")
    tab.fill("#act-refuel input[name=litres]", "400")
    tab.check("#act-refuel input[value=hvo]")
    tab.click("#act-refuel button")
    tab.wait_for_selector("#panel-orders .waiting")
    trusted = tab.evaluate("window.isSecureContext")
    role = tab.locator(".sentence").first.get_attribute("class")
    phone.close()

    assert said in line
    assert came_to == f"{address}sign-in"
    assert BOX in address
    assert secure is trusted
    assert "role-unknown" in role  # no broker: nothing is green
