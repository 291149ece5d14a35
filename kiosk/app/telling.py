"""What each frame shows, as a line of JSON: for whoever checks the screen itself from outside, not what it should show.

Only on demand (`--told FILE`): nothing of it is written in ordinary life.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from doors.clock import Clock
from kiosk.core.saving.lighting import Face
from kiosk.core.warnings.alert_view import AlertView
from kiosk.screens.crisis import Crisis
from kiosk.screens.root import Root
from kiosk.widgets.reading import readables


class Telling:
    """Appends to the file, one line a frame; without a file it does nothing."""

    def __init__(self, file: Path | None, clock: Clock, say: Callable[[str], None]) -> None:
        self._file = file
        self._clock = clock
        self._say = say

    def flipped(self, root: Root | None, face: Face, *, safe: bool) -> None:
        """A frame has reached the panel. `safe`: the safe page stands in the place of all others."""
        if self._file is None:
            return
        now = self._clock.read()
        line: dict[str, Any] = {"boot": now.boot, "up_ms": now.up_ms, "face": face.value, "safe": safe}
        if root is not None and not safe:
            line |= shown(root)
        try:
            with self._file.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
        except OSError as fault:
            self._say(f"what a frame shows cannot be told: {fault}; check --told and the disk")


def shown(root: Root) -> dict[str, Any]:
    """What is drawn: page and texts as they stand there, and the messages that they were made from."""
    view = root.view
    page = root.page.shown if isinstance(root.page, Crisis) else None
    return {
        "page": root.page_name,
        "owner": list(page.key) if page is not None and root.taken else None,
        "shown": list(page.key) if page is not None else None,
        "stamps": list(root.frame.stamps),
        "banner": view.banner.text if view.banner is not None and page is None else "",
        "clock": view.clock,
        "fresh": view.fresh,
        "power": view.power.text,
        "checked": view.checked.text,
        "alerts": [_alert(one) for one in view.alerts],
        "ended": [asdict(one) for one in view.ended],
        "texts": [one.item.text for one in readables(root, view.words.language)],
    }


def _alert(one: AlertView) -> dict[str, Any]:
    told = asdict(one)
    return {name: told[name] for name in (
        "source", "id", "serial", "status", "stamp", "level", "kind", "headline", "description", "until", "checked",
        "remark", "takes", "sure",
    )}  # fmt: skip
