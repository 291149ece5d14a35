"""Two keepers on one cache: the second refuses, the first goes on; nobody waits for one that is gone."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import WrongUse
from kiosk.io import alone

ROOT = Path(__file__).resolve().parents[3]


def test_second_keeper_refuses_in_one_sentence_and_the_first_goes_on(site: Any, days: Any) -> None:
    """Exit code 2, nothing started; what comes afterwards is kept by the first, and after its kill -9 by the next."""
    first = site.start()
    site.until(lambda: site.state().checked)
    second = subprocess.run(
        [sys.executable, "-m", "kiosk", "keeper", str(site.file), "--clock", site.spec],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    days.add(do="vma", name="w", sv="Vatten")
    site.until(lambda: "Vatten" in site.alerts())
    site.stop(first, signal.SIGKILL)
    third = site.start()
    days.add(do="vma", name="x", sv="Storm")
    site.until(lambda: "Storm" in site.alerts())

    assert (2, 1) == (second.returncode, len(second.stderr.strip().splitlines()))
    assert f"another keeper works in {site.folder} already; stop that one, or give" in second.stderr
    assert third.poll() is None


def test_one_that_just_ends_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restart starts the new one while the old one still writes its last words."""
    monkeypatch.setattr(alone, "PATIENCE_S", 60.0)  # the old one may be slow to end on a busy machine
    hold = "import sys, time; from pathlib import Path; from kiosk.io.alone import alone;"
    hold += "alone(Path(sys.argv[1])); print('held', flush=True); time.sleep(0.5)"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "k.sqlite")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as old:
        assert old.stdout is not None
        assert "held\n" == old.stdout.readline()
        assert alone.alone(tmp_path / "k.sqlite") is not None


def test_card_that_takes_nothing_is_held_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written for it; and where there is no folder at all there is nothing that two could write."""
    monkeypatch.setattr(alone, "PATIENCE_S", 0.0)
    assert alone.alone(tmp_path / "k.sqlite") is not None
    with pytest.raises(WrongUse, match="another keeper works"):
        alone.alone(tmp_path / "k.sqlite")

    assert [] == list(tmp_path.iterdir())
    assert alone.alone(Path("/proc/no/such/k.sqlite")) is None
