"""What the site's broker says: judged, folded, and written so that the card is spared."""

from collections.abc import Callable

from contract import freshness
from contract.bulletins import ReceiptMark
from contract.content import PublicDocument
from contract.freshness import Contact, Now
from contract.messages import PublicPicture
from contract.pictures import is_picture
from contract.wire import Refused
from doors.clock import Clock
from kiosk.config import Settings
from kiosk.core.asking.polling import Tier
from kiosk.core.picture import Public, overtaken, read, said_after, same_facts
from kiosk.core.saving.power_tiers import MEANS, tier_of
from kiosk.io.cache import MAX_TOPICS, Heard
from kiosk.keeper.pictures import Pictures
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf


class Hearing:
    """Takes messages; `confirm` is given the gateway's marks of receipts, `knock` wakes the screen.

    `ask`: for a word of the gateway that can be dated.
    """

    def __init__(
        self, settings: Settings, clock: Clock, shelf: Shelf, saying: Saying, *,
        knock: Callable[[], None], confirm: Callable[[ReceiptMark], None], ask: Callable[[], None],
    ) -> None:  # fmt: skip
        self._site, self._simulated = settings.site.id, settings.site.simulated
        self._screen = settings.screen.name
        self._clock = clock
        self._shelf = shelf
        self._saying = saying
        self._knock = knock
        self._confirm = confirm
        self._ask = ask
        self._pictures = Pictures(shelf, knock)
        self._held: dict[str, Public] = {}
        self._kept_mono_ms: dict[str, int] = {}
        self._pending: dict[str, Heard] = {}
        self._counts: dict[str, int] = {}
        self._contact: Contact | None = None
        self._refused = False
        self._remember()

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message from the broker; whatever it is, nothing crashes."""
        if not payload:
            self._pictures.emptied(topic)
            return  # nothing else ends so: a bulletin ends by its own successor, a word of the site by growing old
        try:
            message = read(topic, payload, self._site, self._simulated)
            if isinstance(message, ReceiptMark):
                self._confirm(message)
                return
            if isinstance(message, PublicDocument) and is_picture(message.name):
                self._pictures.take(message)
                return
            own_boot, mono_ms = self._clock.boot, self._clock.up_ms()
            asked_ms = said_after(message, self._screen, own_boot, mono_ms)
            self._fold(Heard(
                topic=topic, payload=payload, message=message, retained=retained and asked_ms is None,
                own_boot=own_boot, mono_ms=mono_ms, said_after_ms=asked_ms,
            ))  # fmt: skip
        except Refused as fault:
            self._count("refused")
            self._saying.once(str(fault))

    def tier(self) -> Tier:
        """How scarce power is, by what the site said last and how old that is."""
        now = Now(self._clock.up_ms(), self._clock.wall_ms(), self._clock.quality())
        picture = next((one for one in self._held.values() if isinstance(one, PublicPicture)), None)
        return MEANS[tier_of(picture, self._contact, now)].polls

    @property
    def late(self) -> bool:
        """Did the disk refuse what waits?"""
        return self._refused or self._pictures.waits

    def flush(self, *, force: bool = False) -> None:
        """Write what waits and knock; when the disk refuses, it waits on."""
        self._pictures.flush()
        if not self._pending and not (force and self._counts):
            return
        heard, counts = list(self._pending.values()), dict(self._counts)
        self._refused = not self._shelf.write(lambda cache: cache.keep(heard, counts))
        if self._refused:
            return
        for one in heard:
            if not one.retained:  # the first live message after a remembered one is news: there is contact
                self._kept_mono_ms[one.topic] = one.mono_ms
        self._pending.clear()
        self._counts.clear()
        self._knock()

    def _remember(self) -> None:
        for topic, (payload, _) in self._shelf.cache.newest().items():
            try:
                message = read(topic, payload, self._site, self._simulated)
            except Refused:
                continue
            if not isinstance(message, ReceiptMark):
                self._held[topic] = message

    def _fold(self, heard: Heard) -> None:
        held = self._held.get(heard.topic)
        if held is None and len(self._held) >= MAX_TOPICS:
            raise Refused(f"more than {MAX_TOPICS} public topics; the rest is not kept")
        if held is not None and overtaken(heard.message.head, held.head, heard.retained):
            return
        changed = held is None or not same_facts(heard.message, held)
        self._held[heard.topic] = heard.message
        proved = not heard.retained and self._heard_live(heard)
        if not changed and heard.retained:
            return  # what was known already, said again after a connect; it proves nothing of now
        if isinstance(heard.message, PublicPicture):
            self._count("folded")
        self._pending[heard.topic] = heard
        if changed or proved or self._due(heard):
            self.flush()

    def _heard_live(self, heard: Heard) -> bool:
        """Is it the first word of a boot whose age is known?"""
        head, was = heard.message.head, self._contact
        self._contact = freshness.proven(was, head, heard.mono_ms, heard.own_boot, heard.said_after_ms)
        self._clock.hear(head)  # the gateway of this very computer may know the time when we do not
        if self._contact is None or self._contact.boot != head.boot:
            self._ask()
            return False
        return was is None or was.boot != head.boot

    def _due(self, heard: Heard) -> bool:
        """Nothing new but "still so": written once per period, to spare the card."""
        kept = self._kept_mono_ms.get(heard.topic)
        period_s = heard.message.period_s if isinstance(heard.message, PublicPicture) else 1.0
        return kept is None or heard.mono_ms - kept >= 900 * period_s

    def _count(self, name: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1
