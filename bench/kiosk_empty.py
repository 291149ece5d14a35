"""An empty Kivy window with so many rounds a second, until it is told to stop: what the library itself costs."""

import sys
import tempfile
from pathlib import Path


def main(fps: int) -> None:
    """Nothing on it, and no clock but Kivy's own."""
    from kiosk.io.surface import prepare

    with tempfile.TemporaryDirectory() as home:
        prepare(Path(home))
        from kivy.config import Config

        for name, value in (("maxfps", fps), ("width", 1280), ("height", 800), ("multisamples", 2)):
            Config.set("graphics", name, str(value))
        from kivy.base import runTouchApp
        from kivy.uix.widget import Widget

        runTouchApp(Widget())


if __name__ == "__main__":
    main(int(sys.argv[1]))
