"""The outage: shown to somebody who looks on, or played into given seconds, judged, and told as one line of JSON."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from demo.acting import Threads
from demo.config import Asked, Folder
from demo.core import judge, known, pace, story
from demo.core.settings import SITE
from demo.house import House, NoAnswer, has_display, series
from demo.io import pictures
from demo.io.scenario import plant_tree, tree
from demo.saying import real_s, say
from doors.clock import spec_of

LENGTH_S = 610.0
"""Of the scenario."""
WALL_MS, UP_MS = 1_768_891_200_000, 600_000
"""Tuesday 20 January 2026, 07:40 in Sweden; the box has been up for ten minutes. The same at every run, so that
pictures can be compared."""
SETTLE_S = 20.0
"""Real seconds in which everything must have come to its end."""
RESENT_S = 75.0
"""Real seconds after which also a batch that was lost on the way has been sent again and confirmed."""
KIOSK_SHOT_S = 8.0
MIDDLE_S = 185.0
"""The set has just taken over: the moment worth a picture."""
FOLLOW_S = 1.0
SHORT = 0.15
"""A poll of such fast time may pair the load with the rate of another: hours may be too short by this, not too long."""
PAGES = (
    ("/", pictures.WIDE, "dashboard"),
    (f"/sites/{SITE}", pictures.WIDE, "dashboard-site"),
    (f"/sites/{SITE}", pictures.PHONE, "dashboard-phone"),
)


async def run(asked: Asked) -> int:
    """Show it until Ctrl-C, or play and judge it; the exit code."""
    given = pace.fit(LENGTH_S, asked.seconds) if asked.seconds else pace.pace(asked.rate or pace.CALM_RATE)
    folder = Folder(asked.folder)
    spec = spec_of(given.rate, WALL_MS, UP_MS, "demo-1")
    house = House(
        folder, given, spec, plant="automatic", scenario="outage", headless=asked.headless or not has_display(), say=say
    )
    began_s = real_s()
    try:
        threads = await _open(house, asked, began_s)
        if asked.seconds:
            return await _judged(house, threads, asked, began_s)
        return await _shown(house, threads)
    finally:
        await asyncio.shield(asyncio.ensure_future(house.close()))
        say(f"all programs have ended; logs and data are in {folder.home}")


async def _open(house: House, asked: Asked, began_s: float) -> Threads:
    """Start everything, the slow ones first; the gateway and the plant when the rest stands."""
    shots = asked.shots.absolute() if asked.shots else None
    if shots:
        pictures.make(shots)
    roads = await house.open_roads(asked.broker, asked.broker_password)
    say(f"brokers: {roads.kind}")
    await house.open_dashboard(asked.port)
    await house.open_kiosk(shots)
    threads = Threads(house)
    await threads.make_key()
    await house.dashboard_answers()
    await threads.first_content()
    await house.open_plant(again_and_again=not asked.seconds)
    await house.open_feeds()
    await house.open_gateway(connection="automatic")
    say(f"started in {real_s() - began_s:.0f} s; one second here is {house.pace.rate:g} s there")
    return threads


async def _shown(house: House, threads: Threads) -> int:
    """Follow it in words until somebody stops it."""
    window = "drawn into memory, there is no display" if house.headless else "its own window"
    say(f"dashboard:  {house.web.address}/  and  {house.web.address}/sites/{SITE}")
    say(f"kiosk:      {window}")
    say(f"logs:       {house.folder / 'log'}")
    say("Everything is simulated, and says so on every surface. Ctrl-C stops it all.")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_follow_plant(house))
        tasks.create_task(_follow_centre(house))
        tasks.create_task(threads.play())
    return 0


async def _judged(house: House, threads: Threads, asked: Asked, began_s: float) -> int:
    """Play the scenario, wait until all is confirmed, take pictures, judge, and print the figures."""
    wrong: list[str] = []
    work = (threads.play(), threads.listen(), _follow_plant(house), _watch_fuel(house, wrong))
    followers = [asyncio.create_task(one) for one in work]
    try:
        if asked.shots:
            await house.until_s(MIDDLE_S)
            await _pictures(house, asked.shots.absolute(), asked.shots.absolute() / "outage")
        await house.until_s(LENGTH_S + 2 * house.pace.poll_s)
        await asyncio.wait(followers[:1], timeout=SETTLE_S)
        found = await _settled(house, threads)
        if asked.shots:
            await _pictures(house, asked.shots.absolute(), asked.shots.absolute())
        left_s = (asked.seconds or 0) - (real_s() - began_s)
        if left_s > 0:
            await asyncio.sleep(left_s)
    finally:
        for task in followers:
            task.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
    faults = [*_faults(house, found), *wrong]
    line = _figures(found, real_s() - began_s) | {"rate": round(house.pace.rate, 2), "ok": not faults}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


async def _watch_fuel(house: House, wrong: list[str]) -> None:
    """From the moment in which the set carries the shop: does the interval on the page hold the true hours?"""
    fuel = known.fuel_of(plant_tree(house.plant), tree(house.scenario))
    await house.until_s(MIDDLE_S)
    while True:
        lasting = (await _web(house.card(), {})).get("endurance")
        if lasting and lasting["between"]:
            hours = fuel.hours(house.told, house.at_s())
            fault = known.hours_fault(lasting["between"], lasting["basis"], hours, fuel, short=SHORT)
            wrong += [f"dashboard: {fault}"] if fault and not wrong else []
        await asyncio.sleep(FOLLOW_S)


async def _settled(house: House, threads: Threads) -> dict[str, Any]:
    """All counts, taken when nothing waits any more, or as they are when the time is over."""
    began_s = real_s()
    while True:
        found = await _counted(house, threads)
        waiting = sum(found["gateway"]["waiting"].values())
        late = bool(judge.threads(found["threads"]) or _events(house, found))
        gone_s = real_s() - began_s
        if gone_s > RESENT_S or (not waiting and (gone_s > SETTLE_S or not late)):
            return found


async def _counted(house: House, threads: Threads) -> dict[str, Any]:
    """What every program holds now."""
    dashboard, events = await _web(house.web.get("/api/counts"), {}), await _web(house.dashboard_events(), [])
    gateway, kiosk = await house.gateway_counts(), await house.kiosk_counts()
    return {
        "gateway": gateway,
        "kiosk": kiosk,
        "dashboard": dashboard,
        "committed": events,
        "threads": await threads.seen(gateway, kiosk, events),
    }


async def _web(asking: Awaitable[Any], otherwise: Any) -> Any:
    try:
        return await asking
    except NoAnswer as fault:
        say(str(fault))
        return otherwise


def _events(house: House, found: dict[str, Any]) -> list[str]:
    """Every scenario event once and in order: in the store, at the centre, and the public ones at the kiosk."""
    expected = judge.expected_events(house.told)
    faults = [] if expected else ["plant: no event was told"]
    places = (
        ("store", found["gateway"]["events"], expected),
        ("dashboard", found["committed"], expected),
        ("kiosk (public events)", found["kiosk"]["events"], judge.public_only(expected)),
    )
    for place, events, wanted in places:
        faults += judge.events(place, wanted, events) + judge.identities(place, events)
    return faults


def _faults(house: House, found: dict[str, Any]) -> list[str]:
    """Everything that was not as it must be, one sentence each."""
    gateway, given = found["gateway"], house.pace
    folded = {"kiosk": found["kiosk"].get("folded", 0), "dashboard": found["dashboard"].get("folded", 0)}
    return [
        *house.surprises,
        *_events(house, found),
        *judge.missing(
            judge.fault_windows(house.told),
            series(gateway),
            poll_ms=round(1000 * given.poll_s),
            slack_ms=given.slack_ms,
            silence_ms=given.silence_ms,
        ),
        *judge.books(gateway["created"], gateway["confirmed"], gateway["waiting"], sum(gateway["gaps"].values())),
        *judge.flowed(gateway["readings"], _published(gateway), folded),
        *judge.threads(found["threads"]),
    ]


def _figures(found: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The line for programs that compare runs."""
    gateway = found["gateway"]
    return {
        "bench": "demo",
        "seconds": round(seconds, 1),
        "readings": gateway["readings"],
        "missing": {name: gateway["missing"].get(name, 0) for name in ("sensor_fault", "comm_error")},
        "published": _published(gateway),
        "created": sum(gateway["created"].values()),
        "confirmed": sum(gateway["confirmed"].values()),
        "gaps": sum(gateway["gaps"].values()),
        "kiosk_folded": found["kiosk"].get("folded", 0),
        "dashboard_folded": found["dashboard"].get("folded", 0),
        "setup_s": _setup_s(),
        "threads": {name: all(steps.values()) for name, steps in found["threads"].items()},
    }


def _published(gateway: dict[str, Any]) -> int | None:
    count = gateway.get("published")
    return None if count is None else int(count)


def _setup_s() -> float | None:
    """How long `make setup` took here, if it made this environment."""
    try:
        return float((Path(sys.prefix) / "setup-seconds").read_text("ascii"))
    except (OSError, ValueError):
        return None


async def _pictures(house: House, shots: Path, folder: Path) -> None:
    """PNGs of the kiosk's pages, by the kiosk itself into `shots`, and of the dashboard where there is a browser."""
    pictures.make(folder)
    before = pictures.kiosk_pictures(shots)
    house.programs.send("kiosk-screen", signal.SIGUSR1)
    for page, size, name in PAGES:
        why_not = await pictures.picture(
            house.web.address + page, folder / f"{name}.png", size, house.folder / "data/browser"
        )
        if why_not:
            say(why_not)
            break
    pictures.forget(house.folder / "data/browser")
    await pictures.kiosk_pictures_newer(shots, before, KIOSK_SHOT_S)
    if folder != shots:
        pictures.copy(pictures.kiosk_pictures(shots), folder)


async def _follow_plant(house: House) -> None:
    """Every event of the plant as a sentence, when it happens."""
    async for line in house.events():
        say(f"{story.clock_time(line.get('wall_ms'))}  plant   {story.at_plant(line)}")


async def _follow_centre(house: House) -> None:
    """Every event that the centre has committed, in its own words."""
    told = 0
    while True:
        await asyncio.sleep(FOLLOW_S)
        events = await _web(house.dashboard_events(), [])
        for event in events[told:]:
            if event["kind"] != "power_changed":
                say(f"{story.clock_time(event.get('wall_ms'))}  centre  {story.at_centre(event)}")
        told = max(told, len(events))
