"""The tone of a new warning, played by the player of `[speech]` (aplay); without a sound device there is none."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable

from kiosk.core.voice import tone
from kiosk.core.voice.loudness import Speech

LONGEST_S = 5.0
"""A player that takes longer than this for a sound of a second has hung."""
END_S = 2.0
MOST_SAID = 4000


class Tone:
    """One tone at a time. `tick` several times a second; nothing here waits for the sound, and nothing raises."""

    def __init__(self, settings: Speech, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._player: subprocess.Popen[bytes] | None = None
        self._begun_s = 0.0

    @property
    def sounding(self) -> bool:
        """Is it to be heard just now?"""
        return self._player is not None

    def sound(self, level: int) -> None:
        """Once, at one of the five levels; one that sounds already is enough."""
        program = shutil.which(self._settings.player)
        if self._player is not None or not self._settings.program:
            return
        if program is None:
            self._say(f"there is no {self._settings.player} to play the tone of a warning; install alsa-utils")
            return
        try:
            self._player = _played(program, tone.wav(level))
        except OSError as fault:
            self._say(f"the tone of a warning could not be played: {fault}; check [speech] in the settings")
        self._begun_s = time.monotonic()

    def tick(self) -> bool:
        """Does it still sound?"""
        if self._player is None:
            return False
        if self._player.poll() is None:
            if time.monotonic() - self._begun_s < LONGEST_S:
                return True
            self._kill()
        code, complaint = self._player.returncode, _read(self._player)
        self._player = None
        if code != 0:  # None: a driver that hangs holds it, and even a kill waits for that
            hangs = "it hangs" if code is None else f"exit code {code}"
            why = complaint.strip().splitlines()[-1:] or [hangs]
            self._say(f"the tone of a warning was not heard ({why[0]}); check the loudspeaker and [speech] player")
        return False

    def end(self) -> None:
        """Silence, at the end of the program."""
        if self._player is not None:
            self._kill()
            self._player.stderr.close()
            self._player = None

    def _kill(self) -> None:
        self._player.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._player.wait(END_S)


def _played(program: str, sound: bytes) -> subprocess.Popen[bytes]:
    """The player with the sound as its standard input: a file in memory, so that nobody waits for a full pipe."""
    memory = os.memfd_create("tone")
    try:
        with open(memory, "wb", closefd=False) as file:
            file.write(sound)
        os.lseek(memory, 0, os.SEEK_SET)
        process = subprocess.Popen(
            [program, "-q", "-"], stdin=memory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(memory)
    os.set_blocking(process.stderr.fileno(), False)
    return process


def _read(process: subprocess.Popen[bytes]) -> str:
    """What it complained about."""
    try:
        return os.read(process.stderr.fileno(), MOST_SAID).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        process.stderr.close()
