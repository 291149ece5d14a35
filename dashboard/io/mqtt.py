"""The dashboard's link to its broker: hears the sites, keeps their records, and only then tells them to forget."""

import asyncio
import logging
import secrets

import msgspec

from contract import topics
from contract.bulletins import Bulletin
from contract.messages import encode
from contract.words import Event
from dashboard.core.hearing.attention import Attention, looked
from dashboard.core.owner.board import CONTACTS
from dashboard.core.work.store_words import DAMAGED, store_words
from dashboard.io.desk import Desk
from dashboard.io.missed import Missed
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.records import Taken
from dashboard.io.store.shelf import Shelf
from doors.broker import Link, LinkDown
from doors.progress import Progress

log = logging.getLogger(__name__)

ANSWERS = (Event.ORDER_DONE, Event.ORDER_REFUSED)
TICK_S = 0.5
TOGETHER = 10
"""Sites whose pictures are asked for at once; a site has a handful of retained messages, fifty at the most."""
PAUSE_S = 2.0
TRY_MS = 5000
"""How often a store that refused is asked whether it takes anything again."""
STORE, SITES = "store", "looking after the sites"
STORE_WITHIN_S, SITES_WITHIN_S = 180.0, 120.0
"""Real seconds after which one that has not moved counts as stuck."""


class Centre:
    """Broker and desk, joined. In mode `site` it only looks and orders: marks are sent by the centre alone."""

    def __init__(self, desk: Desk, progress: Progress | None = None) -> None:
        self._desk = desk
        self._progress = progress or Progress()
        self._progress.expect(STORE, STORE_WITHIN_S)
        self._progress.expect(SITES, SITES_WITHIN_S)
        self._writing = False
        self._tried_ms = 0
        self._attention = Attention()
        self._is_centre = desk.settings.view.mode == "centre"
        self._missed = Missed(desk)
        own = (topics.answers, topics.public_picture, _contacts, topics.page_certificate, topics.past, topics.food)
        heard = (topics.up_all,) if self._is_centre else (topics.up_all, *own)
        wanted = [told(site.id) for site in desk.settings.site for told in heard]
        self._link = Link(
            desk.settings.broker,
            name="the",
            client_id=f"dashboard-{secrets.token_hex(6)}",
            subscribe=_few_at_a_time(wanted, topics.status("+") if self._is_centre else ""),
            on_message=desk.receive,
            on_up=self._greet,
            on_down=self._down,
        )

    async def run(self) -> None:
        """Hear and keep until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._link.run(), name="broker")
            group.create_task(self._keep(), name="keeper")
            group.create_task(self._watch(), name="watch")

    # --- up ---

    async def _keep(self) -> None:
        """Records: first on disk, then the mark."""
        while True:
            taken = await self._desk.inbox.together()
            self._writing = True
            try:
                fresh = await asyncio.to_thread(self._desk.records.commit, taken)
            except StoreTrouble as fault:
                self._writing = False  # tried and refused: no new start makes room on a disk
                self._desk.inbox.turn_away(taken)
                self._trouble(fault)
                await asyncio.sleep(PAUSE_S)
                continue
            self._writing = False
            self._well()
            await self._confirm(list(dict.fromkeys([*fresh, *self._desk.inbox.asked_again()])), taken)

    async def _confirm(self, sites: list[str], taken: list[Taken]) -> None:
        """Each site gets its mark; all of them together, for a broker's answer takes longer than a commit."""
        answered = {
            one.site for one in taken if one.batch is not None
            for record in one.batch.records if record.kind in ANSWERS
        }  # fmt: skip
        try:
            for site in answered:
                self._desk.reload_orders(site)
            if self._is_centre:
                await self._mark(*sites)
        except StoreTrouble as fault:
            self._trouble(fault)
        except LinkDown as fault:
            log.info("marks wait: %s", fault)  # said again after the next connect
        for site in sites:
            self._desk.hub.tell(site)

    async def _mark(self, *sites: str) -> None:
        """How far each may forget. Raises StoreTrouble, LinkDown; one that was not taken keeps no other back."""
        marks = await asyncio.to_thread(self._desk.records.marks, sites, self._desk.clock.wall_ms())
        told = (self._link.publish(topics.mark(mark.site), encode(mark), retain=True) for mark in marks)
        for fault in await asyncio.gather(*told, return_exceptions=True):
            if isinstance(fault, BaseException):
                raise fault

    # --- down ---

    async def _publish_orders(self, site: str) -> None:
        document = await asyncio.to_thread(self._desk.shelf.orders, site)
        topic = topics.orders(site) if self._is_centre else topics.local_orders(site)
        await self._link.publish(topic, encode(document), retain=True)

    async def _greet(self) -> None:
        """No session is trusted: everything that goes down is told anew after every connect."""
        self._desk.broker_up = True
        self._desk.hub.tell("")
        try:
            for site in self._desk.pictures:
                await self._publish_orders(site)
                if self._is_centre:
                    await self._mark(site)
                    await self._publish_kept(site)
            self._desk.take_page(self._desk.page)
        except StoreTrouble as fault:
            self._trouble(fault)

    async def _publish_kept(self, site: str) -> None:
        """Bulletins and content of a site: documents before the manifest that names them."""
        for topic, payload in await asyncio.to_thread(kept, self._desk.shelf, site):
            await self._link.publish(topic, payload, retain=True)

    def _down(self) -> None:
        self._desk.broker_up = False
        self._desk.hub.tell("")

    # --- time ---

    async def _watch(self) -> None:
        """Silence, old orders, orders to publish."""
        while True:
            self._progress.done(SITES)
            if not self._writing:
                self._progress.done(STORE)
            self._attend()
            self._desk.notice_silence()
            self._desk.expire_orders()
            try:
                await self._desk.watch_links()
                await self._desk.look_for_orders()
                await self._desk.look_for_incidents()
            except StoreTrouble as fault:
                self._trouble(fault)
            await self._try_store()
            await self._ask_again()
            await self._ask_missed()
            await self._publish_due()
            try:
                async with asyncio.timeout(TICK_S):
                    await self._desk.wake.wait()
            except TimeoutError:
                continue
            self._desk.wake.clear()

    def _attend(self) -> None:
        """Did this program stand still since the last look? Then no site is silent that only it has not heard."""
        desk, was = self._desk, self._attention
        beats = (picture.heartbeat_s for picture in desk.pictures.values())
        self._attention = looked(was, desk.clock.up_ms(), beats, desk.clock.rate)
        desk.attentive = self._attention.whole
        if not desk.attentive:
            away_s = (self._attention.looked_ms - was.looked_ms) / 1000
            log.warning("this program stood still for %.0f s; silent sites are judged anew from now", away_s)

    async def _ask_again(self) -> None:
        """Sites whose records found no room are told how far they are: they send again from there."""
        if self._link.up and not self._desk.trouble and (sites := self._desk.inbox.asked_again()):
            await self._confirm(sites, [])

    async def _ask_missed(self) -> None:
        """A picture was lost on its way: its site tells it again. Nobody keeps the question."""
        for again in self._missed.due() if self._is_centre else ():
            log.info("%s: a picture is lacking here; the site is asked for it", again.site)
            try:
                await self._link.publish(topics.again(again.site), encode(again))
            except LinkDown as fault:
                log.info("%s", fault)

    async def _publish_due(self) -> None:
        for site in list(self._desk.orders_due):
            if not self._link.up:
                return
            del self._desk.orders_due[site]
            try:
                await self._publish_orders(site)
            except (LinkDown, StoreTrouble) as fault:
                self._desk.orders_due[site] = None
                log.info("orders for %s wait: %s", site, fault)
                return
        await self._ask_past()
        for topic in list(self._desk.down_due):
            if not self._link.up:
                return
            payload = self._desk.down_due[topic]
            try:
                await self._link.publish(topic, payload, retain=True)
            except LinkDown as fault:
                log.info("%s waits: %s", topic, fault)
                return
            if self._desk.down_due.get(topic) is payload:
                del self._desk.down_due[topic]

    async def _ask_past(self) -> None:
        """What the site's own page wants to know of the past; nobody keeps it, so it is not said again."""
        asked = self._desk.asked
        wish = asked.due if asked is not None else None
        if asked is None or wish is None or not self._link.up:
            return
        try:
            await self._link.publish(topics.past_wish(self._desk.settings.site[0].id), encode(wish))
            asked.sent(wish)
        except LinkDown as fault:
            log.info("the past waits: %s", fault)

    async def _try_store(self) -> None:
        """Is a store that refused well again? On a quiet day, and at a site, no record would show it for hours."""
        now_ms, known = self._desk.clock.up_ms(), store_words(self._desk.trouble)
        if not self._desk.trouble or known == DAMAGED or now_ms - self._tried_ms < TRY_MS:
            return
        self._tried_ms = now_ms
        if await asyncio.to_thread(self._desk.records.takes_anything):
            self._well()

    def _trouble(self, fault: StoreTrouble) -> None:
        if not self._desk.trouble:
            log.error("%s; nothing is kept until it is well again", fault)
        self._desk.trouble = str(fault)
        self._desk.hub.tell("")

    def _well(self) -> None:
        if self._desk.trouble:
            log.warning("the store is well again")
            self._desk.trouble = ""
            self._desk.hub.tell("")


def _few_at_a_time(wanted: list[str], strangers: str) -> tuple[tuple[str, ...], ...]:
    """A broker keeps only so many messages for one reader, and what it has retained of all sites at once is more: it
    would drop the rest without a word, and the next word of a site can be long in coming. `strangers`: asked last.
    """
    few = tuple(tuple(wanted[begin : begin + TOGETHER]) for begin in range(0, len(wanted), TOGETHER))
    return (*few, (strangers,)) if strangers else few


def _contacts(site: str) -> str:
    return topics.public_content(site, CONTACTS)


def kept(shelf: Shelf, site: str) -> list[tuple[str, bytes]]:
    """What stands for a site on the broker for good: bulletins, documents, and last their manifest."""
    messages = [
        (topics.bulletin(site, msgspec.json.decode(signed.signed, type=Bulletin).id), encode(signed))
        for signed in reversed(shelf.bulletins(site))
    ]
    content = shelf.content(site)
    if content is not None:
        manifest, documents = content
        messages += [(topics.blob(site, digest), data) for digest, data in documents.items()]
        messages.append((topics.content(site), encode(manifest)))
    return messages
