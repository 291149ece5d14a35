"""Days, hour by hour: what each surface shows, and what of it is not right yet. Most of all the three in the cold."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from contract import topics
from contract.messages import SiteState, SiteStatus
from contract.orders import Notice, Order, Report
from contract.words import ClockQuality, Power
from demo.acting import Threads
from demo.config import Asked, Folder
from demo.core import hours, judge, pace
from demo.core.faults import BadUse, CannotRun
from demo.core.hours import HOUR_S, Row, Shown, Truth
from demo.core.script import Script
from demo.core.settings import SITE
from demo.core.warned import warned
from demo.house import House, NoAnswer
from demo.io.brokers import Door
from demo.io.owner import LinkDown, Owner
from demo.io.scenario import feed_steps, read_script
from demo.looking import Looking
from demo.saying import real_s, say
from doors.clock import Clock, moment_s, spec_of
from doors.clock_gentle import Gentle

WALL_MS, UP_MS = 1_768_891_200_000, 600_000
AWAKE_MS = 30_000
"""Uptime of a box that has just got its power back."""
BOX = ("kiosk-screen", "kiosk-keeper", "site-page", "gateway", "site-broker")
RESENT_S = 75.0
"""Real seconds after which also what was sent to a centre that was not there yet has been sent again and confirmed."""
Step = Mapping[str, Any]


async def run(asked: Asked) -> int:
    """Play a scenario and print its table; exit code 0 when every hour was right, nothing lost and no program died."""
    if asked.broker:
        raise BadUse(f"--broker: {asked.scenario} stops and starts its brokers; leave --broker out")
    script = await read_script(asked.scenario)
    house, began_s = _house(asked, script), real_s()
    try:
        return await _play(house, script, asked, began_s)
    finally:
        await asyncio.shield(asyncio.ensure_future(house.close()))
        say(f"all programs have ended; logs and data are in {house.folder.home}")


def _house(asked: Asked, script: Script) -> House:
    """A rate that somebody asked for is kept all the while; otherwise time is slower where programs start anew."""
    folder = Folder(asked.folder)
    if asked.rate:
        given, gentle = pace.pace(asked.rate), None
    else:
        given = pace.fit_hours(script.length_s, asked.seconds, script.restarts_s)
        slower = pace.gentle_hours(script.length_s, script.restarts_s)
        gentle = tuple(Gentle(*one) for one in pace.spans(slower, given.rate, moment_s() + pace.LEAD_S))
    spec = spec_of(given.rate, WALL_MS, UP_MS, "box-1", gentle=gentle or ())
    house = House(folder, given, spec, plant=script.plant, scenario=asked.scenario, headless=True, say=say)
    if gentle is not None:
        house.gentle, house.begin_ms = gentle, UP_MS + round(1000 * pace.LEAD_S * given.rate)
    return house


async def _play(house: House, script: Script, asked: Asked, began_s: float) -> int:
    roads = await house.open_roads(None)
    await house.open_dashboard(asked.port)
    await house.open_site_page(house.spec)
    await house.open_kiosk(asked.shots.absolute() if asked.shots else None)
    threads = Threads(house)
    await threads.make_key()
    await house.dashboard_answers()
    await threads.first_content()
    await house.open_plant(again_and_again=False, before_s=2.0)
    await house.open_feeds()
    await house.open_gateway(connection=script.connection)
    box = Box(house, roads.owner, script.connection)
    say(f"one second here is {house.pace.rate:.0f} s there; the gateway looks every {house.pace.poll_s / 60:.0f} min")
    print(hours.head(), flush=True)
    rows: list[Row] = []
    looking, again = Looking(house, script, asked.scenario), 0
    feeds = feed_steps(asked.scenario)
    async with asyncio.TaskGroup() as tasks:
        owner = tasks.create_task(box.owner.run())
        conductor = tasks.create_task(box.conduct())
        for hour in range(int(script.length_s // HOUR_S)):
            await house.until_s(hour * HOUR_S + hours.LOOK_S)
            truth = _truth(house, feeds)
            centre, own, shown = await asyncio.gather(looking.coordinator(hour), looking.owner(hour), box.shown())
            shown = msgspec.structs.replace(shown, coordinator=centre.words, owner=own.words)
            again += max(centre.looks, own.looks) - 1
            wrong = (*centre.wrong, *own.wrong)
            rows.append(hours.row(hour, truth, shown, _truth(house, feeds), pages=wrong))
            print(hours.text(rows[-1]), flush=True)
        await conductor
        owner.cancel()
    return await _told(house, asked.scenario, rows, began_s, again)


def _truth(house: House, feeds: Sequence[Step]) -> Truth:
    """What is so now."""
    at_s, steps = house.at_s(), house.ready["conductor"]
    said = warned(feeds, steps, at_s)
    return msgspec.structs.replace(hours.truth_at(at_s, house.told, steps), due=said.due, barred=said.barred)


async def _told(house: House, scenario: str, rows: list[Row], began_s: float, again: int) -> int:
    """The line of JSON, and the exit code. `again`: how often pages had to be looked at once more."""
    counts = await house.gateway_counts()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RESENT_S):
            while sum(counts["waiting"].values()):
                counts = await house.gateway_counts()
    gaps = sum(counts["gaps"].values())
    faults = judge.books(counts["created"], counts["confirmed"], counts["waiting"], gaps)
    faults += judge.identities("dashboard", await house.dashboard_events()) + house.surprises
    kinds = [event["kind"] for event in counts["events"]]
    line = {"bench": scenario, "seconds": round(real_s() - began_s, 1), "rate": round(house.pace.rate)}
    line |= hours.figures(rows) | {"looked_again": again}
    line |= {name: sum(counts[name].values()) for name in ("created", "confirmed", "gaps", "waiting")}
    line |= {"report_entered": "report_entered" in kinds, "notice_entered": "notice_changed" in kinds}
    faults += hours.faults(rows)
    line |= {"ok": not faults}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    for fault in faults:
        say(fault)
    return 1 if faults else 0


class Box:
    """The box at the site as the conductor handles it: its power, its clock, its link, and who stands beside it."""

    def __init__(self, house: House, door: Door, connection: str) -> None:
        self.house = house
        self._connection = connection
        self.owner = Owner(door, SITE)
        self._on = True
        self._spec = house.spec
        self._boots = 1

    async def conduct(self) -> None:
        """Do every step of the scenario that is not the plant's, when its time comes."""
        does: dict[str, Callable[[Step], Awaitable[None]]] = {
            "link_down": lambda _: self.house.programs.stop("central-broker", "feeds"),
            "link_up": self._link_up,
            "broker_down": lambda _: self.house.programs.stop("site-broker"),
            "broker_up": lambda _: self.house.brokers.up("site-broker"),
            "box_off": lambda _: self._off(),
            "box_on": self._power_on,
            "clock_set": lambda _: self._clock_set(),
            "report": self._report,
            "notice": self._notice,
        }
        for step in self.house.ready["conductor"]:
            await self.house.until_s(step["at_s"])
            say(f"      {step['at_s'] / 3600:.2f} h: {step['do'].replace('_', ' ')}")
            await does[step["do"]](step)

    async def _link_up(self, _step: Step) -> None:
        """The mobile network is back, and with it the municipality and the public feeds."""
        await self.house.brokers.up("central-broker")
        await self.house.open_feeds()

    async def _off(self) -> None:
        """The battery is empty: everything in the box ends in the middle of whatever it did."""
        self._on = False
        await self.house.programs.kill(*BOX)
        self.owner.forget()

    async def _power_on(self, step: Step) -> None:
        """The box starts again; without a battery in its clock it believes to be in 1970, and knows that it does."""
        self._boots += 1
        known = step.get("clock") != "1970"
        wall_ms = self._centre_ms() if known else 0
        quality = ClockQuality.SYNCED if known else ClockQuality.UNSYNCED
        self._spec = self._spec_of(wall_ms, AWAKE_MS, quality)
        await self._start()

    async def _clock_set(self) -> None:
        """The clock is known again. A clock spec holds for the life of a process, so its programs start anew with it;
        the operating system has not restarted, and its uptime goes on."""
        await self.house.programs.stop("gateway", "site-page")
        up_ms = Clock.parse(self._spec, allowed=True).up_ms()
        self._spec = self._spec_of(self._centre_ms(), up_ms, ClockQuality.SYNCED)
        await self.house.open_gateway(connection=self._connection, spec=self._spec)  # it waits for no screen
        await self.house.open_site_page(self._spec)
        await self.house.programs.stop("kiosk-screen", "kiosk-keeper")
        await self.house.open_kiosk(None, self._spec)

    def _spec_of(self, wall_ms: int, up_ms: int, quality: ClockQuality) -> str:
        house = self.house
        return spec_of(house.pace.rate, wall_ms, up_ms, f"box-{self._boots}", quality, house.gentle)

    async def _start(self) -> None:
        if not self.house.programs.runs("site-broker"):
            await self.house.brokers.up("site-broker")
        await self.house.open_gateway(connection=self._connection, spec=self._spec)
        await self.house.open_site_page(self._spec)
        await self.house.open_kiosk(None, self._spec)
        self._on = True

    async def _report(self, step: Step) -> None:
        """Somebody who stands beside the set says what is so."""
        said = {name: step.get(name) for name in ("power", "set_running", "load_connected", "litres", "dipstick_cm")}
        what = Report(observed_ms=self._centre_ms(), needs=step.get("needs", ""), **said)
        await self._hand_in(step["who"], step["role"], step["through"], what)

    async def _notice(self, step: Step) -> None:
        """Somebody writes a notice for the screen."""
        what = Notice(notice=step["notice"], sv=step["sv"], en=step.get("en", ""))
        await self._hand_in("Volontär 1", "volunteer", "owner-page", what)

    async def _hand_in(self, who: str, role: str, through: str, what: Report | Notice) -> None:
        entered_ms = Clock.parse(self._spec, allowed=True).wall_ms() or 0
        number = f"owner-{what.__class__.__name__.lower()}-{self.house.clock.up_ms()}"
        order = Order(id=number, who=who, role=role, entered_ms=entered_ms, through=through, what=what)
        for _ in range(50):
            try:
                await self.owner.order(order)
            except LinkDown:
                await asyncio.sleep(0.1)
            else:
                return
        raise CannotRun(f"{what.__class__.__name__.lower()}: the site's broker took no order")

    def _centre_ms(self) -> int:
        """Wall time as everybody but the box knows it."""
        return self.house.clock.wall_ms() or WALL_MS

    # --- what the surfaces show ---

    async def shown(self) -> Shown:
        """All three; the kiosk takes longest to ask, so the others are looked at first."""
        power = self._gateway()
        dashboard, words = await self._dashboard()
        return Shown(power=power, kiosk=await self._kiosk(), dashboard=dashboard, dashboard_words=words)

    def _gateway(self) -> Power | None:
        """The judged state on the site's own broker, unless its speaker is gone."""
        status = self.owner.newest(topics.status(SITE), SiteStatus)
        state = self.owner.newest(topics.state(SITE), SiteState)
        if not self._on or not self.owner.up or status is None or not status.online or state is None:
            return None
        return state.power

    async def _dashboard(self) -> tuple[Power | None, str]:
        """What the card shows for now: its power while in contact, unknown otherwise."""
        try:
            card = await self.house.card()
        except NoAnswer as fault:
            return None, str(fault)
        contact = card["contact"]
        if contact["in_contact"]:
            return Power(card["power"]), card["power_words"]
        return Power.UNKNOWN, f"{contact['lost']} (senast: {card['power_words']})"

    async def _kiosk(self) -> tuple[str, ...] | None:
        """The lines on the screen; None when it is dark or cannot tell them."""
        if not self.house.programs.runs("kiosk-screen"):
            return None
        try:
            return tuple((await self.house.kiosk_lines(self._spec))["lines"])
        except CannotRun:
            return None
