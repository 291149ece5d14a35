"""A real gateway whose clock is wrong: in 1970, then right, then stepped. Nothing is lost, everything gets its time.

A few lines of C stand before the wall clock and before the kernel's word about it; uptime and all timers are the real
ones.
"""

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bulletins import Bulletin, SignedBulletin, Words
from contract.messages import encode
from contract.orders import Order, Orders, SetClock
from contract.packing import unpack
from contract.topics import up_all
from contract.words import ClockQuality, Status
from doors.clock import Clock, spec_of

from .conftest import RATE, ROOT, SITE, Gateway, Site, eventually
from .conftest import Listener as Ear

BOX = """
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>
int adjtimex(struct timex *said) {
  memset(said, 0, sizeof *said);
  said->status = access(getenv("CLOCK_HELD"), F_OK) == 0 ? 0 : STA_UNSYNC;
  return said->status ? TIME_ERROR : TIME_OK;
}
int clock_gettime(clockid_t which, struct timespec *now) {
  int answer = syscall(SYS_clock_gettime, which, now);
  long ahead = 0;
  if (which == CLOCK_REALTIME) {
    FILE *file = fopen(getenv("CLOCK_AHEAD"), "r");
    if (file && fscanf(file, "%ld", &ahead) == 1) now->tv_sec += ahead;
    if (file) fclose(file);
  }
  return answer;
}
"""
"""libfaketime cannot be used: it stalls the threads of a program whose clock it makes jump."""
HOUR_MS = 3_600_000
IN_2038_S = 400_000_000
NEAR_MS = 5000
BACK_S = -25 * 3600
"""Backwards over a midnight, whenever that is."""


class Listener(Ear):
    """Somebody at a broker who reads what was packed for the paid way."""

    def all(self, topic: str) -> list[dict[str, Any]]:
        """Everything heard on one topic of the site, in order."""
        heard = [payload for told, payload in list(self.heard) if told == f"{up_all(SITE)[: -len('up/#')]}{topic}"]
        return [json.loads(unpack(payload, 2**20)) for payload in heard]


class Boxed(Gateway):
    """A gateway on a box whose wall clock and kernel say what the test wants."""

    def __init__(self, made: Gateway, folder: Path) -> None:
        self.__dict__.update(made.__dict__)
        settings = self._settings.read_text("utf-8")
        self._settings.write_text(
            settings.replace("[store]\n", "[store]\ncommit_every_s = 0.5\n").replace(
                "sample_every_s = 10", "sample_every_s = 1"
            ),
            "utf-8",
        )
        self._held, self._offset = folder / "held", folder / "offset"
        clocks, source = folder / "clocks.so", folder / "clocks.c"
        source.write_text(BOX, "utf-8")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(clocks), str(source)], check=True)
        own = {"LD_PRELOAD": str(clocks), "CLOCK_HELD": str(self._held), "CLOCK_AHEAD": str(self._offset)}
        self._env = os.environ | own

    def shows(self, ahead_s: int, *, held: bool) -> None:
        """The system's clock is so far ahead of the right one; do time servers hold it?"""
        if not held:  # before the jump: nobody may vouch for it, not even for a moment
            self._held.unlink(missing_ok=True)
        whole = self._offset.with_suffix(".new")
        whole.write_text(f"{ahead_s:+d}\n", "ascii")
        whole.replace(self._offset)
        if held:
            self._held.touch()

    def start(self) -> "Boxed":
        """On the real clock of the box."""
        command = [sys.executable, "-m", "gateway", "run", str(self._settings)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=self._env)
        return self

    @contextmanager
    def program(self, name: str, *arguments: str) -> Iterator[None]:
        """Another program of the box, while the test looks."""
        with self.log.open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", name, *arguments], cwd=ROOT, stdout=log, stderr=log, env=self._env
            )
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)

    def screen(self, settings: Path) -> dict[str, Any]:
        """What the kiosk shows now."""
        command = [sys.executable, "-m", "kiosk", "view", str(settings)]
        told = subprocess.run(command, cwd=ROOT, env=self._env, capture_output=True, text=True, timeout=100, check=True)
        seen: dict[str, Any] = json.loads(told.stdout)
        return seen

    def walls(self, table: str) -> list[tuple[int, int | None, str]]:
        """Uptime, wall clock and quality of every row."""
        reading = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=30)
        try:
            return reading.execute(f"SELECT up_ms, wall_ms, clock FROM {table}").fetchall()
        finally:
            reading.close()


@pytest.fixture
def centre(brokers: Site) -> Iterator[Listener]:
    """The municipality, which sends no mark: everything waits at the site."""
    one = Listener(brokers.centre)
    yield one
    one.stop()


@pytest.fixture
def box(brokers: Site, tmp_path: Path) -> Iterator[Boxed]:
    """Not yet running."""
    one = Boxed(brokers.gateway(tmp_path, more="", centre=True), tmp_path)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait(40)


def of_kind(listener: Listener, kind: str) -> list[dict[str, Any]]:
    """Bodies of the events of a kind, each once."""
    found = {(one["run"], one["seq"]): one["body"] for one in listener.records() if one["kind"] == kind}
    return [found[key] for key in sorted(found)]


def sent_again(brokers: Site, box: Boxed) -> list[dict[str, Any]]:
    """The centre's broker dies and comes back: every record that waits, as it travels now."""
    brokers.centre.kill()
    with box.held_still():
        brokers.centre.start()
        listener = Listener(brokers.centre)
    try:
        waiting = box.counts()["waiting"]
        eventually(lambda: len({(one["run"], one["seq"]) for one in listener.records()}) >= waiting["event"], "all")
        return listener.records() + listener.records("sample")
    finally:
        listener.stop()


def offered(who: str, wall_ms: int, clock: Clock) -> Order:
    """A phone's time, as the owner's page sends it."""
    what = SetClock(wall_ms=wall_ms, boot=clock.boot, up_ms=clock.up_ms())
    return Order(id=f"o-{who}", who=who, role="owner", entered_ms=0, through="owner-page", what=what)


def off_ms(at: dict[str, Any], offset_ms: int) -> int:
    """How far a moment of this boot is from the truth."""
    return abs(at["wall_ms"] - at["up_ms"] - offset_ms)


def truth_ms(ahead_s: int = 0) -> int:
    """Wall clock less uptime of this very computer, as faked."""
    return time.time_ns() // 1_000_000 + ahead_s * 1000 - Clock().up_ms()


def test_a_box_in_1970_is_dated_when_its_time_becomes_known(brokers: Site, box: Boxed, centre: Listener) -> None:
    """Readings, events and waiting records of the dark get their time; a jump that nobody vouches for moves nothing;
    a step of the time servers, forwards and backwards, dates all of it again and breaks no order."""
    box.shows(-int(time.time()) + 60, held=False)
    box.start()
    eventually(lambda: centre.records("sample"), "samples in the dark")
    dark = centre.records() + centre.records("sample")

    assert {(None, "unsynced")} == {(one["at"]["wall_ms"], one["at"]["clock"]) for one in dark}
    assert {None} == {row[1] for row in box.walls("readings")}

    box.shows(0, held=True)
    known = eventually(lambda: of_kind(centre, "clock_known"), "the time is known")
    eventually(lambda: all(row[1] for row in box.walls("readings")), "all readings are dated")
    eventually(lambda: all(row[1] for row in box.walls("outbox")), "all that waits is dated")
    light = sent_again(brokers, box)

    assert [("synced", "ntp", 0)] == [(one["quality"], one["source"], one["by_ms"]) for one in known]
    assert known[0]["offset_ms"] == pytest.approx(truth_ms(), abs=NEAR_MS)
    assert {(one["run"], one["seq"], one["kind"]) for one in dark} <= {
        (one["run"], one["seq"], one["kind"]) for one in light
    }
    assert [] == [one for one in light if off_ms(one["at"], truth_ms()) > NEAR_MS]

    box.shows(IN_2038_S, held=False)
    polls = len(box.walls("readings"))
    eventually(lambda: len(box.walls("readings")) > polls + 2, "polls after the jump")
    assert [] == [row for row in box.walls("readings") if abs(row[1] - row[0] - truth_ms()) > NEAR_MS]

    listener = Listener(brokers.centre)
    box.shows(3600, held=True)
    eventually(lambda: of_kind(listener, "clock_stepped"), "the clock was stepped")
    listener.stop()
    eventually(
        lambda: all(abs(row[1] - row[0] - truth_ms(3600)) <= NEAR_MS for row in box.walls("outbox")), "dated again"
    )
    box.shows(BACK_S, held=True)
    eventually(
        lambda: all(abs(row[1] - row[0] - truth_ms(BACK_S)) <= NEAR_MS for row in box.walls("outbox")), "and again"
    )
    last = sent_again(brokers, box)
    steps = [one["body"]["by_ms"] for one in last if one["kind"] == "clock_stepped"]
    events = [(one["at"]["up_ms"], one["at"]["wall_ms"]) for one in last if one["kind"] not in ("sample", "gap")]

    assert [HOUR_MS, 1000 * BACK_S - HOUR_MS] == pytest.approx(steps, abs=NEAR_MS)
    assert [] == [row for row in box.walls("events") if abs(row[1] - row[0] - truth_ms(BACK_S)) > NEAR_MS]
    assert events == sorted(events, key=lambda at: at[1])
    assert 0 == box.end()
    assert "Traceback" not in box.said()


def test_a_phone_gives_the_box_its_time_and_kill_does_not_take_it_back(
    brokers: Site, box: Boxed, centre: Listener
) -> None:
    """Of three phones at once one is in 1970 and one ten minutes ahead; the last that can be right counts, is kept with
    its name for this boot, and none is heard any more when time servers hold the clock."""
    box.shows(-int(time.time()) + 60, held=False)
    box.start()
    eventually(lambda: centre.all("up/state"), "a state")
    inside = Listener(brokers.local)
    clock, right_ms = Clock(), time.time_ns() // 1_000_000
    offers = {"Nils": 1000, "Bertil": right_ms + 600_000, "Anna": right_ms}
    given = tuple(offered(who, wall_ms, clock) for who, wall_ms in offers.items())
    inside.say("local/orders", encode(Orders(revision=1, orders=given)), retain=True)
    told = eventually(
        lambda: [one["clock"] for one in centre.all("up/state") if (one["clock"] or {}).get("who") == "Anna"],
        "the state names her",
    )
    box.end(signal.SIGKILL)
    runs = {one["head"]["run"] for one in centre.all("up/status")}
    box.start()
    beat = eventually(
        lambda: [one["head"] for one in centre.all("up/status") if one["head"]["run"] not in runs], "the next run"
    )
    box.shows(0, held=True)
    eventually(lambda: "synced" in {row[2] for row in box.walls("readings")}, "time servers")
    late = offered("Sen", right_ms - 60_000, clock)
    inside.say("local/orders", encode(Orders(revision=2, orders=(*given, late))), retain=True)
    refused = eventually(lambda: len(of_kind(centre, "order_refused")) > 1 and of_kind(centre, "order_refused"), "no")
    inside.stop()

    assert {"source": "person", "who": "Anna"} == {key: told[0][key] for key in ("source", "who")}
    assert "holdover" == beat[0]["clock"]
    assert off_ms(beat[0], truth_ms()) <= NEAR_MS
    assert ["o-Bertil", "o-Anna"] == [one["order"] for one in of_kind(centre, "order_done")]
    assert {"o-Nils": "clock_before_newest", "o-Sen": "clock_synced"} == {
        one["order"]: one["reason"] for one in refused
    }


def test_a_run_in_the_dark_is_dated_by_the_next_of_its_boot(brokers: Site, centre: Listener, tmp_path: Path) -> None:
    """kill -9 in the dark, the same boot goes on with a known time: the records of the first run have it too."""
    made = brokers.gateway(tmp_path)
    made._spec = spec_of(RATE, 0, 600_000, "boot-dark", ClockQuality.UNSYNCED)
    made.start()
    eventually(lambda: len(centre.records("sample")) >= 2, "samples in the dark")
    (first,) = {one["run"] for one in centre.records()}
    made.end(signal.SIGKILL)
    waiting = made.counts()["waiting"]
    made._spec = spec_of(RATE, 1_764_000_000_000, 3_600_000, "boot-dark")
    brokers.centre.kill()
    made.start()
    eventually(lambda: all(row[1] for row in rows(made.store)), "all that waits is dated")
    with made.held_still():
        brokers.centre.start()
        again = Listener(brokers.centre)
    eventually(lambda: len(again.records("sample", first)) >= waiting["sample"], "the first run's samples")
    (known,) = eventually(lambda: of_kind(again, "clock_known"), "the time is known")
    again.stop()

    assert 1_764_000_000_000 - 3_600_000 == pytest.approx(known["offset_ms"], abs=RATE * NEAR_MS)
    for one in again.records("event", first) + again.records("sample", first):
        assert known["offset_ms"] == one["at"]["wall_ms"] - one["at"]["up_ms"]
    assert 0 == made.end()


def test_an_alert_with_an_end_is_unsure_until_the_time_is_known(brokers: Site, box: Boxed) -> None:
    """From the signed bytes to the words on the screen: neither in force nor over in 1970, over when it is not."""
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    settings = box._settings.read_text("utf-8")
    box._settings.write_text(settings + f'[[bulletins.key]]\nid = "kommun"\npublic = "{public}"\n', "utf-8")
    kiosk = box.store.with_name("kiosk.toml")
    kiosk.write_text(
        f'[site]\nid = "{SITE}"\nsimulated = true\n[broker]\nurl = "mqtt://127.0.0.1:{brokers.local.port}"\n'
        '[cache]\npath = "kiosk.sqlite"\n[screen]\nname = "butiken"\n', "utf-8"
    )  # fmt: skip
    box.shows(-int(time.time()) + 60, held=False)
    box.start()
    listener = Listener(brokers.centre)
    body = encode(Bulletin(
        id="b-1", serial=1, incident="vatten", msg_type="alert", status=Status.TEST, sent_ms=1_764_000_000_000,
        expires_ms=1_764_003_600_000, sender_name="Kommunen", category="Infra", urgency="immediate",
        severity="severe", certainty="observed", sites=(SITE,), texts={"sv": Words(headline="Koka vattnet")},
    ))  # fmt: skip
    signed = SignedBulletin(key_id="kommun", signed=body, signature=key.sign(body))
    listener.say("down/bulletin/b-1", encode(signed), retain=True)

    with box.program("kiosk", "keeper", str(kiosk)):
        dark = eventually(lambda: (seen := box.screen(kiosk))["bulletins"] and seen, "the alert is on the screen")
        box.shows(0, held=True)
        light = eventually(lambda: not (seen := box.screen(kiosk))["bulletins"] and seen, "its time has run out")
    listener.stop()

    assert ["Koka vattnet"] == dark["bulletins"]
    assert "Kan ha gått ut – klockan är inte säker" in dark["until"][0]
    assert "Klockan är inte ställd" == dark["clock"]
    assert "Klockan är inte ställd" != light["clock"]


def rows(store: Path) -> list[tuple[int, int | None]]:
    """Uptime and wall clock of all that waits."""
    reading = sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)
    try:
        return reading.execute("SELECT up_ms, wall_ms FROM outbox").fetchall()
    finally:
        reading.close()
