"""What the running program holds: the pictures of the sites, who was refused, what waits. One for all pages."""

import asyncio
import logging
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contract import topics
from contract.freshness import Now
from contract.messages import Ack, decode, encode
from contract.orders import AckAlarm, Order, SetClock
from contract.records import AnswerBody, Answers, RecordBatch
from contract.wire import Refused
from contract.words import Stream
from dashboard.config import Settings
from dashboard.core.access.people import Person, Role
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing import intake, link_alarm
from dashboard.core.hearing.intake import Picture
from dashboard.core.hearing.link_alarm import LinkLoss, Watch
from dashboard.core.hearing.picture import Ear, SitePicture, fold, heard, only_alive
from dashboard.core.hearing.salvage import leftovers, sift
from dashboard.core.owner import board
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.site import certificates, farewell
from dashboard.core.site.card import Card, card
from dashboard.core.sites import Site
from dashboard.core.texts.pages import language_of
from dashboard.io.asked_past import AskedPast, asked_past
from dashboard.io.certificates import AdmittedFile
from dashboard.io.food_log import FoodBook
from dashboard.io.foretold import recalled
from dashboard.io.inbox import Inbox
from dashboard.io.page_key import PageKey
from dashboard.io.signing import signer
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.link_alarms import LinkAlarms
from dashboard.io.store.published import Note, Published
from dashboard.io.store.records import Records, Taken
from dashboard.io.store.shelf import Shelf
from dashboard.io.web.live import Hub
from dashboard.io.work import Work
from doors.clock import Clock

log = logging.getLogger(__name__)

MAX_STRANGERS = 100
LOOK_MS = 5000
NO_FILES = {"certificate_file": "", "key_file": ""}


@dataclass(slots=True)
class Refusals:
    """Messages of one site that were not taken."""

    count: int = 0
    last: str = ""
    simulated: int = 0


class Desk:
    """The state of the program. Everything here runs in the one event loop; the stores are called in threads."""

    def __init__(
        self, settings: Settings, clock: Clock, records: Records, shelf: Shelf, link_alarms: LinkAlarms
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.records = records
        self.shelf = shelf
        self.link_alarms = link_alarms
        self.losses: dict[str, tuple[LinkLoss, ...]] = {site.id: link_alarms.lately(site.id) for site in settings.site}
        self.hub = Hub()
        self.zone = zoneinfo.ZoneInfo(settings.view.timezone)
        self.pictures = {site.id: SitePicture(site=site.id) for site in settings.site}
        self.pending: dict[str, tuple[Order, ...]] = {site.id: shelf.orders(site.id).orders for site in settings.site}
        self.entered: dict[str, int] = {}
        """Order → when this run saw it first that it waits, as uptime: an age where nobody knows the time of day."""
        self.orders_due: dict[str, None] = {}
        self.down_due: dict[str, bytes] = {}
        """Topic → what is to be told on it, retained; the newest alone."""
        self.waking: object = None
        """Who wakes people from here (`waking.py`); None at a site, where the gateway does."""
        key_file = settings.bulletins.key_file
        self.signer = signer(Path(key_file)) if key_file else None
        self.wake = asyncio.Event()
        self.asked = asked_past(settings, clock, self.wake, lambda: self.broker_up)
        self.refused: dict[str, Refusals] = {}
        self.strangers: dict[str, int] = {}
        self.inbox = Inbox()
        self.board = board.Board()
        self.page: PageKey | None = None
        """Key and certificate of the site's own page, where it has a public name."""
        self.work = Work(link_alarms.database, self.now(), clock.boot)
        self.published = Published(link_alarms.database)
        self.food = FoodBook(settings.site[0], link_alarms.database) if settings.view.mode == "site" else None
        self.folded, self.broker_up, self.attentive, self.trouble = 0, False, True, ""
        self._in_contact: dict[str, bool] = {}
        self._silent, self._looked_ms = Watch(), 0
        self._admitted = AdmittedFile(settings.view.certificates_file)
        self.listeners: list[Callable[[Picture, int | None], None]] = []
        """Who else hears every picture that was folded, with when it came (None: retained)."""

    # --- asking ---

    def now(self) -> Now:
        """The time here."""
        return Now(mono_ms=self.clock.up_ms(), wall_ms=self.clock.wall_ms(), clock=self.clock.quality())

    def reader(
        self, language: str | None, person: Person | None = None, *, acts: bool = True, token: str = ""
    ) -> Reader:
        """Somebody who reads a page now; without a person whoever comes."""
        return Reader(
            language=language_of(language), zone=self.zone, now=self.now(), at_site=self.settings.view.mode == "site",
            person=person or self.anybody(), acts=acts, page_token=token,
        )  # fmt: skip

    def anybody(self) -> Person:
        """Who comes where nobody needs to sign in."""
        if self.settings.view.mode == "site":
            return Person(role=Role.OWNER, scope=self.settings.site[0].id)
        return Person(role=Role.COORDINATOR)

    def card(self, site: Site, reader: Reader) -> Card:
        """The card of a site now."""
        own = tuple(link_alarm.alarm(loss) for loss in self.losses[site.id] if not loss.over)
        shown = card(site, self.pictures[site.id], self.pending[site.id], reader, own)
        if reader.now.wall_ms is None:
            return shown
        today = datetime.fromtimestamp(reader.now.wall_ms / 1000, tz=UTC).date()
        told = certificates.of_site(self._admitted.now(), site.id, today)
        if not told.role and (page := self.pictures[site.id].page) is not None:
            told = certificates.of_page(page.page, reader.now.wall_ms)
        return msgspec.structs.replace(shown, certificate=told)

    def offered(self, site: str, what: SetClock, reader: Reader) -> SetClock:
        """A phone's time with the site's uptime beside it, which no delay on the way makes wrong; raises BadOrder."""
        contact, up_ms = self.pictures[site].contact, self.clock.up_ms()
        if contact is not None and contact.boot != self.clock.boot:
            return msgspec.structs.replace(what, boot=contact.boot, up_ms=contact.up_ms + up_ms - contact.mono_ms)
        if contact is None and self.settings.view.mode != "site":
            raise BadOrder(reader.t("wrong_no_contact"))
        return msgspec.structs.replace(what, boot=self.clock.boot, up_ms=up_ms)

    # --- hearing ---

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message from the broker; nothing that comes in can stop the program."""
        levels = topics.parts(topic)
        if levels is not None and topic == topics.page_certificate(levels[0]):
            self._hear_certificate(levels[0], payload)
            return
        for told, own in ((topics.past, self.asked), (topics.food, self.food)):
            if levels is not None and topic == told(levels[0]):
                self._hear_own(levels[0], own, payload)
                return
        if levels is not None and board.is_public(topic, levels[0]):
            self._hear_public(levels[0], topic, payload, retained)
            return
        if levels is None or (levels[1] != "up" and topic != topics.answers(levels[0])):
            return
        site = self.settings.find(levels[0])
        if site is None:
            self._stranger(levels[0])
            return
        if levels[1] != "up":
            self._hear_answers(site.id, payload)
            return
        try:
            message = intake.read(topic, payload)
            if message is None:
                return
            intake.admit(message, site)
        except Refused as fault:
            self._refuse(site.id, fault)
            self._salvage(site, levels, payload, fault)
            return
        mono_ms = None if retained else self.clock.up_ms()
        if isinstance(message, RecordBatch):
            self._take(message, mono_ms)
        else:
            self._fold(message, mono_ms)

    def _hear_public(self, site: str, topic: str, payload: bytes, retained: bool) -> None:
        """What visitors may know, heard at the site's own page alone."""
        own = self.settings.find(site)
        if own is None or self.settings.view.mode != "site":
            return
        try:
            mono_ms = None if retained else self.clock.up_ms()
            self.board = board.told(self.board, topic, payload, own, mono_ms, self.clock.boot)
            self.hub.tell(site)
        except Refused as fault:
            self._refuse(site, fault)

    def take_page(self, page: PageKey | None) -> None:
        """The page has a key of its own, and perhaps a certificate: as settings they are what every page reads."""
        self.page = page
        if page is not None:
            files = {"certificate_file": str(page.file), "key_file": str(page.key_file)} if page.tls else NO_FILES
            web = msgspec.structs.replace(self.settings.web, **files)
            self.settings = msgspec.structs.replace(self.settings, web=web)
            self.down_due[topics.page_wish(self.settings.site[0].id)] = encode(page.wish())
            self.wake.set()

    def _hear_certificate(self, site: str, payload: bytes) -> None:
        """Only the page that asked for one hears it."""
        if self.page is None or not payload or self.settings.find(site) is None:
            return
        try:
            if not self.page.take(payload, site):
                return
            log.warning("%s: a new certificate is in use, until %s", self.page.name, self.page.ends)
        except Refused as fault:
            self._refuse(site, fault)
        self.take_page(self.page)
        self.hub.tell(site)

    def _hear_own(self, site: str, own: AskedPast | FoodBook | None, payload: bytes) -> None:
        try:
            if own is not None and payload and own.hear(payload):
                self.hub.tell(site)
        except Refused as fault:
            self._refuse(site, fault)

    async def look_for_orders(self) -> None:
        """What a command beside us has laid into the store, as a new seal does. Raises StoreTrouble."""
        if self.settings.view.mode != "site" or self.clock.up_ms() - self._looked_ms < LOOK_MS:
            return
        self._looked_ms = self.clock.up_ms()
        for site, pending in list(self.pending.items()):
            kept = await asyncio.to_thread(self.shelf.orders, site)
            if kept.orders != pending and self.pending[site] is pending:
                self.reload_orders(site)

    def _fold(self, message: Picture, mono_ms: int | None) -> None:
        site = message.head.site
        self.clock.hear(message.head)
        held = recalled(self.pictures[site], message, self.records)
        self.pictures[site] = fold(held, message, mono_ms, self._ear())
        self.folded += 1
        for listen in self.listeners:
            listen(message, mono_ms)
        self.hub.tell(site, calm=held.in_contact(self.now()) and only_alive(held.status, message))

    def _ear(self) -> Ear:
        return Ear(self.clock.boot, self.clock.wall_ms(), self.clock.quality())

    def _take(self, batch: RecordBatch, mono_ms: int | None) -> None:
        site = batch.head.site
        if mono_ms is not None:
            self.pictures[site] = heard(self.pictures[site], batch, mono_ms, self._ear())
        self.inbox.put(Taken(batch, self.clock.wall_ms()))

    def _salvage(self, site: Site, levels: tuple[str, ...], payload: bytes, fault: Refused) -> None:
        """Records of which not all can be taken: what can be is kept, what cannot is put aside."""
        if len(levels) != 4 or levels[2] != "record" or levels[3] not in tuple(Stream):
            return
        if isinstance(fault, intake.Simulated):
            sifted = leftovers(decode(payload, RecordBatch))
        else:
            sifted = sift(site.id, levels[3], payload, str(fault))
            if sifted.good is not None and site.in_service and intake.is_simulated(sifted.good):
                return
        if sifted is None:
            return
        self.inbox.put(Taken(sifted.good, self.clock.wall_ms(), sifted.odd, site.id))

    def _stranger(self, site: str) -> None:
        if site not in self.strangers:
            if len(self.strangers) >= MAX_STRANGERS:
                return
            log.warning("%s says it is a site but is not in the settings; nothing from it is kept", site)
        self.strangers[site] = self.strangers.get(site, 0) + 1
        self.hub.tell("")

    def _refuse(self, site: str, fault: Refused) -> None:
        held = self.refused.setdefault(site, Refusals())
        simulated = isinstance(fault, intake.Simulated)
        if held.count == 0 or (simulated and held.simulated == 0):
            log.warning("%s: refused: %s", site, fault)
        held.count += 1
        held.simulated += simulated
        held.last = str(fault)[:300]
        self.hub.tell(site)

    # --- orders ---

    def _hear_answers(self, site: str, payload: bytes) -> None:
        """At the site's own page the gateway's list of answers stands for the records that go to the centre."""
        if self.settings.view.mode != "site":
            return
        try:
            told = decode(payload, Answers)
        except Refused as fault:
            self._refuse(site, fault)
            return
        waiting = {one.id: one for one in self.pending[site]}
        for body in told.answers:
            if body.order in waiting:
                self._answer(site, waiting[body.order], "order_refused" if body.refused else "order_done", body)

    def expire_orders(self) -> None:
        """At the site's own page nobody waits for an answer for ever; after a day it is taken away."""
        now = self.clock.wall_ms()
        if self.settings.view.mode != "site" or now is None:
            return
        for site, pending in self.pending.items():
            for one in [one for one in pending if orders.expired(one, now)]:
                self._answer(site, one, "order_expired")

    def _answer(self, site: str, order: Order, answer: str, body: AnswerBody | None = None) -> None:
        try:
            self.shelf.answer_order(site, order.id, answer, body)
            self.reload_orders(site)
        except StoreTrouble as fault:
            self.trouble = str(fault)

    def reload_orders(self, site: str) -> None:
        """What waits for a site, as the store has it now; its document is to be published. Raises StoreTrouble."""
        before = {one.id for one in self.pending[site]}
        self.pending[site] = self.shelf.orders(site).orders
        if orders.outlived(self.pending[site]):
            try:
                for one in orders.outlived(self.pending[site]):
                    self.shelf.answer_order(site, one.id, orders.OUTLIVED)
                self.pending[site] = self.shelf.orders(site).orders
            except StoreTrouble as fault:  # what was kept just now is none the less to be sent
                self.trouble = str(fault)
        waiting = {one.id for one in self.pending[site]}
        kept = {name: at for name, at in self.entered.items() if name in waiting or name not in before}
        self.entered = dict.fromkeys(waiting - before, self.clock.up_ms()) | kept
        self.orders_due[site] = None
        self.wake.set()
        self.hub.tell(site)

    # --- time passes ---

    def notice_silence(self) -> None:
        """Tell the browsers of sites that have fallen silent, or speak again."""
        now = self.now()
        for site, picture in self.pictures.items():
            contact = picture.in_contact(now)
            if self._in_contact.get(site) != contact:
                self._in_contact[site] = contact
                self.hub.tell(site)

    # --- the alarm that only the centre can raise ---

    async def watch_links(self) -> None:
        """Raise `link-lost` for a site that is silent for long, end it for one that speaks. Raises StoreTrouble."""
        if self.settings.view.mode == "site":
            return
        now, listening = self.now(), self.broker_up and self.attentive
        # a site that is not yet in service owes nobody a sign of life
        heard = {site.id: not site.in_service or self.pictures[site.id].in_contact(now) for site in self.settings.site}
        listened_ms = self._silent.listened_ms(now.mono_ms)
        calm = {site: there or farewell.excused(self.pictures[site], now, listened_ms) for site, there in heard.items()}
        self._silent = link_alarm.watched(self._silent, calm, listening=listening, now_ms=now.mono_ms)
        for site in link_alarm.due(self._silent, sum(self.losses.values(), ()), now.mono_ms):
            await self._raise_loss(site, now)
        for site, losses in self.losses.items():
            if heard[site] and any(not loss.back for loss in losses):
                await asyncio.to_thread(self.link_alarms.back, site, now.wall_ms)
                await self.reload_losses(site)

    async def look_for_incidents(self) -> None:
        """Gather sites that are in one trouble; tell the browsers of those concerned. Raises StoreTrouble."""
        if self.settings.view.mode == "site":
            return
        sites, now = self.settings.site, self.now()
        for site in await self.work.look(sites, self.pictures, now, listening=self.broker_up and self.attentive):
            self.hub.tell(site)

    async def acknowledge_loss(self, site: str, what: AckAlarm, ack: Ack, note: Note | None = None) -> bool:
        """Somebody has seen that a site was silent; False when there is no such alarm. Raises StoreTrouble."""
        done = await asyncio.to_thread(self.link_alarms.acknowledge, site, what.raised_seq, ack, note)
        await self.reload_losses(site)
        return done

    async def _raise_loss(self, site: str, now: Now) -> None:
        picture = self.pictures[site]
        silence = picture.silence(now)
        silent_ms = now.mono_ms - self._silent.silent[site] if silence is None else silence
        lost_ms = None if now.wall_ms is None else now.wall_ms - silent_ms
        priority = link_alarm.priority(picture.state.power if picture.state else None)
        await asyncio.to_thread(self.link_alarms.raised, site, priority, lost_ms, now.wall_ms)
        await self.reload_losses(site)

    async def reload_losses(self, site: str) -> None:
        """The silences of a site as the store has them now. Raises StoreTrouble."""
        self.losses[site] = await asyncio.to_thread(self.link_alarms.lately, site)
        self.hub.tell(site)
