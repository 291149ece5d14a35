"""What is sent down by hand: keys, bulletins, content. Signed, kept, sent, and shown with what came back."""

import json
import os
import pwd
import re
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from contract import topics
from contract.bulletins import Bulletin, SignedBulletin
from contract.content import Manifest
from contract.words import Stream
from dashboard.io.access.audit import Audit
from dashboard.io.store.database import Database

ROOT = Path(__file__).parents[2]
README = (ROOT / "dashboard" / "README.md").read_text("utf-8")
EXAMPLES = {
    text.split("\n")[0].strip("# "): text
    for text in re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
}
BULLETIN = EXAMPLES["bulletin"]


@pytest.fixture
def ready(tmp_path: Path, broker: Any, settings_of: Any, asked: Any) -> tuple[Path, Path]:
    """(settings, private key) of a dashboard for are-kall."""
    settings = tmp_path / "dashboard.toml"
    settings.write_text(settings_of(("are-kall",), broker.port), "utf-8")
    assert 0 == asked("bulletin", "keys", "--out", tmp_path / "keys")[0]
    return settings, tmp_path / "keys" / "bulletin.key"


def _write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_private_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path, command: Any) -> None:
    """Mode 0600; the line for the gateways names the public key; a second run touches nothing."""
    made = command("bulletin", "keys", "--out", tmp_path)
    before = (tmp_path / "bulletin.key").read_bytes()
    again = command("bulletin", "keys", "--out", tmp_path)

    assert 0o600 == stat.S_IMODE((tmp_path / "bulletin.key").stat().st_mode)
    assert (tmp_path / "bulletin.pub").read_text().strip() in made.stdout
    assert 'id = "' in made.stdout
    assert b"PRIVATE" not in made.stdout.encode()
    assert (1, before) == (again.returncode, (tmp_path / "bulletin.key").read_bytes())


def test_bulletin_is_signed_kept_and_sent(
    ready: Any, tmp_path: Path, broker: Any, dashboard: Any, voice: Any, wait: Any, command: Any
) -> None:
    """The signature fits the bytes; the same again is the same; the page shows it with the screen's receipt."""
    settings, key = ready
    file = _write(tmp_path, "storm.toml", BULLETIN)

    first = command("bulletin", "publish", file, "--key", key, "--settings", settings)
    topic = topics.bulletin("are-kall", "storm-1")
    wait(lambda: topic in broker.seen, "the bulletin")
    payload = broker.seen[topic]
    again = command("bulletin", "publish", file, "--key", key, "--settings", settings)

    assert (0, "") == (first.returncode, first.stderr)
    signed = msgspec.json.decode(payload, type=SignedBulletin)
    public = load_pem_private_key(key.read_bytes(), None).public_key()
    public.verify(signed.signature, signed.signed)
    assert signed.key_id == sha256(public.public_bytes_raw()).hexdigest()[:16]
    bulletin = msgspec.json.decode(signed.signed, type=Bulletin)
    assert (1, ("are-kall",), 1_769_864_400_000) == (bulletin.serial, bulletin.sites, bulletin.sent_ms)
    assert (0, payload) == (again.returncode, broker.seen[topic])

    broker.publish(topic, b"", retain=True)
    wait(lambda: broker.seen[topic] == b"", "the bulletin to be lost")
    page, site = dashboard("are-kall"), voice("are-kall")
    wait(lambda: broker.seen[topic] == payload, "the bulletin again")
    shown = msgspec.to_builtins(site.moment())
    receipt = {"kiosk_run": "k", "number": 1, "screen": "skylt-1", "bulletin": "storm-1", "serial": 1,
               "status": "actual", "first_frame": shown}  # fmt: skip
    assert "Ingen skärm har bekräftat ännu." in page.get("/sites/are-kall")[1]
    broker.say(site.batch(site.record(1, "receipt", receipt), stream=Stream.RECEIPT))
    wait(lambda: "Första sidan visades på skylt-1" in page.get("/sites/are-kall")[1], "the receipt on the page")


def test_serial_rises_and_other_text_under_the_same_id_is_refused(ready: Any, tmp_path: Path, command: Any) -> None:
    """The next bulletin has the next serial; an id means one text for ever."""
    settings, key = ready

    def publish(text: str) -> Any:
        return command("bulletin", "publish", _write(tmp_path, "b.toml", text), "--key", key, "--settings", settings)

    first, second = publish(BULLETIN), publish(BULLETIN.replace("storm-1", "storm-2"))
    other = publish(BULLETIN.replace("Boil your", "Drink your"))

    assert "serial 1" in first.stdout
    assert "serial 2" in second.stdout
    assert (2, 1) == (other.returncode, other.stderr.count("\n"))
    assert "give a new id" in other.stderr


def test_what_is_sent_by_hand_stands_in_the_log(
    ready: Any, tmp_path: Path, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Once each, by the account of the system; what is refused leaves no line."""
    monkeypatch.delenv("SUDO_USER", raising=False)
    settings, key = ready
    bulletin = ("bulletin", "publish", _write(tmp_path, "b.toml", BULLETIN), "--key", key, "--settings", settings)
    content = ("content", "publish", "contacts", _write(tmp_path, "c.toml", EXAMPLES["contacts"]), "--version", 1,
               "--settings", settings)  # fmt: skip
    codes = [asked(*one)[0] for one in (bulletin, bulletin, content, content)]
    lines = Audit(Database(settings.with_name("store.sqlite"))).newest(10)

    assert [0, 0, 0] == codes[:3]
    told = [("message alert: storm-1", ""), ("content: contacts 1", "are-kall")]
    assert told == [(one.did, one.site) for one in reversed(lines)][:2]
    assert 2 + (codes[3] == 0) == len(lines)
    assert {f"{pwd.getpwuid(os.getuid()).pw_name} (command line)"} == {one.who for one in lines}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[texts.sv]", "[texts.fi]", "Swedish must be there"),
        ('id = "storm-1"', 'id = "Storm 1"', "is not a name"),
        ("2026-02-01", "2025-02-01", "is not after sent"),
        ('"are-kall"', '"are-nowhere"', "is not in dashboard.toml"),
        ('"alert"', '"update"', "must name the bulletin"),
        ('urgency = "immediate"', 'urgency = "soon"', "urgency"),
        ('category = "Infra"', 'colour = "red"', "colour: unknown"),
        ("sent = 2026-01-31T14:00:00+01:00", 'sent = "now"', "write a time with its offset"),
        ("headline = ", "headline ", "is not TOML"),
    ],
)
def test_bad_bulletin_is_refused_with_one_sentence(
    ready: Any, tmp_path: Path, asked: Any, old: str, new: str, sentence: str
) -> None:
    """Exit code 2, one line, nothing kept."""
    settings, key = ready
    assert old in BULLETIN
    file = _write(tmp_path, "b.toml", BULLETIN.replace(old, new))

    code, _, said = asked("bulletin", "publish", file, "--key", key, "--settings", settings)

    assert (2, 1) == (code, said.count("\n")), said
    assert sentence in said


def test_key_that_is_none_is_refused(ready: Any, tmp_path: Path, command: Any) -> None:
    """A file that is no private key, or is not there: one sentence."""
    settings, _ = ready
    file = _write(tmp_path, "b.toml", BULLETIN)

    for key in (file, tmp_path / "none.key"):
        done = command("bulletin", "publish", file, "--key", key, "--settings", settings)
        assert (2, 1) == (done.returncode, done.stderr.count("\n"))


def test_content_changes_one_document_and_leaves_the_others(ready: Any, tmp_path: Path, broker: Any, command: Any,
                                                            wait: Any) -> None:  # fmt: skip
    """Blobs by their digest first, then the manifest; a lower version is refused; JSON and TOML mean the same."""
    settings, _ = ready
    contacts = _write(tmp_path, "contacts.toml", EXAMPLES["contacts"])
    services = {"services": [{"key": "fuel", "icon": "pump", "sv": "Drivmedel", "en": "Fuel"}]}
    other = _write(tmp_path, "services.json", json.dumps(services))

    def publish(name: str, file: Path, version: int) -> Any:
        return command("content", "publish", name, file, "--version", version, "--settings", settings)

    assert [0, 0, 0] == [publish(*one).returncode for one in (("contacts", contacts, 1), ("services", other, 1),
                                                              ("services", other, 1))]  # fmt: skip
    contacts.write_text(EXAMPLES["contacts"].replace("96,8", "97,1"), "utf-8")
    assert 0 == publish("contacts", contacts, 2).returncode
    topic = topics.content("are-kall")
    wait(lambda: topic in broker.seen and b'"revision":3' in broker.seen[topic], "the third manifest")
    manifest = msgspec.json.decode(broker.seen[topic], type=Manifest)

    assert [("contacts", 2), ("services", 1)] == [(one.name, one.version) for one in manifest.documents]
    for one in manifest.documents:
        data = broker.seen[topics.blob("are-kall", one.sha256)]
        assert (one.sha256, one.size) == (sha256(data).hexdigest(), len(data))
    back = publish("contacts", other, 1)
    lower = publish("contacts", contacts, 1)
    assert (2, 2) == (back.returncode, lower.returncode)
    assert "give a higher one" in lower.stderr


def test_broker_that_is_away_loses_nothing(tmp_path: Path, settings_of: Any, command: Any, own_broker: Any,
                                           dashboard: Any, wait: Any) -> None:  # fmt: skip
    """The command says what happens next; the dashboard sends it when the broker is there."""
    text = settings_of(("are-kall",), own_broker.port).replace("answer_within_s = 20.0", "answer_within_s = 3.0")
    settings = _write(tmp_path, "dashboard.toml", text)
    contacts = _write(tmp_path, "contacts.toml", EXAMPLES["contacts"])
    command("bulletin", "keys", "--out", tmp_path / "keys")

    done = command("content", "publish", "contacts", contacts, "--version", 1, "--settings", settings)
    page = dashboard("are-kall", port=own_broker.port)
    html = page.get("/")[1]
    own_broker.start()

    assert 1 == done.returncode
    assert "it is kept" in done.stderr
    assert "Ingen kontakt med meddelandeservern" in html
    wait(lambda: topics.content("are-kall") in own_broker.seen, "the content")
