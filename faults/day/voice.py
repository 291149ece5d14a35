"""The gateway of the day: tells the site's broker how the site stands and what the municipality has published."""

import asyncio
import contextlib

from contract import topics
from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.messages import Head, PublicPicture, encode
from contract.wire import Moment
from contract.words import ClockQuality, Power, Status
from doors.broker import BrokerSettings, Link, LinkDown
from doors.clock import Clock
from faults.day.oracle import HEARTBEAT_S, PICTURE_S
from faults.day.plan import Plan, Said
from faults.day.record import Boot, Record

SITE = "are-kall"
BEHIND_S = 0.1
"""How often the municipality's line is looked at."""


class Voice:
    """`clock` is everybody's clock; `second()` the real second of the day. `awake`: has the box power?"""

    def __init__(self, port: int, plan: Plan, record: Record, clock: Clock, midnight_ms: int) -> None:
        self._plan = plan
        self._record = record
        self._clock = clock
        self._midnight_ms = midnight_ms
        self.cut: set[object] = set()
        """What keeps the municipality away just now."""
        self.awake = True
        self.boot: Boot | None = None
        self._heard: tuple[float, Moment] | None = None
        self._known: dict[Said, Moment] = {}
        self._link = Link(
            BrokerSettings(url=f"mqtt://127.0.0.1:{port}", reconnect_max_s=0.3, answer_within_s=3.0),
            name="day", client_id="day-gateway", on_message=lambda *_: None, on_up=self._again,
        )  # fmt: skip

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run(), name="voice-link")
            tasks.create_task(self._tell(), name="voice-tell")

    def second(self) -> float:
        """Of the day, real."""
        return (self._wall_ms() - self._midnight_ms) / 1000 / self._record.rate

    def _wall_ms(self) -> int:
        return self._clock.wall_ms() or 0

    def _now(self) -> Moment:
        """By the box's own clocks; raises LinkDown while it is dark."""
        boot = self.boot
        if boot is None:
            raise LinkDown("the box is dark")
        up_ms = Clock.parse(boot.spec, allowed=True).up_ms()
        if boot.known_s <= self.second():
            return Moment(boot=boot.name, up_ms=up_ms, wall_ms=self._wall_ms(), clock=ClockQuality.SYNCED)
        return Moment(boot=boot.name, up_ms=up_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = 0.0
        while True:
            with contextlib.suppress(LinkDown):
                if self.awake and self.boot is not None:
                    news = self._listen()
                    for one in news:
                        await self._bulletin(one)
                    if news or loop.time() >= due_s:
                        due_s = loop.time() + 0.9 * PICTURE_S / self._record.rate
                        await self._picture()
            await asyncio.sleep(BEHIND_S)

    def _listen(self) -> list[Said]:
        """What the municipality has published since, and what that makes of earlier words."""
        if self.cut:
            return []
        now, second = self._now(), self.second()
        hour = self._record.hour(second)
        self._heard = hour, now
        new = [one for one in self._plan.says if one.source == "municipality" and one.at_h <= hour]
        new = [one for one in new if one not in self._known]
        self._known |= dict.fromkeys(new, now)
        return [old for one in new for old in self._known if old.matter == one.matter]

    async def _again(self) -> None:
        """The broker is back and may have forgotten all."""
        if self.awake and self.boot is not None:
            with contextlib.suppress(LinkDown):
                for one in list(self._known):
                    await self._bulletin(one)
                await self._picture()

    async def _picture(self) -> None:
        now, heard = self._now(), self._heard
        boot = self.boot
        said = PublicPicture(
            head=self._head(now), place="Kall", power=Power.ON_MAINS, since=None, active=False, services=(), notices=(),
            events=(), period_s=PICTURE_S, heartbeat_s=HEARTBEAT_S, centre_heard=None if heard is None else heard[1],
        )  # fmt: skip
        before_s = self.second()
        await self._link.publish(topics.public_picture(SITE), encode(said), retain=True)
        if boot is self.boot and self.awake:
            self._record.pictures.append(before_s)
            if heard is not None:
                self._record.told.setdefault("municipality", []).append((self.second(), heard[0]))

    async def _bulletin(self, one: Said) -> None:
        of_matter = [other for other in self._known if other.matter == one.matter]
        place = of_matter.index(one)
        bulletin = Bulletin(
            id=f"{one.matter}-{place + 1}", serial=place + 1, incident=one.matter,
            msg_type="update" if one.do == "update" else "alert", status=Status.ACTUAL,
            sent_ms=self._midnight_ms + round(3_600_000 * one.at_h),
            expires_ms=None if one.ends_h is None else self._midnight_ms + round(3_600_000 * one.ends_h),
            sender_name="Åre kommun", category="Infra", urgency="immediate", severity="severe", certainty="observed",
            sites=(SITE,), references=() if not place else (f"{one.matter}-{place}",),
            texts={"sv": Words(headline=one.text, description=f"{one.text}.", instruction="Koka allt vatten.")},
        )  # fmt: skip
        said = PublicBulletin(
            head=self._head(self._now()), bulletin=bulletin, received=self._known[one], ended=one is not of_matter[-1]
        )
        await self._link.publish(topics.public_bulletin(SITE, bulletin.id), encode(said), retain=True)

    def _head(self, at: Moment) -> Head:
        return Head(
            site=SITE, run="day", boot=at.boot, up_ms=at.up_ms, wall_ms=at.wall_ms, clock=at.clock,
            status=Status.ACTUAL, simulated=True,
        )  # fmt: skip
