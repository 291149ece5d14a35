"""What the screen's rounds and its frames cost, apart: `python -m bench.kiosk_costs FILE`, JSON.

A round wakes up, looks after visitor, power and keeper, and draws only what has changed. First the real screen is left
alone, then every round is made to draw the whole page.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ALONE_S = 25.0
MEASURED_S = 15.0


def main(file: Path) -> None:
    """Run, print, end."""
    from kiosk import config
    from kiosk.io.surface import prepare

    settings = config.load(file)
    prepare(settings.cache_path.parent / "kivy")
    import kiosk.app.window
    from doors.clock import Clock
    from kiosk.app.screen import Screen

    kiosk.app.window.open_window(settings)
    screen = Screen(settings, Clock(), shots=None, seconds=None)
    from kivy.clock import Clock as Frames

    steps = _measured(screen)

    def step(_seconds: float) -> None:
        if next(steps, steps) is steps:
            screen._stopping = True

    Frames.schedule_interval(step, 0)
    try:
        kiosk.app.window.KioskApp(screen).run()
    finally:
        screen.close()


def _measured(screen: Any) -> Iterator[None]:
    """A step for each round."""
    from kivy.base import EventLoop

    flips: list[float] = []
    EventLoop.window.bind(on_flip=lambda *_: flips.append(time.monotonic()))
    yield from _for(ALONE_S)
    found: list[tuple[float, int, int, float]] = []
    for drawing in (False, True):
        flips.clear()
        rounds, began_s, cpu_s = 0, time.monotonic(), time.process_time()
        for _ in _for(MEASURED_S):
            rounds += 1
            if drawing:
                EventLoop.window.canvas.ask_update()
            yield
        found.append((time.process_time() - cpu_s, rounds, len(flips), time.monotonic() - began_s))
    (quiet_s, rounds, few, took_s), (busy_s, more, many, _) = found
    frame_s = (busy_s / more - quiet_s / rounds) / max(0.01, many / more - few / rounds)
    wake_s = (quiet_s - few * frame_s) / rounds
    print(
        json.dumps(
            {
                "wake_up_ms": round(1000 * wake_s, 2), "frame_ms": round(1000 * frame_s, 2),
                "wake_ups_per_s": round(rounds / took_s, 1), "idle_frames_per_s": round(few / took_s, 2),
                "idle_tier": screen.lasting.saving.tier.value, "idle_fresh": screen.root.view.fresh,
            }
        ),
        flush=True,
    )  # fmt: skip


def _for(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


if __name__ == "__main__":
    main(Path(sys.argv[1]))
