"""Two screens on one cache: the second refuses, and the first goes on being woken."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import WrongUse
from kiosk.io import alone

from .conftest import wait_until


def test_second_screen_refuses_in_one_sentence_and_the_first_stays(kiosk: Any) -> None:
    """Exit code 2, no window, the socket of the first untouched; a kill -9 of the first leaves room for the next."""
    first = kiosk.start("screen")
    socket = kiosk.folder / "wake.sock"
    wait_until(socket.exists)
    before = socket.stat().st_ino
    second = kiosk.call("screen", "--seconds", "1")

    assert (2, 1) == (second.returncode, len(second.stderr.strip().splitlines()))
    assert f"another screen draws what lies in {kiosk.folder} already; stop that one" in second.stderr
    assert (None, before) == (first.poll(), socket.stat().st_ino)
    kiosk.stop(first, 9)
    assert alone.alone_on(kiosk.cache, kiosk.folder / "kivy") is not None


def test_screen_and_keeper_are_not_in_each_others_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a folder of its own; another screen there is refused."""
    monkeypatch.setattr(alone, "PATIENCE_S", 0.0)
    cache, home = tmp_path / "k.sqlite", tmp_path / "kivy"
    assert alone.alone(cache) is not None
    assert alone.alone_on(cache, home) is not None
    with pytest.raises(WrongUse, match="another screen draws"):
        alone.alone_on(cache, home)
