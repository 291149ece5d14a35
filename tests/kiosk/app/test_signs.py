"""Signs of life to systemd: by frames, and only while the keeper lives."""

from kiosk.app.signs import KEEPER_SILENT_S, FrameWatch


class Watcher:
    """Counts what it is told."""

    heard, every_s = True, 1.0

    def __init__(self) -> None:
        self.pings = 0

    def ready(self, _sentence: str) -> bool:
        """Begun."""
        return True

    def alive(self) -> None:
        """A sign of life."""
        self.pings += 1


def pings(keeper: list[int]) -> int:
    """Signs of life of a screen that draws every second, while the keeper has said so much each time."""
    watcher = Watcher()
    watch = FrameWatch(watcher)  # type: ignore[arg-type]
    for second, taken in enumerate(keeper):
        watch.flipped()
        watch.keeper(taken, float(second))
        watch.ticked(float(second))
    return watcher.pings


def test_a_dead_keeper_ends_the_signs_of_life() -> None:
    """After five of its questions have not come; from its last word, or from the start where it never said any."""
    silent = int(KEEPER_SILENT_S)

    assert silent - 1 == pings([0] * (2 * silent))
    assert silent + 9 == pings([*range(11), *([10] * 2 * silent)])


def test_a_keeper_that_asks_keeps_the_screen_alive() -> None:
    """Once a minute is enough."""
    seconds = 3 * int(KEEPER_SILENT_S)

    assert seconds - 1 == pings([second // 60 for second in range(seconds)])
