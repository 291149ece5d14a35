"""A warning holds the real screen; the screen is killed at that, before and after somebody has read it."""

import json
import signal
from pathlib import Path
from typing import Any

from contract.words import Status


class Told:
    """What the frames of one run showed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def frames(self) -> list[dict[str, Any]]:
        """All of them until now."""
        whole = self._file.read_text("utf-8").rpartition("\n")[0] if self._file.exists() else ""
        return [json.loads(line) for line in whole.splitlines()]

    def owners(self) -> list[str]:
        """By whom the screen was held, one after the other, "" for nobody."""
        names = [frame["owner"][1] if frame.get("owner") else "" for frame in self.frames()]
        return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


def drawn(folder: Path) -> list[dict[str, Any]]:
    """The screen's own log."""
    return [json.loads(line) for line in (folder / "drawn.jsonl").read_text("utf-8").splitlines()]


def test_a_killed_screen_holds_what_nobody_has_read(kiosk: Any, gateway: Any, house: Any) -> None:
    """Unread it takes the screen again, read it is a banner; a longer time its banner proves; no drill over it."""
    kiosk.start("keeper")
    house.wait_until(lambda: "connected" in kiosk.said("keeper"))
    gateway.picture()
    gateway.say(house.bulletin("b-held", 1, gateway.now()))
    for run in ("first", "second"):
        told = Told(kiosk.folder / f"{run}.jsonl")
        screen = kiosk.start("screen", "--told", str(kiosk.folder / f"{run}.jsonl"))
        house.wait_until(lambda told=told: "b-held" in told.owners(), 60)
        kiosk.stop(screen, signal.SIGKILL)

    (line,) = drawn(kiosk.folder)
    with (kiosk.folder / "drawn.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line | {"read": True}) + "\n")
    told = Told(kiosk.folder / "third.jsonl")
    kiosk.start("screen", "--told", str(kiosk.folder / "third.jsonl"))
    house.wait_until(lambda: any(frame.get("banner") for frame in told.frames()), 60)

    longer = {"msg_type": "update", "references": ("b-held",), "expires_ms": house.NOON * 2}
    gateway.say(house.bulletin("b-longer", 2, gateway.now(), **longer))
    house.wait_until(lambda: any(b'"b-longer"' in one for one in gateway.heard))

    gateway.say(house.bulletin("b-drill", 3, gateway.now(), status=Status.EXERCISE, incident="i-2"))
    house.wait_until(lambda: len(told.frames()[-1].get("alerts", ())) == 2)
    gateway.say(house.bulletin("b-longer", 2, gateway.now(), ended=True, **longer))
    house.wait_until(lambda: "b-drill" in told.owners())
    house.wait_until(lambda: any(b'"b-drill"' in one for one in gateway.heard))

    assert ["", "b-drill"] == told.owners()[-2:]
    assert not {"b-held", "b-longer"} & set(told.owners())
    assert ["ÖVNING"] == told.frames()[-1]["stamps"]
    receipts = {
        (one["number"], one["bulletin"], one["status"], one["why_not"]) for one in map(json.loads, gateway.heard)
    }
    assert {(1, "b-held", "actual", ""), (2, "b-longer", "actual", ""), (3, "b-drill", "exercise", "")} == receipts
    assert not [one for one in gateway.heard if b'"read"' in one or b'"gist"' in one]
