"""The note of the last starts: kept in memory's own folder, and never a reason not to start."""

from pathlib import Path

import pytest

from gateway.core.box.restarts import FREE
from gateway.io.starts import NAME, StartsNote


def test_starts_are_counted_until_one_ends_well(tmp_path: Path) -> None:
    """Each start reads what the one before it wrote."""
    counts = [StartsNote(tmp_path).begin("boot", second * 1000).count for second in range(FREE + 2)]
    StartsNote(tmp_path).end_well()

    assert [*range(1, FREE + 3)] == counts
    assert 1 == StartsNote(tmp_path).begin("boot", 60_000).count


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"null", b'{"boot": 7}', b"[" * 100_000])
def test_a_damaged_note_is_no_note(body: bytes, tmp_path: Path) -> None:
    """A half-written or strange file counts nothing."""
    (tmp_path / NAME).write_bytes(body)

    assert 1 == StartsNote(tmp_path).begin("boot", 1000).count


def test_without_a_folder_nothing_is_counted(tmp_path: Path) -> None:
    """By hand, or where the folder is gone: every start is the first."""
    for folder in (None, tmp_path / "gone"):
        note = StartsNote(folder)
        note.begin("boot", 1000)
        note.end_well()

        assert (1, 0.0) == (note.begin("boot", 2000).count, note.begin("boot", 3000).wait_s)
