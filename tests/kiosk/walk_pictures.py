"""Run by test_pictures_shown.py in a process of its own: opens posts whose pictures are good, bad and missing.

Argument: a folder. Prints as JSON what was shown and read aloud.
"""

import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

TURNS = 40


def broken() -> bytes:
    """A PNG whose head is right and whose pixels are not."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 900, 600, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"no zlib") + chunk(b"IEND", b"")


def resident_mb() -> float:
    """Of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main(home: Path) -> None:
    """Make a window, open, print."""
    from golden.painted import DIGEST, SCENE
    from golden.panels import PANELS
    from golden.stage import open_stage
    from golden.states import states
    from kiosk.io.texts import words

    seen = states()["day-pictures"].seen(words("sv"))
    stage = open_stage(PANELS["10-inch"], home, seen)
    from dataclasses import replace

    from kiosk.app.gallery import Gallery
    from kiosk.widgets.reading import readables

    asked: list[str] = []
    held = {DIGEST: SCENE, "b" * 64: broken(), "c" * 64: b"\xff\xd8 no jpeg", "d" * 64: SCENE}
    said: list[str] = []

    def read(digest: str) -> bytes | None:
        asked.append(digest)
        return held.get(digest)

    root, gallery = stage.root, Gallery(read, said.append)
    root._pictures = gallery.texture
    root.turn_to("section-events")
    stage.settle()
    page = root.page
    entry = next(one for one in page.entries if one.picture)

    def read_aloud() -> list[str]:
        return [one.item.text for one in readables(page, "sv") if one.item.text.startswith("Bild:")]

    def show(one: Any) -> list[int] | None:
        page.step_back()
        page.open(one)
        stage.settle()
        return None if page.texture is None else [int(side) for side in page.texture.size]

    told: dict[str, Any] = {"shown": show(entry), "read": read_aloud()}
    show(entry)
    told["decoded"] = len(asked)
    page.step_back()
    stage.settle()
    told |= {"closed": page.texture, "read_closed": read_aloud()}
    bad = [replace(entry, picture=letter * 64) for letter in "bce"]
    told["bad"], told["read_bad"] = [], []
    for one in (*bad, *bad):
        shown = show(one)
        if len(told["bad"]) < len(bad):
            told["bad"].append(shown)
            told["read_bad"].append(read_aloud())
    told["text_bad"] = " ".join(one.text for one in page.told)
    told["said"] = said
    by_turns = [entry, replace(entry, picture="d" * 64)]
    for one in by_turns * 3:
        show(one)
    before = resident_mb()
    for number in range(TURNS):
        assert show(by_turns[number % 2]) == [960, 640]
    told["grown_mb"] = resident_mb() - before
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
