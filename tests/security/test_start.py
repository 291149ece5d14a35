"""No program starts on a secret that others can read, or on settings that others can change."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECRET = "hemligheten-själv"
BROKER = 'url = "mqtt://127.0.0.1:1"\nuser = "me"\npassword_file = "{password}"\n'
FILES = {
    "gateway": '[site]\nid = "are-kall"\nplace = "Kall"\n[store]\npath = "{store}"\n[site_broker]\n' + BROKER,
    "kiosk": '[site]\nid = "are-kall"\n[cache]\npath = "{store}"\n[screen]\nname = "butiken"\n[broker]\n' + BROKER,
    "dashboard": '[store]\npath = "{store}"\n[web]\nport = 0\n[[site]]\nid = "are-kall"\nplace = "Kall"\n'
    "in_service = false\n[broker]\n" + BROKER,
}
START = {"gateway": ("run",), "kiosk": ("keeper",), "dashboard": ("run",)}


class Given:
    """A program's settings file with its password file."""

    def __init__(self, folder: Path, program: str) -> None:
        self.program = program
        self.password = folder / "password"
        self.password.write_text(SECRET)
        self.password.chmod(0o600)
        self.settings = folder / f"{program}.toml"
        text = FILES[program].format(password=self.password, store=folder / "store.db")
        self.settings.write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The program as a process."""
        words = [sys.executable, "-m", self.program, *command, str(self.settings)]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.fixture(params=list(FILES))
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Given:
    """Each of the programs."""
    return Given(tmp_path, request.param)


def refused(answer: subprocess.CompletedProcess[str], given: Given, words: str) -> bool:
    """Exit code 2, what to do, no traceback, not the secret; nothing was started."""
    assert (2, "") == (answer.returncode, answer.stdout)
    assert SECRET not in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (given.settings.parent / "store.db").exists()
    return words in answer.stderr


def test_program_refuses_secrets_and_settings_that_are_not_its_own(given: Given) -> None:
    """A loose password, then loose settings: the sentence holds the command that repairs it, and then it is well."""
    given.password.chmod(0o644)
    loose = given.run(*START[given.program])
    given.password.chmod(0o600)
    given.settings.chmod(0o666)
    open_to_all = given.run(*START[given.program])
    given.settings.chmod(0o644)
    well = given.run("check")

    assert refused(loose, given, f"password_file: {given.password} is a secret that others of this machine can read; "
                                 f"run: chmod 600 {given.password}")  # fmt: skip
    assert refused(open_to_all, given, f"run: chmod go-w {given.settings}")
    assert (0, "") == (well.returncode, well.stderr)


def test_private_key_of_a_site_is_looked_at_too(tmp_path: Path) -> None:
    """The key of the certificate, as the password."""
    given = Given(tmp_path, "gateway")
    key = tmp_path / "site.key"
    key.write_text(SECRET)
    key.chmod(0o640)
    with given.settings.open("a") as file:
        file.write(f'[central_broker]\nurl = "mqtts://h"\ncertificate_file = "{tmp_path}/c"\nkey_file = "{key}"\n')

    assert refused(given.run("run"), given, f"[central_broker] key_file: {key} is a secret that others")


def test_bulletin_is_not_signed_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    """Somebody else could speak on the screens with it."""
    given = Given(tmp_path, "dashboard")
    key = tmp_path / "bulletin.key"
    key.write_text(SECRET)
    key.chmod(0o644)
    words = ["bulletin", "publish", str(tmp_path / "b.toml"), "--key", str(key), "--settings"]

    assert refused(given.run(*words), given, f"run: chmod 600 {key}")
