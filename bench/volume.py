"""What one site sends to the municipality, counted on a wire: real Mosquitto, TLS with certificates on both sides.

A site (plant, its own broker, gateway, keeper of the screen) and a centre (broker, dashboard) stand in two network
namespaces; the counters of the veth pair between them are read. `docs/volume.md` tells what the figures mean.
"""

import argparse
import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.processes import python, started
from bench.two_places import CENTRE_ADDRESS, Bytes, CannotMeasure, TwoPlaces, certificates, two_places
from doors.clock import spec_of

SITE = "are-kall"
CENTRAL_ACL = Path(__file__).resolve().parents[1] / "hw/host/mosquitto/central.acl"
MINUTES = float(os.environ.get("VOLUME_MINUTES", "3"))
"""Real minutes of each window; the full form is ten."""
SETTLE_S = {"idle": 720.0, "active": 115.0}
"""Real seconds from the gateway's start until what a start or the loss of mains brings has been told and confirmed.

Idle it is long: ten minutes after its start the box knows for the first time how well its link holds, and says so.
"""
FULL_MINUTES = 10
"""Two heartbeats of an idle site: in less, chance decides how many are counted."""
FAST_SETTLE_S = 20.0
DAY_S = 86_400.0
RESTLESS_S = 420.0
"""Product seconds between two moves of the mains' voltage: a real one is never still."""
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was counted: from the start until the site was settled (one connect with all that it brings), and then."""

    start: Bytes
    then: Bytes
    seconds: float
    """Product seconds of `then`."""

    @property
    def day(self) -> float:
        """Bytes a day upstream: the window's pace, and one connect."""
        return self.then.up / self.seconds * DAY_S + self.start.up

    @property
    def day_down(self) -> float:
        """The same downstream."""
        return self.then.down / self.seconds * DAY_S + self.start.down


def measure() -> Iterator[dict[str, Any]]:
    """Active in real minutes, a whole idle day played in as many, and in the full form idle in real minutes too.

    MB are 10^6 bytes.
    """
    yield from rows(MINUTES)


def rows(minutes: float) -> Iterator[dict[str, Any]]:
    """One line for each; a machine that cannot do it says why."""
    try:
        if minutes >= FULL_MINUTES:
            yield {"case": "idle", "minutes": minutes, **_monthly(window("idle", minutes))}
        yield {"case": "active", "minutes": minutes, **_daily(window("active", minutes))}
        yield {"case": "idle day", "minutes": minutes, **_monthly(window("idle", minutes, _day_in(minutes)))}
    except CannotMeasure as fault:
        yield {"case": "none", "fault": str(fault)}


def idle_mb_per_month(minutes: float = 5.0) -> float:
    """MB that an idle site sends in 30 days, all headers counted, with snapshots, samples and a connect a day.

    A whole day is played in that many real minutes; raises CannotMeasure.
    """
    return round(window("idle", minutes, _day_in(minutes)).day * MONTH_DAYS / 1e6, 2)


def _day_in(minutes: float) -> float:
    """The rate at which a day lasts so long."""
    return DAY_S / 60 / minutes


def window(case: str, minutes: float, rate: float = 1.0) -> Window:
    """Count for so many real minutes; `rate` above 1 plays that many product seconds in each."""
    with TemporaryDirectory() as name, two_places() as places:
        folder = Path(name)
        with _house(folder, places, case, rate):
            begin = places.counted()
            time.sleep(SETTLE_S[case] if rate == 1 else FAST_SETTLE_S)
            settled, at = places.counted(), time.monotonic()
            time.sleep(minutes * 60)
            counted, gone = places.counted(), time.monotonic() - at
            _healthy(folder, rate)
    return Window(start=settled.since(begin), then=counted.since(settled), seconds=gone * rate)


def _monthly(one: Window) -> dict[str, Any]:
    month = one.day * MONTH_DAYS / 1e6
    return {"mb_per_month": round(month, 2), "of_budget": round(month / 5, 2), **_shown(one)}


def _daily(one: Window) -> dict[str, Any]:
    day = one.day / 1e6
    return {"mb_per_day": round(day, 3), "of_budget": round(day / 4, 2), **_shown(one)}


def _shown(one: Window) -> dict[str, Any]:
    return {
        "window_s": round(one.seconds, 1),
        "down_mb_per_day": round(one.day_down / 1e6, 3),
        "start": asdict(one.start),
        "window": asdict(one.then),
    }


@contextmanager
def _house(folder: Path, places: TwoPlaces, case: str, rate: float) -> Iterator[None]:
    """All programs at their places; the gateway is the last, so that the counter begins with its connect."""
    certificates(folder, SITE)
    (folder / "central.acl").write_text(CENTRAL_ACL.read_text())
    (folder / "central.conf").write_text(_central(folder))
    (folder / "site.conf").write_text("listener 1883 127.0.0.1\nallow_anonymous true\npersistence false\n")
    (folder / "dashboard.toml").write_text(_dashboard(folder))
    (folder / "plant.toml").write_text(_PLANT)
    (folder / "scenario.toml").write_text(_scenario(case))
    clock = ["--clock", spec_of(rate, 1_790_000_000_000, 600_000, "bench-boot-0f3a4c1d-77e2")]
    with ExitStack() as stack:

        def run(place: str, name: str, command: list[str]) -> Any:
            return stack.enter_context(started(places.at(place, command), folder / f"{name}.log"))

        run(places.centre, "central", ["mosquitto", "-c", str(folder / "central.conf")])
        run(places.site, "site", ["mosquitto", "-c", str(folder / "site.conf")])
        time.sleep(0.5)
        run(places.centre, "dashboard", python("dashboard", "run", str(folder / "dashboard.toml"), *clock))
        plant = python("simulator", "run", str(folder / "plant.toml"), "--scenario", str(folder / "scenario.toml"))
        said = run(places.site, "plant", [*plant, "--dir", str(folder), *clock]).stdout.readline()
        if not said:
            raise CannotMeasure(f"the plant did not start: {(folder / 'plant.log').read_text().strip()[-300:]}")
        (folder / "gateway.toml").write_text(_gateway(folder, json.loads(said), rate))
        (folder / "kiosk.toml").write_text(_kiosk(folder))
        run(places.site, "keeper", python("kiosk", "keeper", str(folder / "kiosk.toml"), *clock))
        time.sleep(2)
        run(places.site, "gateway", python("gateway", "run", str(folder / "gateway.toml"), *clock))
        yield


def _healthy(folder: Path, rate: float = 1.0) -> None:
    """A house in which something stood still sends little: count only one whose records are at the centre.

    A day played in minutes has keep-alives of seconds: on a machine with no time for it the link breaks, and each new
    one is counted as a real one would be.
    """
    kept = 0
    with suppress(sqlite3.Error), sqlite3.connect(f"file:{folder / 'dashboard.db'}?mode=ro", uri=True) as db:
        kept = int(db.execute("SELECT COUNT(*) FROM records").fetchone()[0])
    log = (folder / "gateway.log").read_text().strip()
    if not kept:
        raise CannotMeasure(f"no record has reached the centre; the gateway said: {log[-300:]}")
    links = log.count("central broker: connected")
    if rate > 1 and links > 1:
        raise CannotMeasure(f"the link was made {links} times: this machine is too busy to play a day so fast")


def _central(folder: Path) -> str:
    return (
        f"per_listener_settings true\nlistener 8883 {CENTRE_ADDRESS}\ncafile {folder / 'ca.pem'}\n"
        f"certfile {folder / 'centre.pem'}\nkeyfile {folder / 'centre.key'}\n"
        f"require_certificate true\nuse_identity_as_username true\nacl_file {folder / 'central.acl'}\n"
        f"listener 1883 127.0.0.1\nallow_anonymous true\nuser root\n"
    )


def _dashboard(folder: Path) -> str:
    return (
        '[web]\nport = 8080\n[sign_in]\nrequired = false\n[broker]\nurl = "mqtt://127.0.0.1:1883"\n'
        f'[store]\npath = "{folder / "dashboard.db"}"\n[[site]]\nid = "{SITE}"\nplace = "Kall"\nin_service = false\n'
    )


def _gateway(folder: Path, ready: dict[str, Any], rate: float) -> str:
    """All paces are the defaults: those are what is measured. At a fast rate the polls are as slow as they must be."""
    poll_s = max(5.0, 0.5 * rate)
    devices = "".join(
        f'[[device]]\nname = "{name}"\nprofile = "{at["profile"]}"\ntcp = "{at["host"]}:{at["port"]}"\n'
        f"unit = {at['unit']}\npoll_every_s = {poll_s}\nslow_every_s = {max(60.0, 6 * poll_s)}\npause_s = 0.02\n"
        for name, at in ready["tcp"].items()
    )
    return (
        f'[site]\nid = "{SITE}"\nplace = "Kall"\nsimulated = true\nstatus = "test"\n'
        f'[store]\npath = "{folder / "gateway.db"}"\n[site_broker]\nurl = "mqtt://127.0.0.1:1883"\n'
        f'[central_broker]\nurl = "mqtts://{CENTRE_ADDRESS}:8883"\nca_file = "{folder / "ca.pem"}"\n'
        f'certificate_file = "{folder / "site.pem"}"\nkey_file = "{folder / "site.key"}"\n'
        f"[generator]\nrated_kw = 56\n[tank]\nlitres = 1000\n[screens]\nexpected = 0\n{devices}"
    )


def _kiosk(folder: Path) -> str:
    """A screen that nobody has seen draw: its keeper says so once a minute. No feeds: theirs is a bill of its own."""
    return (
        f'[site]\nid = "{SITE}"\nsimulated = true\n[broker]\nurl = "mqtt://127.0.0.1:1883"\n'
        f'[cache]\npath = "{folder / "kiosk.db"}"\n[screen]\nname = "butiken"\n'
    )


_PLANT = """
title = "Bench"
mode = "auto"
[generator]
rated_kw = 56
tank_l = 1000
fuel_percent = 63
[load]
kw = 13.5
swing_kw = 1.5
[[tcp]]
[[tcp.device]]
name = "genset"
profile = "dse-73xx-mkii"
unit = 1
values = { "controller.model" = 32841, "controller.serial" = 7320041 }
fixed = [[39424, 70]]
[[tcp]]
[[tcp.device]]
name = "meter"
profile = "eastron-sdm630"
unit = 1
[[tcp]]
[[tcp.device]]
name = "meter-cold"
profile = "eastron-sdm630"
unit = 1
"""


def _scenario(case: str) -> str:
    """A restless mains; in the active case it fails at once and stays away."""
    chance = random.Random(4)  # noqa: S311 - the same moves in every run
    text = 'title = "Bench"\nlength_h = 25\n'
    if case == "active":
        return text + '[[step]]\nat_s = 10\ndo = "mains_fails"\n'
    at_s, volts = RESTLESS_S, 230.5
    while at_s < DAY_S:
        volts = min(236.0, max(225.0, volts + chance.uniform(-3, 3)))
        text += (
            f'[[step]]\nat_s = {at_s:.0f}\ndo = "set_value"\ndevice = "genset"\nsignal = "mains.voltage_l1n"\n'
            f"value = {volts:.1f}\nfor_s = {RESTLESS_S:.0f}\n"
        )
        at_s += RESTLESS_S
    return text


def main() -> int:
    """`python -m bench.volume --minutes 10`: the full form."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--case", choices=("idle", "active"))
    parser.add_argument("--rate", type=float, default=1.0)
    asked = parser.parse_args()
    if asked.case:
        counted = window(asked.case, asked.minutes, asked.rate)
        shown = _monthly(counted) if asked.case == "idle" else _daily(counted)
        print(json.dumps({"case": asked.case, "rate": asked.rate, "minutes": asked.minutes, **shown}), flush=True)
        return 0
    for figures in rows(asked.minutes):
        print(json.dumps(figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
