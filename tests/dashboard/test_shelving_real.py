"""Laying an alarm aside at the centre, played through a real gateway: it rests as long as was said, then it is back."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.messages import Alarms, decode
from contract.words import ClockQuality
from doors.clock import spec_of

from .sinks import dead_port

ROOT = Path(__file__).parents[2]
SITE = "are-rest"
RATE = 300.0
"""The rest of forty minutes is eight seconds here, in which the page must be seen."""


@pytest.fixture
def spec() -> str:
    """One fast clock for both."""
    return spec_of(RATE, 1_764_000_000_000, 600_000, f"boot-{time.time_ns()}", ClockQuality.SYNCED)


@pytest.fixture
def gateway(tmp_path: Path, broker: Any, own_broker: Any, spec: str) -> Iterator[Any]:
    """A real gateway whose controller does not answer, between its own broker and the central one."""
    own_broker.start()
    file, log = tmp_path / "gateway.toml", (tmp_path / "gateway.log").open("wb")
    file.write_text(
        f'[site]\nid = "{SITE}"\nplace = "Kall"\nsimulated = true\nstatus = "test"\n'
        f'[store]\npath = "{tmp_path}/gateway.db"\n[site_broker]\nurl = "mqtt://127.0.0.1:{own_broker.port}"\n'
        f'[central_broker]\nurl = "mqtt://127.0.0.1:{broker.port}"\nreconnect_max_s = 5\n[screens]\nexpected = 0\n'
        f'[[device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\ntcp = "127.0.0.1:{dead_port()}"\n', "utf-8",
    )  # fmt: skip
    command = [sys.executable, "-m", "gateway", "run", str(file), "--clock", spec]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    yield process
    process.kill()
    process.wait(10)
    log.close()


def _alarm(broker: Any) -> Any:
    """The alarm of the controller that does not answer; None while there is none."""
    told = broker.seen.get(topics.alarms(SITE))
    found = [one for one in decode(told, Alarms).alarms if one.device == "genset"] if told else []
    return found[0] if found else None


def test_alarm_rests_and_comes_back_by_itself(
    dashboard: Callable[..., Any], broker: Any, gateway: Any, wait: Callable[..., Any], spec: str
) -> None:
    """Shelved from the page of alarms: it says until when, and when that has passed it stands as before."""
    desk = dashboard(SITE, options=("--clock", spec))
    raised = wait(lambda: _alarm(broker), "the alarm", 45)
    body = {"who": "Carin", "idempotency_key": "key-of-rest-1", "key": raised.key, "device": raised.device,
            "for_s": 2400, "comment": "reparatören är på väg"}  # fmt: skip
    status, _ = desk.post(f"/sites/{SITE}/alarms/shelve", body)
    wait(lambda: (one := _alarm(broker)) and one.state.value == "shelved", "the rest", 45)
    resting = wait(lambda: (page := desk.get("/alarms?stage=aside")[1]) and "på väg" in page and page, "the page", 45)
    wait(lambda: _alarm(broker).state.value == "unacked", "the end of it", 45)
    words = ("okvitterat", "Kvittera")
    back = wait(
        lambda: all(one in (page := desk.get("/alarms?stage=open")[1]) for one in words) and page, "the page", 45
    )

    assert 202 == status
    assert "Vilar till" in resting
    assert "av Carin: reparatören är på väg" in resting or "Carin: reparatören är på väg" in resting
    assert raised.raised_seq == _alarm(broker).raised_seq
    assert "Kvittera" in back
    assert gateway.poll() is None
