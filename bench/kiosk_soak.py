"""A long run of the screen's widgets in a short time: `python -m bench.kiosk_soak [ROUNDS] [--seconds N]`.

Each round is what a day brings: pictures, an outage, a warning that comes, changes and ends, every page, larger text,
another theme and language, the page of a closed point. What grows from round to round is a leak: widgets alive, Kivy's
clock events, textures, resident memory. A JSON line now and then, the last one with the growth for each day; it comes
also when the time is over before the rounds are.
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.kiosk_house import bulletin, held, now_at
from bench.processes import PAGE
from contract.words import Power

ROUNDS = 200
MOST_S = 3600.0
SAMPLES = 20
SETTLED = 0.4
"""Part of the samples before everything has been made once and every cache is full."""
SITE = "bench"
FRAMES_A_PAGE = 1
LANGUAGES = ("sv", "en")


def counted() -> dict[str, float]:
    """What is alive now, after the rubbish is gone."""
    from kivy.clock import Clock
    from kivy.graphics.texture import Texture
    from kivy.uix.widget import Widget

    # by type, for a weak proxy in the list answers isinstance for somebody who may be gone
    gc.collect()
    alive = gc.get_objects()
    # 0 where Kivy's textures are not tracked by the collector; the widgets that hold them are
    textures = [one for one in alive if issubclass(type(one), Texture)]
    labels = [one for one in alive if issubclass(type(one), Widget) and getattr(one, "texture", None) is not None]
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return {
        "widgets": sum(issubclass(type(one), Widget) for one in alive),
        "textures": len({id(one) for one in textures} | {id(label.texture) for label in labels}),
        "texture_mb": round(sum(label.texture.width * label.texture.height * 4 for label in labels) / 1e6, 1),
        "clock_events": len(Clock.get_events()),
        "objects": len(alive),
        "rss_mb": round(pages * PAGE / 1e6, 1),
    }


def day(root: Any, number: int) -> Iterator[None]:
    """One round; a step for each frame."""
    from kiosk.core.look.style import Style
    from kiosk.core.view import view
    from kiosk.io.texts import words

    begins = number * 86_400_000
    for hour, power in enumerate((Power.ON_MAINS, Power.STARTING, Power.ON_RESERVE, Power.ON_MAINS)):
        language = LANGUAGES[hour // 2]  # every round ends as it began, so that rounds can be compared
        messages = (bulletin(SITE, number, changed=hour),) if hour in (1, 2) else ()
        seen = view(
            held(SITE, power, begins, messages), now_at(begins + hour * 3_600_000), words(language), SITE, False
        )
        if hour % 2:
            root.restyle(Style(5.2, larger=hour == 1, dark=hour == 3), seen)
        else:
            root.show(seen)
        for page in root.pages()[hour::4]:
            root.turn_to(page)
            root.ask(page == "power")
            for _ in range(FRAMES_A_PAGE):
                yield
            root.ask(False)
    root.turn_to("home")
    yield


def main(rounds: int, for_s: float) -> None:
    """Print what is alive now and then, and at the end what was left behind by each day."""
    began, found = time.monotonic(), list[dict[str, float]]()
    with tempfile.TemporaryDirectory() as home:
        root, frame = _window(Path(home))
        every = max(1, rounds // SAMPLES)
        for number in range(rounds):
            for _ in day(root, number):
                frame()
            over = time.monotonic() - began > for_s
            if (number + 1) % every == 0 or over:
                found.append({"round": number + 1, **counted()})
                print(json.dumps(found[-1]), flush=True)
            if over:
                break
    done = {"rounds": found[-1]["round"] if found else 0, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps({**done, "growth_mb_per_day": growth(found)}), flush=True)


def growth(found: list[dict[str, float]]) -> float | None:
    """MB a round after the beginning, as a straight line through what was counted; None for less than three counts."""
    late = found[int(len(found) * SETTLED) :]
    if len(late) < 3:
        return None
    return round(statistics.linear_regression([one["round"] for one in late], [one["rss_mb"] for one in late]).slope, 4)


def _window(home: Path) -> tuple[Any, Any]:
    """The widgets on an unseen window, and what draws one frame of it without waiting."""
    from kiosk.io.surface import prepare

    prepare(home)
    import kiosk.app.window
    from doors.broker import BrokerSettings
    from kiosk import config

    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"), screen=config.Screen(name="soak", width=800, height=480),
        )
    )  # fmt: skip
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from kiosk.core.look.style import Style
    from kiosk.core.view import view
    from kiosk.io.texts import words
    from kiosk.screens.root import Root

    seen = view(held(SITE, Power.ON_MAINS, 0), now_at(0), words("sv"), SITE, False)
    root = Root(seen, Style(5.2), lambda _: None)
    EventLoop.window.add_widget(root)
    EventLoop.start()
    Clock.idle = Clock.time  # no wait between two frames

    def frame() -> None:
        EventLoop.idle()
        EventLoop.window.mainloop()

    return root, frame


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="bench.kiosk_soak")
    asked.add_argument("rounds", nargs="?", type=int, default=ROUNDS, help="days to play")
    asked.add_argument("--seconds", type=float, default=MOST_S, help="stop after so long, whatever was played")
    given = asked.parse_args()
    main(max(1, given.rounds), min(MOST_S, given.seconds))
