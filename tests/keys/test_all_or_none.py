"""Files that belong together are written all or none, and every failure says what was done."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keys.core.faults import KeysError
from keys.io import files

from .conftest import Centre, Said, quiet

Keys = Callable[..., Said]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A new authority."""
    return Centre(tmp_path)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["missing/x.crt", "authority", "passphrase/x.crt"])
def test_site_stays_out_when_its_certificate_could_not_be_laid_down(centre: Centre, keys: Keys, place: str) -> None:
    """A place that cannot be written admits nobody: a locked-out site stays locked out, here and at the broker."""
    centre.admit("are-kall")
    target = centre.home / "mosquitto"
    (centre.folder / "authority.toml").write_text(f'[broker]\nfolder = "{target}"\nreload = ["true"]\n', "utf-8")
    keys("site", "lock", "are-kall", "--authority", centre.folder, *centre.asked())
    before = tree(centre.folder), tree(target)
    said = keys("site", "admit", centre.home / "box-are-kall.pem", "--readmit", "--days", 9, "--authority",
                centre.folder, "--out", centre.home / place, *centre.asked())  # fmt: skip

    assert said.code in (1, 2)
    assert 1 == len(said.err.splitlines())
    assert "was not touched" in said.err or "nothing was changed" in said.err
    assert before == (tree(centre.folder), tree(target))
    assert "are-kall" not in (target / "central.acl").read_text("utf-8")


def test_new_password_that_has_no_place_leaves_the_old_one_good(tmp_path: Path, keys: Keys) -> None:
    """A secret and the list that knows it change together or not at all, whichever of the two cannot be written."""
    quiet("mosquitto", "site", "--site", "are-kall", "--out", tmp_path / "site")
    quiet("account", "gateway", "--dir", tmp_path / "site", "--secret", tmp_path / "secret")
    before = tree(tmp_path)
    said = keys("account", "gateway", "--dir", tmp_path / "site", "--secret", tmp_path / "no" / "secret", "--replace")

    assert (1, before) == (said.code, tree(tmp_path))
    assert "nothing was changed" in said.err


def test_files_written_together_say_which_are_there(tmp_path: Path) -> None:
    """A fault after the first name was given is told with what is done; before it nothing is changed."""
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "full").write_bytes(b"")
    sheets = [files.Sheet(tmp_path / "first", b"1", 0o644), files.Sheet(tmp_path / "second", b"2", 0o644, True)]
    with pytest.raises(KeysError, match=f"second cannot be written: .*; written already: {tmp_path}/first; mend it"):
        files.write_all(sheets)

    assert ["first", "second"] == sorted(path.name for path in tmp_path.iterdir())
