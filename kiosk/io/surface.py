"""What Kivy must be told before it is imported: no arguments, no files of its own, and where to draw."""

import logging
import os
from pathlib import Path

DRM = Path("/sys/class/drm")


def prepare(home: Path) -> bool:
    """Set the environment of this process; is it going to draw offscreen?"""
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1", KIVY_LOG_MODE="PYTHON", KIVY_HOME=str(home)
    )
    # the other window providers end the process from inside C when there is no display; nothing is ever copied here
    os.environ.update(KIVY_WINDOW="sdl2", KIVY_TEXT="sdl2", KIVY_CLIPBOARD="dummy", KIVY_IMAGE="sdl2")
    logging.getLogger("kivy").addFilter(lambda record: record.levelno >= logging.ERROR)
    if "SDL_VIDEODRIVER" not in os.environ and not _has_display():
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    return os.environ.get("SDL_VIDEODRIVER") == "offscreen"


def _has_display() -> bool:
    """A desktop, or a panel that the kernel sees on this computer's own connectors."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    try:
        return any(status.read_text("ascii").strip() == "connected" for status in DRM.glob("card*-*/status"))
    except OSError:
        return False
