"""The voice: espeak-ng, or Piper where it is installed, as programs of their own; without either the screen is silent.

The text goes to the program's standard input, never on a command line, and at most `MOST_LETTERS` of it. Whoever wants
silence ends the program.
"""

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.core.voice.loudness import AMPLITUDES, Speech
from kiosk.core.voice.pronounce import MOST_LETTERS
from kiosk.core.voice.speaking import Spoken

NO_SOUND_S = 0.5
"""A program that complains and ends sooner has made no sound."""
LONGEST_S = 240.0
"""No text of `MOST_LETTERS` takes longer; a program that does has hung."""
END_S = 2.0


class Voice:
    """Speaks a row of texts, one after the other. `tick` several times a second; nothing here waits for the sound.

    `aside`: further arguments of espeak-ng (`-w FILE` writes the sound to a file). `output`: where its sound goes when
    it is told to write it (`--stdout`). `waits`: is there another sound just now that goes first?
    """

    def __init__(
        self, settings: Speech, say: Callable[[str], None], *, aside: Sequence[str] = (), output: int | None = None
    ) -> None:
        self._settings = settings
        self._say = say
        self._aside = tuple(aside)
        self._output = subprocess.DEVNULL if output is None else output
        self._rows: list[Spoken] = []
        self._place = 0
        self._level = settings.volume
        self._thrifty = False
        self._running: list[subprocess.Popen[bytes]] = []
        self._begun_s = 0.0
        self._due = False
        self.waits: Callable[[], bool] = lambda: False
        self.mute = False
        """True after a program has ended without a sound: no loudspeaker, or none that it finds."""

    @property
    def available(self) -> bool:
        """Is there a program to speak with?"""
        return bool(self._settings.program) and shutil.which(self._settings.program) is not None

    @property
    def speaking(self) -> bool:
        """Is something being said, or about to be?"""
        return bool(self._running) or self._due

    @property
    def place(self) -> int:
        """Which of the texts is being said, counted from 0."""
        return self._place

    def speak(self, rows: Sequence[Spoken], level: int, *, thrifty: bool = False) -> None:
        """Say these instead of what is being said. `thrifty`: on reserve power the small program is enough."""
        self.stop()
        self._rows, self._place, self._level, self._thrifty = list(rows), 0, level, thrifty
        if self._rows and self.available:
            self._due = self.waits()
            if not self._due:
                self._begin()

    def stop(self) -> None:
        """Silence, at once."""
        for process in self._running:
            with contextlib.suppress(OSError):
                process.kill()
        for process in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_S)
            if process.stderr is not None:
                process.stderr.close()
        self._running, self._rows, self._due = [], [], False

    def tick(self) -> bool:
        """Go on to the next text when one has been said; is something still being said?"""
        if self._due and not self.waits():
            self._due = False
            self._begin()
        if not self._running:
            return self._due
        took_s = time.monotonic() - self._begun_s
        if self._running[-1].poll() is None and took_s < LONGEST_S:
            return True
        if self._silent(took_s):
            self.mute = True
            self.stop()
            return False
        rows, place = self._rows, self._place + 1
        self.stop()
        if place >= len(rows):
            return False
        self._rows, self._place = rows, place
        self._begin()
        return self.speaking

    def _silent(self, took_s: float) -> bool:
        """Did the program end without a sound? Then it is said once, and nobody waits for the rest."""
        last = self._running[-1]
        complaint = _read(last)
        lines = [line for line in complaint.splitlines() if "error" in line.lower()]
        if last.returncode or (took_s < NO_SOUND_S and lines):
            why = lines[-1].strip() if lines else f"exit code {last.returncode}"
            self._say(f"nothing could be read aloud ({why}); check the loudspeaker and [speech] in the settings")
            return True
        return False

    def _begin(self) -> None:
        row = self._rows[self._place]
        self._begun_s = time.monotonic()
        model = "" if self._thrifty else self._settings.piper_voices.get(row.language, "")
        try:
            if model and shutil.which(self._settings.piper) and shutil.which(self._settings.player):
                self._running = self._piper(model)
            else:
                self._running = [self._espeak(row.voice)]
            head = self._running[0].stdin
            with contextlib.suppress(BrokenPipeError):
                head.write(row.text[:MOST_LETTERS].encode() + b"\n")  # far less than a pipe holds: nobody waits
            with contextlib.suppress(BrokenPipeError):
                head.close()
        except OSError as fault:
            self._say(f"nothing could be read aloud: {fault}; check [speech] in the settings")
            self.mute = True
            self.stop()

    def _espeak(self, voice: str) -> subprocess.Popen[bytes]:
        pace, loud = str(self._settings.words_per_minute), str(AMPLITUDES[self._level - 1])
        command = [self._settings.program, "-v", voice, "-s", pace, "-a", loud, *self._aside, "--stdin"]
        return _start(command, output=self._output)

    def _piper(self, model: str) -> list[subprocess.Popen[bytes]]:
        volume = f"{AMPLITUDES[self._level - 1] / AMPLITUDES[-1]:.2f}"
        speaks = _start(
            [self._settings.piper, "--model", model, "--volume", volume, "--output-raw"], output=subprocess.PIPE
        )
        self._running = [speaks]
        rate = str(_rate(Path(f"{model}.json")))
        plays = _start(
            [self._settings.player, "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", rate, "-"],
            source=speaks.stdout, output=subprocess.DEVNULL,
        )  # fmt: skip
        speaks.stdout.close()
        return [speaks, plays]


def _start(command: list[str], *, output: int, source: object = subprocess.PIPE) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stdin=source, stdout=output, stderr=subprocess.PIPE, start_new_session=True)
    os.set_blocking(process.stderr.fileno(), False)
    return process


def _rate(settings: Path) -> int:
    """Samples a second of a Piper voice, from the file beside its model."""
    try:
        return int(json.loads(settings.read_text("utf-8"))["audio"]["sample_rate"])
    except (OSError, ValueError, KeyError, TypeError):
        return 22_050


def _read(process: subprocess.Popen[bytes]) -> str:
    """What a program that has ended complained about."""
    try:
        return os.read(process.stderr.fileno(), 4000).decode("utf-8", "replace")
    except (OSError, AttributeError):
        return ""
