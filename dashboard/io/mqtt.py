"""The dashboard's link to its broker: hears the sites, keeps their records, and only then tells them to forget."""

import asyncio
import logging
import secrets

import msgspec

from contract import topics
from contract.bulletins import Bulletin
from contract.messages import encode
from contract.words import Event
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.records import Taken
from dashboard.io.store.shelf import Shelf
from doors.broker import Link, LinkDown
from doors.progress import Progress

log = logging.getLogger(__name__)

ANSWERS = (Event.ORDER_DONE, Event.ORDER_REFUSED)
TICK_S = 0.5
PAUSE_S = 2.0
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
        self._is_centre = desk.settings.view.mode == "centre"
        heard = (topics.up_all,) if self._is_centre else (topics.up_all, topics.answers)
        sites = ["+"] if self._is_centre else [site.id for site in desk.settings.site]
        self._link = Link(
            desk.settings.broker,
            name="the",
            client_id=f"dashboard-{secrets.token_hex(6)}",
            subscribe=tuple(told(site) for site in sites for told in heard),
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
                self._trouble(fault)
                await asyncio.sleep(PAUSE_S)
                continue
            self._writing = False
            self._well()
            for site in fresh:
                await self._confirm(site, taken)

    async def _confirm(self, site: str, taken: list[Taken]) -> None:
        batches = [one.batch for one in taken if one.batch is not None and one.site == site]
        records = [record for batch in batches for record in batch.records]
        try:
            if any(record.kind in ANSWERS for record in records):
                self._desk.reload_orders(site)
            if self._is_centre:
                await self._mark(site)
        except StoreTrouble as fault:
            self._trouble(fault)
        except LinkDown as fault:
            log.info("mark of %s waits: %s", site, fault)  # said again after the next connect
        self._desk.hub.tell(site)

    async def _mark(self, site: str) -> None:
        mark = await asyncio.to_thread(self._desk.records.mark, site, self._desk.clock.wall_ms())
        await self._link.publish(topics.mark(site), encode(mark), retain=True)

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
            self._desk.notice_silence()
            self._desk.expire_orders()
            try:
                await self._desk.watch_links()
            except StoreTrouble as fault:
                self._trouble(fault)
            await self._publish_due()
            try:
                async with asyncio.timeout(TICK_S):
                    await self._desk.wake.wait()
            except TimeoutError:
                continue
            self._desk.wake.clear()

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
