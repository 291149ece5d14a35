"""Scripts of public feeds: refused with all faults, played by time, in the true shape of each source."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator import config
from simulator.core import feed_bodies
from simulator.core.faults import BadInput
from simulator.core.feed_script import CANCEL_STAYS_S, NEEDS, FeedScript, FeedStep

ROOT = Path(__file__).parents[2]
WALL_MS = 1_768_891_200_000


def script(*steps: dict[str, Any]) -> FeedScript:
    """A script of these steps."""
    return FeedScript(title="t", step=tuple(msgspec.convert(step, FeedStep) for step in steps))


def vma(day: FeedScript, at_s: float) -> list[dict[str, Any]]:
    """SR's list at that moment."""
    return json.loads(feed_bodies.vma(day, at_s, WALL_MS))["alerts"]


DAY = script(
    {"at_s": 10, "do": "vma", "name": "a", "sv": "Första", "areas": ["2321"]},
    {"at_s": 20, "do": "vma", "name": "b", "type": "update", "replaces": "a", "sv": "Andra"},
    {"at_s": 30, "do": "vma", "name": "c", "type": "cancel", "replaces": "b"},
)


def test_vma_lives_as_it_was_observed() -> None:
    """What is replaced leaves at once; all share the incident; the cancel has no info and leaves after six hours."""
    first, second, third = (vma(DAY, at_s) for at_s in (10, 20, 30))

    assert ([], 1, 1, 1) == (vma(DAY, 9), len(first), len(second), len(third))
    assert ("Alert", "Update", "Cancel") == (first[0]["msgType"], second[0]["msgType"], third[0]["msgType"])
    assert 1 == len({one[0]["incidents"] for one in (first, second, third)})
    assert first[0]["identifier"] in second[0]["references"]
    assert None is third[0]["info"]
    assert [] == vma(DAY, 31 + CANCEL_STAYS_S)


def test_smhi_and_krisinformation_edit_in_place() -> None:
    """The same name again is the same id with a later time."""
    day = script(
        {"at_s": 0, "do": "smhi", "name": "w", "level": "YELLOW", "areas": ["23"]},
        {"at_s": 0, "do": "krisinformation", "name": "n", "headline": "x"},
        {"at_s": 60, "do": "smhi", "name": "w", "level": "RED", "areas": ["23"]},
        {"at_s": 60, "do": "krisinformation", "name": "n", "headline": "y"},
        {"at_s": 90, "do": "gone", "feed": "smhi", "name": "w"},
    )
    old, new = (json.loads(feed_bodies.smhi(day, at_s, WALL_MS))[0]["warningAreas"][0] for at_s in (0, 60))
    was, now = (json.loads(feed_bodies.krisinformation(day, at_s, WALL_MS))[0] for at_s in (0, 60))

    assert (old["id"], old["created"]) == (new["id"], new["created"])
    assert old["published"] < new["published"]
    assert ("YELLOW", "RED") == (old["warningLevel"]["code"], new["warningLevel"]["code"])
    assert (was["Identifier"], was["Published"]) == (now["Identifier"], now["Published"])
    assert was["Updated"] < now["Updated"]
    assert [] == json.loads(feed_bodies.smhi(day, 90, WALL_MS))


@pytest.mark.parametrize("name", config.built_in("feeds"))
def test_scripts_of_the_program_are_read_by_the_parsers_of_the_kiosk(name: str) -> None:
    """At every quarter of an hour each body is a good answer, without a record that cannot be read."""
    pytest.importorskip("kiosk.feeds.vma")
    from kiosk.feeds import krisinformation, smhi
    from kiosk.feeds import vma as sr

    day = config.read_feeds(name)
    for at_s in range(0, 75 * 3600, 900):
        for make, read in (
            (feed_bodies.vma, sr),
            (feed_bodies.smhi, smhi),
            (feed_bodies.krisinformation, krisinformation),
        ):
            assert () == read.read(make(day, at_s, WALL_MS)).rejects


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ('at_s = 1\ndo = "vma"', "name is missing"),
        ('do = "vma"\nname = "a"', "exactly one of at_s and at_h"),
        ('at_s = 1\ndo = "vma"\nname = "a"\ntype = "cancel"', "needs `replaces`"),
        ('at_s = 1\ndo = "gone"\nfeed = "smhi"\nname = "a"', "nothing named 'a'"),
        ('at_s = 1\ndo = "trouble"\nfeed = "vma"\ntrouble = "falls-over"', "falls-over"),
        ('at_s = 1\ndo = "serve"\npath = "x"\nbody = "y"', "does not begin with /"),
        ('at_s = 1\ndo = "dance"', "dance"),
        ('at_s = 1\ndo = "vma"\nname = "a"\n[[step]]\nat_s = 0\ndo = "vma"\nname = "b"', "not in order of time"),
    ],
)
def test_wrong_script_is_refused(tmp_path: Path, step: str, sentence: str) -> None:
    """With what to do about it."""
    (tmp_path / "day.toml").write_text(f'title = "t"\n[[step]]\n{step}\n', "utf-8")
    with pytest.raises(BadInput) as told:
        config.read_feeds(str(tmp_path / "day.toml"))

    assert sentence in str(told.value)


def test_every_step_says_what_it_needs() -> None:
    """The table has a row for each."""
    (do,) = (field.type for field in msgspec.structs.fields(FeedStep) if field.name == "do")

    assert set(do.__args__) == NEEDS.keys()


def test_command_serves_on_the_clock_it_is_given() -> None:
    """One ready line with the addresses; an hour of the script is less than a second at that rate."""
    command = [sys.executable, "-m", "simulator", "feeds", "storm", "--clock", "rate=10000,wall_ms=1768891200000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            for _ in range(100):
                with urllib.request.urlopen(ready["feeds"]["krisinformation"], timeout=30) as answer:
                    told = json.loads(answer.read())
                    simulated = answer.headers["X-Sotpunkt-Simulated"]
                if told:
                    break
                time.sleep(0.05)
        finally:
            process.terminate()
            rest, errors = process.communicate(timeout=60)

    assert ("Storm väntas i norra Sverige", "1") == (told[0]["Headline"], simulated)
    assert json.loads(rest)["asked"]["krisinformation 200"] >= 1
    assert b"" == errors


def test_command_refuses_a_port_that_is_taken() -> None:
    """One sentence, and exit code 1."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "simulator", "feeds", "calm", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)

    assert (1, True) == (done.returncode, "choose another" in done.stderr)
    assert "Traceback" not in done.stderr
