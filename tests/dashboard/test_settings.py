"""The settings file and the command line: every fault in one sentence, nothing half-started."""

import re
import socket
from pathlib import Path
from typing import Any

import pytest

from dashboard import config

ROOT = Path(__file__).parents[2]
README = (ROOT / "dashboard" / "README.md").read_text("utf-8")


def test_example_passes_the_check(command: Any) -> None:
    """The example beside the program is good."""
    done = command("check", ROOT / "dashboard" / "example.toml")

    assert (0, "") == (done.returncode, done.stderr)
    assert "2 sites" in done.stdout


SITE = '[[site]]\nid = "a"\nplace = "A"\nin_service = true\n'
GOOD = 'broker = {url = "mqtt://127.0.0.1:1"}\nstore = {path = "a.sqlite"}\n' + SITE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('web = {host = "0.0.0.0"}\nsign_in = {required = false}\n' + GOOD, "take required = false away"),
        ('web = {host = "0.0.0.0"}\n' + GOOD, "give certificate_file and key_file"),
        ('web = {host = "shop"}\nview = {mode = "site"}\n' + GOOD, "is no address"),
        ('web = {certificate_file = "a.crt"}\n' + GOOD, "belong together"),
        ("web = {prot = 1}\n" + GOOD, "did you mean port?"),
        (GOOD.replace("mqtt://", "http://"), "[broker] url"),
        (GOOD + SITE, "stands twice"),
        (GOOD.replace('"a"', '"A b"'), "is not a name of a-z"),
        ('view = {timezone = "Mars"}\n' + GOOD, "Europe/Stockholm"),
        ('view = {mode = "site"}\n' + GOOD + SITE.replace('"a"', '"b"'), "shows one site"),
        ("[[", "is not TOML"),
    ],
)  # fmt: skip
def test_fault_in_the_settings_is_told(tmp_path: Path, asked: Any, text: str, sentence: str) -> None:
    """Exit code 2, the fault in words, no traceback, no store made."""
    file = tmp_path / "dashboard.toml"
    file.write_text(text, "utf-8")

    code, out, said = asked(file)

    assert (2, "") == (code, out)
    assert sentence in said
    assert [file] == list(tmp_path.iterdir())


def test_file_that_is_not_there_is_told(tmp_path: Path, command: Any) -> None:
    """The path is named."""
    done = command("run", tmp_path / "none.toml")

    assert 2 == done.returncode
    assert "check the path" in done.stderr


def test_clock_is_refused_for_a_site_in_service(tmp_path: Path, command: Any) -> None:
    """Nobody's real site runs on another clock."""
    (tmp_path / "d.toml").write_text(GOOD, "utf-8")

    done = command("run", tmp_path / "d.toml", "--clock", "rate=20")

    assert 2 == done.returncode
    assert "a is in service" in done.stderr


def test_taken_port_is_one_sentence(tmp_path: Path, command: Any) -> None:
    """Exit code 1, and no store is made."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / "d.toml").write_text(f"web = {{port = {taken.getsockname()[1]}}}\n" + GOOD, "utf-8")

        done = command("run", tmp_path / "d.toml")

    assert 1 == done.returncode
    assert 1 == done.stderr.count("\n")
    assert "choose another [web] port" in done.stderr
    assert not (tmp_path / "a.sqlite").exists()


@pytest.mark.parametrize("content", [b"this is no database, and long enough to be looked at" * 100, None])
def test_store_that_is_none_is_one_sentence(tmp_path: Path, command: Any, content: bytes | None) -> None:
    """A file that is no store, or a folder in its place: exit code 1, no traceback."""
    (tmp_path / "d.toml").write_text("web = {port = 0}\n" + GOOD, "utf-8")
    if content is None:
        (tmp_path / "a.sqlite").mkdir()
    else:
        (tmp_path / "a.sqlite").write_bytes(content)

    done = command("run", tmp_path / "d.toml")

    assert 1 == done.returncode
    assert "a.sqlite" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_setting_and_command_is_explained() -> None:
    """The README names every setting of every table, and every command."""
    shown = set(re.findall(r"^\| `([^`]+)`", README, re.MULTILINE))
    structs = {
        "web": config.Web, "sign_in": config.SignInSettings, "store": config.StoreSettings, "view": config.View,
        "broker": config.BrokerSettings, "site": config.Site,
    }  # fmt: skip
    wanted = {f"{table}.{name}" for table, struct in structs.items() for name in struct.__struct_fields__}

    assert set() == wanted - shown
    assert all(
        f"sotpunkt-dashboard {name}" in README
        for name in ("run", "check", "bulletin", "content", "counts", "setup-link", "account")
    )
