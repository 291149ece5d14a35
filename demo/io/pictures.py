"""PNGs of the dashboard, where Chromium is installed. The kiosk takes its own."""

import asyncio
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from demo.core.faults import CannotRun
from demo.io.processes import answer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WITHIN_S = 40.0
SETTLE_MS = 2500
"""Time for the page to draw its curves; it keeps a stream open, so the browser is told when to stop waiting."""
GENTLE = ("nice", "-n", "10") if shutil.which("nice") else ()
"""A picture from the middle of a run must not slow down what it shows."""
WIDE, PHONE = (1360, 900), (390, 844)


def browser() -> str | None:
    """The installed browser, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


async def picture(address: str, file: Path, size: tuple[int, int], profile: Path) -> str:
    """Save a page as a PNG: "" when it worked, else why not."""
    program = browser()
    if program is None:
        return "Chromium is not installed, so there is no picture of the dashboard"
    command = [
        *GENTLE,
        program,
        "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--lang=sv",
        f"--user-data-dir={profile}",
        f"--window-size={size[0]},{size[1]}",
        f"--timeout={SETTLE_MS}",
        f"--screenshot={file}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # its sandbox refuses root
        address,
    ]
    got = await answer(command, environment=dict(os.environ), within_s=WITHIN_S)
    if got.code or not _there(file):
        return f"no picture of {address}: {got.why}"
    return ""


def make(folder: Path) -> None:
    """A folder for pictures; raises CannotRun."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotRun(f"--shots {folder}: {fault.strerror}; choose another folder") from fault


def forget(profile: Path) -> None:
    """What the browser has written for itself is nobody's interest."""
    shutil.rmtree(profile, ignore_errors=True)


def copy(files: Iterable[Path], folder: Path) -> None:
    """Put these pictures into a folder too."""
    for file in files:
        shutil.copyfile(file, folder / file.name)


def _there(file: Path) -> bool:
    return file.is_file()


def kiosk_pictures(shots: Path) -> dict[Path, int]:
    """The pages that the kiosk has taken, and when."""
    return {file: file.stat().st_mtime_ns for file in shots.glob("kiosk-*.png")}


async def kiosk_pictures_newer(shots: Path, before: dict[Path, int], within_s: float) -> bool:
    """Wait until the kiosk has taken every page anew."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                now = kiosk_pictures(shots)
                if now and all(now.get(file, taken) != taken for file, taken in before.items()):
                    return True
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
