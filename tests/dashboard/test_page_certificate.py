"""The certificate of a site's own page, from its key to the phone: asked for at the site, signed elsewhere, delivered
through centre, gateway and page, all real programs; whatever does not fit is refused, and what is in use goes on."""

import datetime as dt
import hashlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from contract import topics
from contract.content import DocumentRef, Manifest
from contract.messages import encode
from contract.page import CERTIFICATE
from contract.words import Audience, ClockQuality
from dashboard import page_certificates
from doors.clock import Clock, spec_of

from .conftest import settings_text, until
from .page_house import DAY, NAME, NOW, ROOT, SITE, Authority, House

TODAY = str(NOW.date())
PATIENCE_S = 20.0
COMMAND = (
    "import sys; from dashboard import __main__, page_certificates; "
    f"page_certificates.QUIET_S = {PATIENCE_S}; sys.exit(__main__.main())"
)
"""`sotpunkt-dashboard`, with that patience."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One of all for the tests of this file, which follow on each other."""
    one = House(tmp_path_factory.mktemp("house"))
    until(one.wish, "the page's request at the centre")
    yield one
    one.stop()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy broker takes for what it has retained."""
    monkeypatch.setattr(page_certificates, "QUIET_S", PATIENCE_S)


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
    before, process, blind_before = house.serial(), house.page.process.pid, _blind(house)
    waits = asked("certificate", "list", "--due", "--day", TODAY, *house.settings())
    until(lambda: "väntar på sitt första certifikat" in house.desk.get(f"/sites/{SITE}")[1], "the line on the page")
    code, request, _ = asked("certificate", "request", SITE, *house.settings())
    chain = house.authority.sign(request, begins=40 * DAY, days=60)
    told = deliver(chain)
    until(lambda: house.serial() == _serial(chain), "the page under its own name")
    until(lambda: house.wish()["ends_ms"], "its end at the centre")
    with house.phone() as phone:
        status = phone.status()
    moved = _plain(house, b"GET /pass/abc?lang=sv HTTP/1.1\r\nHost: 10.0.0.7:81\r\nCookie: a=b\r\n\r\n")
    listed = json.loads(asked("certificate", "list", "--due", "--day", TODAY, "--json", *house.settings())[1])
    blind = _blind(house)

    assert (None, 0, 0, 200) == (before, code, told[0], status)
    assert "waits for its first certificate" in waits[1]
    assert [(SITE, 20, True)] == [(one["site"], one["days_left"], one["due"]) for one in listed]
    assert process == house.page.process.pid
    assert house.page.process.poll() is None
    assert "om 19 dagar" in house.desk.get(f"/sites/{SITE}")[1]
    assert ((True, SITE), (False, "")) == (blind_before, blind)
    assert f"Location: https://{NAME}:81/pass/abc?lang=sv\r\n" in moved


PLAIN: dict[str, tuple[bytes, str]] = {
    "a form": (b"POST /sealed HTTP/1.1\r\nHost: kall\r\nContent-Length: 3\r\n\r\na=b", f"303|https://{NAME}/\r\n"),
    "elsewhere": (b"GET //evil.example HTTP/1.1\r\nHost: a\r\n\r\n", f"307|https://{NAME}//evil.example\r\n"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", ""),
    "a bent host": (b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", ""),
    "no http": (b"\x00\x01\x02\x03" * 4000, ""),
    "endless": (b"GET /" + b"a" * 20_000, ""),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_who_comes_without_encryption_is_told_where_to_go(house: House, kind: str) -> None:
    """An old card or bookmark leads on, under the public name; what makes no sense is hung up on; the page goes on."""
    sent, wanted = PLAIN[kind]
    answer = _plain(house, sent)

    assert all(part in answer for part in wanted.split("|")) if wanted else "" == answer
    with house.phone() as phone:
        assert 200 == phone.status()


def _plain(house: House, request: bytes) -> str:
    """What comes back to bytes sent in two parts, until the other side or the answer ends."""
    with socket.create_connection(("127.0.0.1", int(house.page.url.rsplit(":", 1)[1])), 30) as wire:
        found = b""
        try:
            wire.sendall(request[:7])
            wire.sendall(request[7:])
            while b"\r\n\r\n" not in found and (more := wire.recv(4096)):
                found += more
        except ConnectionError:
            pass
        return found.decode("ascii", "replace") if found.startswith(b"HTTP") else ""


def _blind(house: House) -> tuple[bool, str]:
    """What the daily job is told where nobody knows the day: (is that all, which sites)."""
    unsynced = Clock.parse(spec_of(1.0, 0, 600_000, "boot-u", ClockQuality.UNSYNCED), allowed=True)
    found = page_certificates.listed(str(house.desk.file), None, unsynced, due=True, as_json=False, ids=True)
    assert found.failed == any("not known to be right" in one for one in found.doubts)
    return not found.failed, found.said


def test_daily_job_renews_without_a_restart_and_open_connections_stay(house: House, tmp_path: Path) -> None:
    """The script of docs/owner.md, once more while what it sent has not arrived: it asks for no second certificate.
    Who is connected goes on; who comes gets the new one; the line at the centre goes."""
    job, wanted, given = _job(house, tmp_path)
    chain = house.authority.sign(house.wish()["request"], begins=5 * DAY)
    house.gateway.send_signal(signal.SIGSTOP)
    try:
        running = subprocess.Popen([job], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        until(wanted.exists, "the request at the authority", 60)
        given.write_bytes(chain)
        given.rename(given.with_suffix(".pem"))
        first = running.communicate(timeout=60)[0], running.returncode
        wanted.unlink()
        again = subprocess.run([job], capture_output=True, text=True, timeout=60)
        with house.phone() as old:
            statuses = [old.status()]
            house.gateway.send_signal(signal.SIGCONT)

            def renewed() -> bool:
                statuses.append(old.status())  # one that is idle is let go
                return house.serial() == _serial(chain)

            until(renewed, "the new certificate")
            statuses.append(old.status())
            of_old = x509.load_der_x509_certificate(old.sock.getpeercert(binary_form=True)).serial_number
    finally:
        house.gateway.send_signal(signal.SIGCONT)
    until(lambda: "egen sida går ut" not in house.desk.get(f"/sites/{SITE}")[1], "the line gone")

    assert 0 == first[1], first[0]
    assert (0, "", "", False) == (again.returncode, again.stdout, again.stderr, wanted.exists())
    assert {200} == set(statuses)
    assert of_old != _serial(chain)


def _job(house: House, folder: Path) -> tuple[Path, Path, Path]:
    """The script as the documentation has it, with an ACME client that asks the test: (script, request, answer)."""
    blocks = (ROOT / "docs" / "owner.md").read_text("utf-8").split("```")
    [text] = [block.removeprefix("sh\n") for block in blocks if block.startswith("sh\n#!/bin/sh")]
    wanted, given, bin_ = folder / "wanted.csr", folder / "given.new", folder / "bin"
    bin_.mkdir()
    day = f'[ "$2" = list ] && set -- "$@" --day {TODAY}'
    stands_in = {
        "sotpunkt-dashboard": f'#!/bin/sh\n{day}\ncd {ROOT} && exec {sys.executable} -c \'{COMMAND}\' "$@"\n',
        "certbot": (
            '#!/bin/sh\nset -Ce\nwhile [ $# -gt 0 ]; do case "$1" in --csr) csr=$2;; --fullchain-path) out=$2;; esac\n'
            f'shift; done\ncp "$csr" {wanted}.new && mv {wanted}.new {wanted}\n'
            f'n=0; until [ -e {given.with_suffix(".pem")} ]; do n=$((n+1)); [ $n -lt 600 ]; sleep 0.1; done\n'
            f'cat {given.with_suffix(".pem")} > "$out"\n'  # as certbot: never over a file that is there
        ),
    }  # fmt: skip
    for name, body in stands_in.items():
        (bin_ / name).write_text(body)
        (bin_ / name).chmod(0o755)
    job = folder / "renew-pages"
    text = text.replace("/etc/sotpunkt/dashboard.toml", str(house.desk.file))
    job.write_text(text.replace("#!/bin/sh\n", f"#!/bin/sh\nPATH={bin_}:$PATH\n", 1))
    job.chmod(0o755)
    return job, wanted, given


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
    house.gateway = house.begin_gateway()
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
