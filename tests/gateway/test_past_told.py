"""The past of a site, asked for at its own broker and told by the whole gateway, with no centre in reach."""

import json
import time
from pathlib import Path

from .conftest import SITE, Listener, Site, eventually


def test_past_is_told_at_the_site_without_a_centre(brokers: Site, tmp_path: Path) -> None:
    """Each wish gets one answer by its name; a retained one and one that is none get none, and it goes on."""
    brokers.centre.kill()
    inside = Listener(brokers.local)
    inside.say("local/past/wish", wish("old"), retain=True)
    gateway = brokers.gateway(tmp_path).start()
    try:
        eventually(lambda: inside.all("up/status"), "a heartbeat")
        eventually(lambda: gateway.polled("genset") > 2, "polls")
        begin_ms = int(inside.all("up/status")[-1]["head"]["wall_ms"]) // 3_600_000 * 3_600_000

        def told() -> bool:
            """What was read and kept by now."""
            inside.say("local/past/wish", wish(f"w{time.monotonic()}", begin_ms))
            return bool(eventually(lambda: inside.all("local/past/answer"), "an answer")[-1]["lines"])

        inside.say("local/past/wish", b'{"id": 7}')
        eventually(told, "lines")
        answers = inside.all("local/past/answer")
        (line,) = answers[-1]["lines"]

        assert SITE == answers[-1]["head"]["site"]
        assert 60 == len(line["low"]) == len(line["high"])
        assert any(low is not None for low in line["low"])
        assert None in line["low"]
        assert "gateway_started" in [one["record"]["kind"] for one in answers[-1]["events"]]
        assert len(answers) == len({one["wish"] for one in answers})
        assert "old" not in {one["wish"] for one in answers}
        assert not answers[-1]["trouble"]
    finally:
        inside.stop()
        gateway.end()


def wish(name: str, begin_ms: int = 0) -> bytes:
    """Two hours by two minutes, of the signal that the plant moves."""
    return json.dumps(
        {"id": name, "from_ms": begin_ms, "step_ms": 120_000, "count": 60, "signals": ["generator.power"]}
    ).encode()
