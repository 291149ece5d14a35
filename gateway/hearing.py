"""What comes in by the brokers: understood, or refused with one sentence. All of it is hostile until then."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from contract import topics
from contract.bulletins import Receipt
from contract.messages import KioskStatus, decode
from contract.orders import Command, Orders
from contract.page import PageWish
from contract.past import PastWish
from contract.records import Again, Mark
from contract.waking import WakingTaken
from contract.wire import Refused
from contract.words import Event
from gateway.config import Plan
from gateway.core import pipeline
from gateway.core.allowance import Allowance
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
LATER_S = 10.0
"""Real seconds until what found no room is looked at again."""
S = 1000
REFUSALS = (Event.BULLETIN_REFUSED, Event.CONTENT_REFUSED)


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
    tell_lacking: Callable[[Again], None]
    hear_node: Callable[..., None]
    """Of a sensor node's name, the last level of the topic, the payload; `retained`. Raises Refused."""


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
        self._later: dict[str, tuple[bytes, str, bool]] = {}
        """Topic → its newest message for which there was no room, from whom, and was it retained."""
        self._timer: asyncio.TimerHandle | None = None
        # each becomes records that are never thinned, a write, or bytes that are paid for
        self._orders = Allowance(500, 10 * S)
        self._receipts = Allowance(200, 10 * S)
        self._rebirths = Allowance(10, 60 * S)
        self._wishes = Allowance(10, 600 * S)
        self._wakings = Allowance(100, 30 * S)
        self._refusals = Allowance(100, 600 * S)
        self.records: Records | None = None
        """Where marks let records go; None at a site without a centre."""

    def from_site(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message of the site's broker."""
        once = (topics.kiosk_status(self._name), topics.past_wish(self._name))
        if not (retained and topic in once):  # an old sign of life proves nothing, and an old wish is nobody's
            kept = retained and topic.startswith(topics.node_birth(self._name, "+").partition("+")[0])
            self._hear(topic, payload, "site", retained=kept)

    def from_centre(self, topic: str, payload: bytes, retained: bool) -> None:
        """A message of the centre's broker."""
        self._hear(topic, payload, "centre", retained=retained)

    def take_documents(self) -> None:
        """Content that has come whole; while the disk refuses, it waits where it is bounded."""
        if not self._keeper.behind:
            now = self._work.now()
            before = self._work.site()
            site, changes, held = self._documents.match(before, now)
            told = self._told(changes, now)
            if changes and not told:
                site = before
            site, numbered = pipeline.number(site, told, now)
            self._work.commit(site, now, None, numbered, documents=held)

    def _hear(self, topic: str, payload: bytes, who: str, *, retained: bool) -> None:
        """A bad one costs one sentence in the log."""
        levels = topics.parts(topic)
        try:
            if levels is not None and payload and levels[1] == "node" and len(levels) == 4:
                self._work.hear_node(levels[2], levels[3], payload, retained=retained)
            elif levels is not None and payload:
                self._understand(topic, levels, payload, retained)
                self._later.pop(topic, None)
        except Refused as fault:
            self._complain(topic, "%s broker, %s: refused, %s", who, topic, fault)
        except _Later:
            self._complain(f"{topic} later", "%s broker, %s: comes too fast, and is taken bit by bit", who, topic)
            self._later[topic] = (payload, who, retained)
            self._timer = self._timer or asyncio.get_running_loop().call_later(LATER_S, self._hear_later)
        except StoreFault as fault:
            self._complain(str(fault), "%s", fault)

    def _complain(self, of: str, sentence: str, *told: object) -> None:
        """Each once, and not without end."""
        if of not in self._complained and len(self._complained) < MOST_COMPLAINTS:
            self._complained.add(of)
            log.warning(sentence, *told)

    def _hear_later(self) -> None:
        self._timer = None
        later, self._later = self._later, {}
        for topic, (payload, who, retained) in later.items():
            self._hear(topic, payload, who, retained=retained)

    def _told(self, changes: Sequence[Change], now: Now) -> list[Change]:
        """What of this is told: whoever writes rubbish to the broker fills neither the card nor the bill with it."""
        told = [one for one in changes if one.kind not in REFUSALS or self._refusals.take(now.up_ms)]
        if len(told) < len(changes):
            self._complain("refusals", "so much was refused that not all of it is told to the centre any more")
        return told

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
        elif topic == topics.again(site):
            self._work.tell_lacking(decode(payload, Again))
        elif topic == topics.waking(site):
            waking = decode(payload, WakingTaken)
            _room(self._wakings, self._work.now())
            self._work.take(waking)
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
        _room(self._wishes, now)
        self._work.commit(msgspec.structs.replace(site, page=wish), now, None, [])
        self._work.tell_page(now)
        self.take_documents()

    def _bulletin(self, payload: bytes) -> None:
        now, plan = self._work.now(), self._plan
        site, changes, held = bulletins.take(self._work.site(), self._name, payload, plan.keys, now, plan.keys_end_ms)
        if changes and not self._told(changes, now):
            return
        self._work.settle(site, changes, now)
        if held is not None:
            self._work.tell_visitors(now)

    def _obey(self, orders: Orders) -> None:
        waits = False
        for order in orders.orders:
            if order.id in self._work.site().memory.done_orders:
                continue
            rebirth = isinstance(order.what, Command)
            if not (self._rebirths if rebirth else self._orders).take(self._work.now().up_ms):
                waits = True  # and keeps none of another kind back
                continue
            self._work.take(order)
            if rebirth:
                self._work.tell_everything()
        if waits:
            raise _Later

    def _receive(self, receipt: Receipt) -> None:
        """A receipt is stored once and in order; the kiosk repeats it until the mark says so."""
        if self._keeper.behind or self._store.stands_in_for is not None:
            return  # the disk refuses: what is not stored gets no mark
        site = self._work.site()
        marks = site.memory.receipts
        new = receipt.number == marks.get(receipt.kiosk_run, 0) + 1
        if new and self._receipts.take(self._work.now().up_ms):
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


class _Later(Exception):
    """There is no room for it now."""


def _room(allowance: Allowance, now: Now) -> None:
    if not allowance.take(now.up_ms):
        raise _Later


def _newest(marks: dict[str, int], run: str, number: int, keep: int = 20) -> dict[str, int]:
    """The mark of a kiosk run moves to the end; only the runs heard of last can still repeat a receipt."""
    others = [(other, mark) for other, mark in marks.items() if other != run]
    return dict([*others, (run, number)][-keep:])
