"""What comes in by the brokers: understood, or refused with one sentence. All of it is hostile until then."""

import logging
from collections.abc import Callable

import msgspec

from contract import topics
from contract.bulletins import Receipt
from contract.messages import KioskStatus, decode
from contract.orders import Command, Orders
from contract.page import PageWish
from contract.past import PastWish
from contract.records import Mark
from contract.waking import WakingTaken
from contract.wire import Refused
from gateway.config import Plan
from gateway.core import pipeline
from gateway.core.down import bulletins, page_certificate
from gateway.core.orders import needs
from gateway.core.pipeline import Happening
from gateway.core.site import Change, Now, Site
from gateway.io.documents import Documents
from gateway.io.keeping import Keeper
from gateway.io.marks import Marks
from gateway.io.record_road import Records
from gateway.io.store import Store, StoreFault

log = logging.getLogger(__name__)

MOST_COMPLAINTS = 1000
"""Topics of which a refusal is told, each once."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway lends its ears: how to see the site, decide, keep and tell."""

    site: Callable[[], Site]
    now: Callable[[], Now]
    take: Callable[[Happening], None]
    settle: Callable[[Site, list[Change], Now], None]
    commit: Callable[..., None]
    """Of a site, a moment, a batch or None, what was numbered; further fields of a Step by name."""
    signs_of_life: Callable[[KioskStatus], None]
    tell_visitors: Callable[[Now], None]
    tell_receipts: Callable[[], None]
    tell_everything: Callable[[], None]
    tell_page: Callable[[Now], None]
    tell_past: Callable[[PastWish], None]


class Hearing:
    """The ears of one site, for both brokers."""

    def __init__(
        self, plan: Plan, store: Store, keeper: Keeper, documents: Documents, marks: Marks, work: Work
    ) -> None:
        self._plan = plan
        self._name = plan.facts.site
        self._store = store
        self._keeper = keeper
        self._documents = documents
        self._marks = marks
        self._work = work
        self._complained: set[str] = set()
        self.records: Records | None = None
        """Where marks let records go; None at a site without a centre."""

    def from_site(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message of the site's broker."""
        once = (topics.kiosk_status(self._name), topics.past_wish(self._name))
        if not (retained and topic in once):  # an old sign of life proves nothing, and an old wish is nobody's
            self._hear(topic, payload, "site", retained=False)

    def from_centre(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message of the centre's broker."""
        self._hear(topic, payload, "centre", retained=retained)

    def take_documents(self) -> None:
        """Content that has come whole; while the disk refuses, it waits where it is bounded."""
        if not self._keeper.behind:
            now = self._work.now()
            site, changes, held = self._documents.match(self._work.site(), now)
            site, numbered = pipeline.number(site, changes, now)
            self._work.commit(site, now, None, numbered, documents=held)

    def _hear(self, topic: str, payload: bytes, who: str, *, retained: bool) -> None:
        """A bad one costs one sentence in the log."""
        levels = topics.parts(topic)
        try:
            if levels is not None and payload:
                self._understand(topic, levels, payload, retained)
        except Refused as fault:
            if topic not in self._complained and len(self._complained) < MOST_COMPLAINTS:
                self._complained.add(topic)
                log.warning("%s broker, %s: refused, %s", who, topic, fault)
        except StoreFault as fault:
            log.error("%s", fault)

    def _understand(self, topic: str, levels: tuple[str, ...], payload: bytes, retained: bool) -> None:
        site = self._name
        if topic in (topics.orders(site), topics.local_orders(site)):
            self._obey(decode(payload, Orders))
        elif topic == topics.receipt(site):
            self._receive(decode(payload, Receipt))
        elif topic == topics.kiosk_status(site):
            self._work.signs_of_life(decode(payload, KioskStatus))
        elif topic == topics.page_wish(site):
            self._page(decode(payload, PageWish))
        elif topic == topics.past_wish(site):
            self._work.tell_past(decode(payload, PastWish))
        elif topic == topics.mark(site):
            self._forget(decode(payload, Mark), retained=retained)
        elif topic == topics.waking(site):
            self._work.take(decode(payload, WakingTaken))
        elif topic == topics.content(site):
            self._documents.manifest(payload)
            self.take_documents()
        elif levels[1:3] == ("down", "blob") and len(levels) == 4:
            self._documents.blob(levels[3], payload)
            self.take_documents()
        elif levels[1:3] == ("down", "bulletin"):
            self._bulletin(payload)

    def _page(self, wish: PageWish) -> None:
        """What the owner's page says of its certificate; the centre is told when it is news."""
        page_certificate.check_wish(wish)
        if wish == (site := self._work.site()).page:
            return
        now = self._work.now()
        self._work.commit(msgspec.structs.replace(site, page=wish), now, None, [])
        self._work.tell_page(now)
        self.take_documents()

    def _bulletin(self, payload: bytes) -> None:
        now, plan = self._work.now(), self._plan
        site, changes, held = bulletins.take(self._work.site(), self._name, payload, plan.keys, now, plan.keys_end_ms)
        self._work.settle(site, changes, now)
        if held is not None:
            self._work.tell_visitors(now)

    def _obey(self, orders: Orders) -> None:
        for order in orders.orders:
            if order.id not in self._work.site().memory.done_orders:
                self._work.take(order)
                if isinstance(order.what, Command):
                    self._work.tell_everything()

    def _receive(self, receipt: Receipt) -> None:
        """A receipt is stored once and in order; the kiosk repeats it until the mark says so."""
        if self._keeper.behind or self._store.stands_in_for is not None:
            return  # the disk refuses: what is not stored gets no mark
        site = self._work.site()
        marks = site.memory.receipts
        if receipt.number == marks.get(receipt.kiosk_run, 0) + 1:
            memory = msgspec.structs.replace(site.memory, receipts=_newest(marks, receipt.kiosk_run, receipt.number))
            site = msgspec.structs.replace(site, memory=memory)
            site, one = pipeline.number_receipt(site, msgspec.to_builtins(receipt))
            self._work.commit(site, self._work.now(), None, [one])
        self._work.tell_receipts()

    def _forget(self, mark: Mark, *, retained: bool) -> None:
        self._marks.take(mark, self._work.site().seqs, self.records, retained=retained)
        before = site = self._work.site()
        for run, streams in mark.marks.items():
            for stream, seq in streams.items():
                site = needs.received(site, run, stream, seq)
        if site.memory != before.memory:
            self._work.settle(site, [], self._work.now())


def _newest(marks: dict[str, int], run: str, number: int, keep: int = 20) -> dict[str, int]:
    """The mark of a kiosk run moves to the end; only the runs heard of last can still repeat a receipt."""
    others = [(other, mark) for other, mark in marks.items() if other != run]
    return dict([*others, (run, number)][-keep:])
