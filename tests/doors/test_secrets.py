"""Secrets that others can read and settings that others can write are named before anything starts."""

import os
from pathlib import Path

import pytest

from doors import secrets
from doors.broker import BrokerSettings


@pytest.mark.parametrize(
    ("mode", "safe"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o620, False), (0o644, False)]
)
def test_secret_that_others_can_open_is_named_with_what_to_do(tmp_path: Path, mode: int, safe: bool) -> None:
    """The sentence holds the command; the content is not repeated."""
    file = tmp_path / "password"
    file.write_text("hemlig")
    file.chmod(mode)
    fault = secrets.secret_fault(file)

    assert safe is (fault is None)
    assert safe or f"run: chmod 600 {file}" in str(fault)
    assert "hemlig" not in str(fault)


@pytest.mark.parametrize(("mode", "safe"), [(0o600, True), (0o644, True), (0o646, False), (0o666, False)])
def test_settings_that_others_can_change_are_named(tmp_path: Path, mode: int, safe: bool) -> None:
    """Who can write the settings decides whom the program obeys."""
    file = tmp_path / "gateway.toml"
    file.touch()
    file.chmod(mode)
    fault = secrets.settings_fault(file)

    assert safe is (fault is None)
    assert safe or f"run: chmod go-w {file}" in str(fault)


def test_settings_that_a_foreign_group_can_change_are_named(tmp_path: Path) -> None:
    """The owner's own group (of the same number) is nobody else, any other group is."""
    file = tmp_path / "gateway.toml"
    file.touch()
    file.chmod(0o664)
    told = file.stat()
    same = told.st_gid == told.st_uid

    assert same is (secrets.settings_fault(file) is None)
    if os.geteuid() == 0:
        os.chown(file, 0, 12345)
        assert secrets.settings_fault(file) is not None


def test_folder_that_everybody_can_write_is_named(tmp_path: Path) -> None:
    """The file could be replaced there; a sticky folder like /tmp is safe."""
    folder = tmp_path / "open"
    folder.mkdir()
    file = folder / "password"
    file.touch(0o600)
    folder.chmod(0o777)
    told = secrets.secret_fault(file), secrets.settings_fault(file)
    folder.chmod(0o1777)

    assert all(f"run: chmod o-w {folder}" in str(fault) for fault in told)
    assert (None, None) == (secrets.secret_fault(file), secrets.settings_fault(file))


def test_credentials_of_systemd_have_their_own_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies under /run/credentials is for the service alone, whatever its mode; a way out of there is not."""
    monkeypatch.setattr(secrets, "CREDENTIALS", tmp_path / "run")
    (tmp_path / "run").mkdir()
    inside, outside = tmp_path / "run" / "key", tmp_path / "key"
    for file in (inside, outside):
        file.touch()
        file.chmod(0o444)
    (tmp_path / "run" / "link").symlink_to(outside)

    assert secrets.secret_fault(inside) is None
    assert secrets.secret_fault(outside) is not None
    assert secrets.secret_fault(tmp_path / "run" / "link") is not None


def test_what_is_no_file_or_not_there(tmp_path: Path) -> None:
    """A folder is no secret; one that is missing is for the reader to tell."""
    assert "is no file" in str(secrets.secret_fault(tmp_path))
    assert secrets.secret_fault(tmp_path / "gone") is None
    assert secrets.secret_fault("a\0b") is None


def test_all_secrets_of_a_broker_are_looked_at(tmp_path: Path) -> None:
    """Password and private key, each named by its setting; certificates are for everybody."""
    for name in ("password", "key", "crt"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    told = BrokerSettings(
        url="mqtts://broker.example", user="x", password_file=str(tmp_path / "password"),
        certificate_file=str(tmp_path / "crt"), key_file=str(tmp_path / "key"),
    )  # fmt: skip

    assert ["password_file", "key_file"] == [fault.split(":")[0] for fault in secrets.broker_faults(told)]
