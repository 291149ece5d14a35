"""The picture of one site, folded from its messages: for each topic the newest wins, in whatever order they come."""

from dataclasses import dataclass, field, replace

from msgspec import Struct, structs

from contract import freshness, vouching
from contract.freshness import LOST_HEARTBEATS, Contact, Now, silence_ms
from contract.messages import Alarms, Birth, DevicePicture, Head, SiteState, SiteStatus
from contract.page import PageNow
from contract.words import ClockQuality
from dashboard.core.hearing.identity import Runs, spoke
from dashboard.core.hearing.intake import Message, Picture

MAX_DEVICES = 50
HEARTBEAT_S = 300.0
"""Until a site has said its own: the idle heartbeat."""
SAME_WAY_MS = 5000
SETTLED_MS = 60_000
"""No broker that stood still, and no narrow link, makes two words so far apart late by the same: the clocks differ."""


class Ear(Struct, frozen=True):
    """Who hears: the boot on whose uptime it counts, and its own wall clock when a message came."""

    own_boot: str = ""
    wall_ms: int | None = None
    clock: ClockQuality = ClockQuality.UNSYNCED


DEAF = Ear()
"""One that knows no time of day."""


class Late(Struct, frozen=True):
    """The first word of a boot was under way for so long, by the wall clocks; when it came, on the reader's uptime."""

    came_ms: int
    way_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePicture:
    """All that a site says of itself now. `offline`: the newest word about it is its broker's "it is gone"."""

    site: str
    status: SiteStatus | None = None
    birth: Birth | None = None
    state: SiteState | None = None
    alarms: Alarms | None = None
    devices: dict[str, DevicePicture] = field(default_factory=dict)
    """As the newest heartbeat says that they are."""
    told: dict[str, DevicePicture] = field(default_factory=dict)
    told_state: SiteState | None = None
    """As they were told."""
    page: PageNow | None = None
    """What the site's own page says of its certificate."""
    contact: Contact | None = None
    late: Late | None = None
    offline: bool = False
    runs: Runs = field(default_factory=Runs)

    @property
    def heartbeat_s(self) -> float:
        """Seconds between two signs of life, as the site says."""
        told = self.status or self.birth
        return told.heartbeat_s if told else HEARTBEAT_S

    @property
    def told_every_s(self) -> float:
        """How long a value that does not move need not be told again; 0 where all comes by itself."""
        return vouching.told_every_s(self.status)

    @property
    def alarms_hold(self) -> bool:
        """Are the alarms that are held all that there are? Not when the site has named newer ones since."""
        return vouching.alarms_hold(self.alarms, self.status)

    @property
    def head(self) -> Head | None:
        """The newest head held, of any message."""
        held = [message.head for message in (self.status, self.birth, self.state, self.alarms) if message]
        held += [device.head for device in self.devices.values()]
        newest: Head | None = None
        for head in held:
            if newest is None or newer(head, newest):
                newest = head
        return newest

    def silence(self, now: Now) -> int | None:
        """Milliseconds since anything was heard live; None when nothing was."""
        return silence_ms(self.contact, now)

    def in_contact(self, now: Now) -> bool:
        """Does what is held still speak for the site as it is now?"""
        silence = self.silence(now)
        return not self.offline and silence is not None and silence <= LOST_HEARTBEATS * self.heartbeat_s * 1000

    @property
    def state_is_of_this_run(self) -> bool:
        """Has the program that is alive at the site said how it stands, or only the one before it?"""
        if self.state is None or self.status is None:
            return self.state is not None
        state, status = self.state.head, self.status.head
        overdue = self.status.state is not None and state.up_ms < self.status.state
        return state.run == status.run and not (overdue and state.boot == status.boot)


def newer(head: Head, held: Head) -> bool:
    """Was `head` said after `held`? Across boots by clocks that can be believed; in doubt what comes later is later."""
    if head.boot == held.boot:
        return head.up_ms >= held.up_ms
    if head.wall_ms is None or held.wall_ms is None:
        return True
    if ClockQuality.UNSYNCED in (head.clock, held.clock):
        return True
    return head.wall_ms >= held.wall_ms


def fold(picture: SitePicture, message: Picture, mono_ms: int | None, ear: Ear = DEAF) -> SitePicture:
    """The picture after one message. `mono_ms`: when it came, or None for a retained one, which proves no contact."""
    if isinstance(message, SiteStatus) and not message.online:
        return _gone(picture, message)
    picture = _vouched(_placed(picture, message))
    return picture if mono_ms is None else heard(picture, message, mono_ms, ear)


def _vouched(picture: SitePicture) -> SitePicture:
    """What was told, as the newest heartbeat says that it is."""
    if not picture.told_every_s:
        return replace(picture, devices=picture.told, state=picture.told_state)
    known = vouching.periods(picture.birth)
    devices = {name: vouching.vouched(one, picture.status, known) for name, one in picture.told.items()}
    state = picture.told_state
    if state is not None:
        state = vouching.vouched_state(state, picture.status, known)
    return replace(picture, devices=devices, state=state)


def only_alive(held: SiteStatus | None, message: Message) -> bool:
    """Is it a heartbeat that says nothing but that the site is still there?"""
    if held is None or not isinstance(message, SiteStatus):
        return False
    head = structs.replace(held.head, up_ms=message.head.up_ms, wall_ms=message.head.wall_ms)
    return structs.replace(held, head=head) == message


def heard(picture: SitePicture, message: Message, mono_ms: int, ear: Ear = DEAF) -> SitePicture:
    """The site spoke live just now."""
    contact, late = _dated(picture, message.head, mono_ms, ear)
    return replace(picture, contact=contact, late=late, offline=False, runs=spoke(picture.runs, message.head, mono_ms))


def _dated(picture: SitePicture, head: Head, mono_ms: int, ear: Ear) -> tuple[Contact, Late | None]:
    """Whatever comes first of a boot may have lain in a broker that stood still: clocks that are kept tell how long."""
    was, late, way_ms = picture.contact, picture.late, freshness.way_ms(head, ear.wall_ms, ear.clock)
    if (was is None or was.boot != head.boot) and way_ms and head.boot != ear.own_boot:
        return Contact(head.boot, head.up_ms, mono_ms - way_ms), Late(mono_ms, way_ms)
    if late is None or was is None or was.boot != head.boot:
        return freshness.heard(was, head, mono_ms, ear.own_boot), None
    if mono_ms - late.came_ms < SETTLED_MS or head.up_ms <= was.up_ms:
        return freshness.heard(was, head, mono_ms, ear.own_boot), late
    if abs(way_ms - late.way_ms) <= SAME_WAY_MS:
        return Contact.of(head, mono_ms), None
    return freshness.heard(was, head, mono_ms, ear.own_boot), None


def _gone(picture: SitePicture, will: SiteStatus) -> SitePicture:
    """The last will was written when its connection began, so it is older than what it ends; it wins by coming last.

    Unless it ends a boot that is known to be over.
    """
    held = picture.status
    if held is None:
        return replace(picture, status=will, offline=True)
    if will.head.boot != held.head.boot and not newer(will.head, held.head):
        return picture
    status = will if newer(will.head, held.head) else held
    return replace(picture, status=status, offline=True)


def _placed(picture: SitePicture, message: Picture) -> SitePicture:
    if isinstance(message, DevicePicture):
        held = picture.told.get(message.device)
        if held is None and len(picture.told) >= MAX_DEVICES:
            return picture
        if held is not None and not newer(message.head, held.head):
            return picture
        return replace(picture, told={**picture.told, message.device: message})
    held_one = _held(picture, message)
    if held_one is not None and not newer(message.head, held_one.head):
        return picture
    if isinstance(message, SiteStatus):
        return replace(picture, status=message, offline=False)
    if isinstance(message, Birth):
        return replace(picture, birth=message)
    if isinstance(message, SiteState):
        return replace(picture, told_state=message)
    if isinstance(message, PageNow):
        return replace(picture, page=message)
    return replace(picture, alarms=message)


def _held(picture: SitePicture, message: Picture) -> Picture | None:
    """What is held of the same kind."""
    kinds: dict[type[Picture], Picture | None] = {
        SiteStatus: picture.status,
        Birth: picture.birth,
        SiteState: picture.told_state,
        Alarms: picture.alarms,
        PageNow: picture.page,
    }
    return kinds[type(message)]
