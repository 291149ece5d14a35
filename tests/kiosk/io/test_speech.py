"""The real espeak-ng: it makes a sound, stops at once, and takes no text for a command."""

import os
import shutil
import signal
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.core.voice.loudness import Speech
from kiosk.core.voice.speaking import Spoken
from kiosk.io import speech, tone
from kiosk.io.speech import Voice
from kiosk.io.tone import Tone

LONG = "Det här är en ganska lång mening som tar en stund att läsa. " * 20


def spoken(text: str, voice: str = "sv") -> Spoken:
    """One text in one voice."""
    return Spoken(text, voice, voice)


def until(voice: Voice, done: Callable[[], bool], within_s: float = 60.0) -> None:
    """Tick as the screen does."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        voice.tick()
        if done():
            return
        time.sleep(0.02)
    raise AssertionError("not in time")


def loudest(file: Path) -> int:
    """The largest sample of a sound of 16 bits."""
    with wave.open(str(file)) as sound:
        data = sound.readframes(sound.getnframes())
    samples = (int.from_bytes(data[at : at + 2], "little", signed=True) for at in range(0, len(data), 2))
    return max((abs(sample) for sample in samples), default=0)


@pytest.mark.parametrize(
    ("voice", "text"), [("sv", "Koka vattnet"), ("fi", "Keitä vesi"), ("ar", "ماء"), ("en-gb", "Boil")]
)
def test_it_speaks_in_each_voice(tmp_path: Path, voice: str, text: str) -> None:
    """The sound is written to a file, and it is not silence."""
    file = tmp_path / "sound.wav"
    one = Voice(Speech(), pytest.fail, aside=("-w", str(file)))
    one.speak([spoken(text, voice)], 3)
    until(one, lambda: not one.speaking)

    assert 1000 < loudest(file)


def test_louder_is_louder(tmp_path: Path) -> None:
    """The level reaches the program."""
    found = []
    for level in (1, 5):
        file = tmp_path / f"{level}.wav"
        one = Voice(Speech(), pytest.fail, aside=("-w", str(file)))
        one.speak([spoken("Koka vattnet")], level)
        until(one, lambda one=one: not one.speaking)
        found.append(loudest(file))

    assert 2 * found[0] < found[1]


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pipe that nobody reads: whoever plays into it is in the middle of the sound for ever."""
    monkeypatch.setattr(speech, "END_S", 60.0)  # a program that was killed needs the processor once more to be gone
    read, write = os.pipe()
    yield write
    os.close(read)
    os.close(write)


def test_it_stops_at_once(deaf: int) -> None:
    """In the middle of a text the program is ended, and nothing of it is left."""
    one = Voice(Speech(), pytest.fail, aside=("--stdout",), output=deaf)
    one.speak([spoken(LONG)], 3)
    pid = one._running[0].pid
    assert one.tick()

    one.stop()

    assert not one.speaking
    assert not Path(f"/proc/{pid}").exists()


def test_new_words_end_the_old(deaf: int) -> None:
    """Never two voices at once."""
    one = Voice(Speech(), pytest.fail, aside=("--stdout",), output=deaf)
    one.speak([spoken(LONG)], 3)
    before = one._running[0].pid
    one.speak([spoken(LONG)], 3)

    assert not Path(f"/proc/{before}").exists()
    assert 1 == len(one._running)
    one.stop()


def test_texts_come_one_after_the_other(tmp_path: Path) -> None:
    """The place goes along, each text gets a program of its own, and then it is silent."""
    one = Voice(Speech(), pytest.fail, aside=("-w", str(tmp_path / "x.wav")))
    one.speak([spoken("ett"), spoken("two", "en-gb"), spoken("kolme", "fi")], 3)
    places = {one.place}
    until(one, lambda: places.add(one.place) or not one.speaking)

    assert {0, 1, 2} == places


def test_text_is_never_a_command(tmp_path: Path) -> None:
    """What looks like an option, a shell line or a file name is read aloud, or nothing; no file is made."""
    evil = tmp_path / "evil"
    one = Voice(Speech(), pytest.fail, aside=("-w", str(tmp_path / "x.wav")))
    for text in ("-w /etc/passwd", f"$(touch {evil}) `touch {evil}` ; touch {evil}", "--version", "\x00\x1b[2J"):
        one.speak([spoken(text)], 3)
        until(one, lambda: not one.speaking)

    assert not evil.exists()


def test_no_program_is_a_silent_screen() -> None:
    """Without a program nothing is offered and nothing happens."""
    for name in ("", "no-such-program-here"):
        one = Voice(Speech(program=name), pytest.fail)
        one.speak([spoken("hej")], 3)
        assert not one.available
        assert not one.speaking


def test_no_loudspeaker_is_one_sentence() -> None:
    """Where there is no sound device, the log says so, and nobody waits for the rest."""
    said: list[str] = []
    one = Voice(Speech(program=shutil.which("false") or "false"), said.append)
    one.speak([spoken("hej"), spoken("igen")], 3)
    until(one, lambda: not one.speaking)

    assert one.mute
    assert 1 == len(said)
    assert "check the loudspeaker" in said[0]


def test_piper_where_it_is_installed(tmp_path: Path) -> None:
    """Text on standard input, sound into the player at the voice's own rate; on reserve power espeak-ng."""
    piper, player, model = (tmp_path / name for name in ("piper", "player", "sv.onnx"))
    piper.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncat\n', "utf-8")
    player.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncat > {tmp_path}/heard\n', "utf-8")
    Path(f"{model}.json").write_text('{"audio": {"sample_rate": 16000}}', "utf-8")
    for program in (piper, player):
        program.chmod(0o755)
    settings = Speech(piper=str(piper), player=str(player), piper_voices={"sv": str(model)})
    one = Voice(settings, pytest.fail, aside=("-w", str(tmp_path / "thrifty.wav")))
    one.speak([spoken("Koka vattnet")], 5)
    until(one, lambda: not one.speaking)

    asked = (tmp_path / "asked").read_text("utf-8")
    assert f"--model {model} --volume 1.00 --output-raw" in asked
    assert "-r 16000" in asked
    assert "Koka vattnet\n" == (tmp_path / "heard").read_text("utf-8")

    one.speak([spoken("Koka vattnet")], 5, thrifty=True)
    until(one, lambda: not one.speaking)
    assert (tmp_path / "thrifty.wav").exists()


def test_a_program_that_is_killed_from_outside_ends_the_reading(deaf: int) -> None:
    """The screen goes on; the log has a sentence."""
    said: list[str] = []
    one = Voice(Speech(), said.append, aside=("--stdout",), output=deaf)
    one.speak([spoken(LONG)], 3)
    os.kill(one._running[0].pid, signal.SIGKILL)
    until(one, lambda: not one.speaking)

    assert 1 == len(said)


def heard_tone(one: Tone, level: int = 4, within_s: float = 30.0) -> None:
    """Sound it and wait for its end as the screen does."""
    one.sound(level)
    end = time.monotonic() + within_s
    while one.tick():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_tone_without_a_player_or_a_device_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real aplay without a sound card, no player at all, and a screen that is to be silent."""
    said: list[str] = []
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "none"))
    heard_tone(Tone(Speech(), said.append))
    heard_tone(Tone(Speech(player="no-such-player"), said.append))
    heard_tone(Tone(Speech(program=""), pytest.fail))

    assert 2 == len(said)
    assert "check the loudspeaker" in said[0]
    assert "install alsa-utils" in said[1]


def test_player_that_even_a_kill_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound driver that hangs holds it in the kernel: the screen goes on, and the next tone is tried."""
    said: list[str] = []
    player = tmp_path / "player"
    player.write_text("#!/bin/sh\nexec sleep 60\n", "utf-8")
    player.chmod(0o755)
    monkeypatch.setattr(tone, "LONGEST_S", 0.0)
    monkeypatch.setattr(tone, "END_S", 0.1)
    one = Tone(Speech(player=str(player)), said.append)
    one.sound(4)
    held = one._player
    assert held is not None
    monkeypatch.setattr(held, "kill", lambda: None)

    assert not one.tick()
    assert not one.sounding
    assert ["the tone of a warning was not heard (it hangs); check the loudspeaker and [speech] player"] == said
    os.kill(held.pid, signal.SIGKILL)
    held.wait(60)


def test_words_wait_for_the_tone(tmp_path: Path) -> None:
    """A voice that is asked to speak while it sounds begins when it is over, and says all."""
    file, sounding = tmp_path / "sound.wav", [True]
    one = Voice(Speech(), pytest.fail, aside=("-w", str(file)))
    one.waits = lambda: sounding[0]
    one.speak([spoken("Koka vattnet")], 3)
    for _ in range(5):
        assert one.tick()
    assert one.speaking
    assert not one._running
    sounding[0] = False
    until(one, lambda: not one.speaking)

    assert 1000 < loudest(file)


def test_words_that_wait_are_dropped_by_silence() -> None:
    """Whoever wants silence while the tone sounds gets it."""
    one = Voice(Speech(), pytest.fail)
    one.waits = lambda: True
    one.speak([spoken("Koka vattnet")], 3)
    one.stop()

    assert not one.speaking
    assert not one.tick()
