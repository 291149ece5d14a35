"""The key of programs for nodes, and the folders that it signs."""

import base64
import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder with a small program."""
    folder = tmp_path / "program"
    (folder / "node/core").mkdir(parents=True)
    (folder / "node/app.py").write_text("def main(root, slot, trial):\n    pass\n", "utf-8")
    (folder / "node/core/tank.mpy").write_bytes(b"M\x06\x00\x1f")
    return folder


@pytest.fixture
def key(tmp_path: Path, keys: Callable[..., Any]) -> Path:
    """A key of programs."""
    assert 0 == keys("firmware", "new", tmp_path / "key").code
    return tmp_path / "key"


def test_key_is_secret_and_never_written_over(key: Path, keys: Callable[..., Any]) -> None:
    """Mode 0600, a public half of one line, and a second `new` changes nothing."""
    before = (key / "firmware.key").read_bytes()

    answer = keys("firmware", "new", key)

    assert 2 == answer.code
    assert "firmware.key is there already and was not touched" in answer.err
    assert before == (key / "firmware.key").read_bytes()
    assert 0o600 == stat.S_IMODE((key / "firmware.key").stat().st_mode)
    assert 128 == len((key / "firmware.pub").read_text("utf-8").strip())
    assert 0 == keys("check", key).code


def test_signature_fits_manifest_and_files(key: Path, program: Path, keys: Callable[..., Any]) -> None:
    """Version, boards, and of every file size and hash; signed with the key whose public half nodes hold."""
    answer = keys("firmware", "sign", program, "--key", key, "--board", "esp32=1.29", "--board", "pico-w=1.30")

    assert (0, "", True) == (answer.code, answer.err, "signed as version 1 for esp32, pico-w" in answer.out)
    body = (program / "manifest.json").read_bytes()
    told = json.loads(body)
    assert {"esp32": [1, 29], "pico-w": [1, 30]} == told["min_board"]
    listed = (program / "files.txt").read_bytes()
    assert [len(listed), hashlib.sha256(listed).hexdigest()] == told["list"]
    rows = [
        f"{hashlib.sha256((program / path).read_bytes()).hexdigest()} {(program / path).stat().st_size} {path}"
        for path in ("node/app.py", "node/core/tank.mpy")
    ]
    assert rows == listed.decode().splitlines()
    signature = base64.b64decode((program / "manifest.sig").read_text("utf-8"))
    point = b"\x04" + bytes.fromhex((key / "firmware.pub").read_text("utf-8"))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(encode_dss_signature(r, s), body, ec.ECDSA(hashes.SHA256()))


def test_no_number_is_given_twice(key: Path, program: Path, keys: Callable[..., Any]) -> None:
    """The next version is one more; another program under a used number is refused, the same one is signed again."""

    def version() -> int:
        return json.loads((program / "manifest.json").read_bytes())["version"]

    assert 0 == keys("firmware", "sign", program, "--key", key, "--version", 7).code
    assert 0 == keys("firmware", "sign", program, "--key", key, "--version", 7).code
    (program / "node/new.py").write_text("x = 1\n", "utf-8")
    answer = keys("firmware", "sign", program, "--key", key, "--version", 7)
    assert 2 == answer.code
    assert "this key has signed version 7, and nodes take only newer ones" in answer.err
    assert 0 == keys("firmware", "sign", program, "--key", key).code
    assert 8 == version()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("README.md", "only .py and .mpy belong there"),
        ("node/Big.py", "only .py and .mpy belong there"),
        ("main.py", "has the name of a file of the board itself"),
        ("a/b/c/d/e/f.py", "is deeper than 5 levels"),
        ("node/core/tank.py", "is there as .py and as .mpy"),
    ],
)
def test_folder_that_no_node_takes_is_not_signed(
    key: Path, program: Path, keys: Callable[..., Any], path: str, says: str
) -> None:
    """One sentence, and no manifest."""
    (program / path).parent.mkdir(parents=True, exist_ok=True)
    (program / path).touch()

    answer = keys("firmware", "sign", program, "--key", key)

    assert 2 == answer.code
    assert says in answer.err
    assert 1 == answer.err.count("\n")
    assert not (program / "manifest.json").exists()


def test_links_and_large_files_are_not_signed(key: Path, program: Path, keys: Callable[..., Any]) -> None:
    """A link may lead anywhere; a file beyond 96 KiB has no room."""
    (program / "node/link.py").symlink_to("/etc/hostname")
    link = keys("firmware", "sign", program, "--key", key)
    (program / "node/link.py").unlink()
    (program / "node/large.py").write_bytes(bytes(98305))
    large = keys("firmware", "sign", program, "--key", key)

    assert (2, True) == (link.code, "is a link or no file" in link.err)
    assert (2, True) == (large.code, "has 98305 bytes, a node takes 98304" in large.err)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--board", "esp32"), "write the board and the oldest MicroPython"),
        (("--version", "0"), "is not a whole number from 1 to 999999999"),
        (("--version", "9" * 5000), "--version"),
    ],
)
def test_mistakes_of_the_call_are_said(
    key: Path, program: Path, keys: Callable[..., Any], arguments: tuple, says: str
) -> None:
    """Exit code 2, nothing signed."""
    answer = keys("firmware", "sign", program, "--key", key, *arguments)

    assert 2 == answer.code
    assert says in answer.err
    assert not (program / "manifest.json").exists()


def test_wrong_folders_are_said(key: Path, tmp_path: Path, program: Path, keys: Callable[..., Any]) -> None:
    """No key, an open key, a key of bulletins, a damaged memory, no program: one sentence each."""
    keys("bulletin-key", "new", tmp_path / "bulletins", "--today", "2026-11-23")
    (tmp_path / "other").mkdir(0o700)
    (tmp_path / "other/firmware.key").write_bytes((tmp_path / "bulletins/bulletin.key").read_bytes())
    (tmp_path / "other/firmware.key").chmod(0o600)
    (tmp_path / "empty").mkdir()
    answers = [
        keys("firmware", "sign", program, "--key", tmp_path / "nowhere"),
        keys("firmware", "sign", program, "--key", tmp_path / "other"),
        keys("firmware", "sign", tmp_path / "nowhere", "--key", key),
        keys("firmware", "sign", tmp_path / "empty", "--key", key),
    ]
    (key / "signed.json").write_text("{", "utf-8")
    answers.append(keys("firmware", "sign", program, "--key", key))
    (key / "signed.json").unlink()
    (key / "firmware.key").chmod(0o644)
    answers.append(keys("firmware", "sign", program, "--key", key))

    assert [2] * 6 == [answer.code for answer in answers]
    assert [1] * 6 == [answer.err.count("\n") for answer in answers], answers
    assert not (program / "manifest.json").exists()
