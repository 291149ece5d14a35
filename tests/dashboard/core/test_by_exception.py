"""A site that tells by exception: its unmoved values are fresh for as long as it vouches for them, and no longer."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract.messages import Seen, SiteStatus
from contract.words import Freshness, Power
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card, card
from dashboard.core.site.values import ValueRow, device_values
from dashboard.core.sites import Site

HEARTBEAT_MS = 300_000
HOUR_MS = 3_600_000


class Remote:
    """Kall as the centre hears it; `mono_ms` is the centre's own time."""

    def __init__(self, voice: Any) -> None:
        self.site = voice("are-kall").tick(9 * 86_400_000)
        self.picture = SitePicture(site="are-kall")
        self.mono_ms = 0
        self.hear(self.site.birth())
        self.told = self.site.device("genset", fuel__level=62.0, engine__state="stopped")
        self.hear(self.told)
        self.state = self.site.state(Power.ON_MAINS)
        self.hear(self.state)
        self.alarms: int | None = None

    def hear(self, message: Any) -> None:
        """A live message."""
        self.picture = fold(self.picture, message, self.mono_ms)

    def goes(self, ms: int) -> None:
        """Time passes at both ends."""
        self.site.tick(ms)
        self.mono_ms += ms

    def beat(self, *, read_ago_ms: int = 2000, **changes: Any) -> SiteStatus:
        """A heartbeat that vouches for the set, read so long ago."""
        moved = {key.replace("__", "."): value for key, value in changes.items()}
        seen = Seen(told=self.told.head.up_ms, read=self.site.up_ms - read_ago_ms, moved=moved)
        said = msgspec.structs.replace(
            self.site.alive(), state=self.state.head.up_ms, alarms=self.alarms, seen={"genset": seen}
        )
        self.hear(said)
        return said

    def row(self, reader: Callable[..., Reader], key: str = "fuel.level") -> ValueRow:
        """A signal as the page shows it now."""
        rows = device_values(self.picture, reader("sv", gone_ms=self.mono_ms))[0].rows
        return next(row for row in rows if row.key == key)


@pytest.fixture
def kall_card(reader: Callable[..., Reader]) -> Callable[[SitePicture], Card]:
    """The card of what is held."""
    kall = Site(id="are-kall", place="Kall", in_service=True)
    return lambda picture: card(kall, picture, (), reader("sv"))


@pytest.fixture
def remote(voice: Any) -> Remote:
    """The site of the tests."""
    return Remote(voice)


def test_an_unmoved_value_stays_fresh_while_it_is_vouched_for(remote: Remote, reader: Callable[..., Reader]) -> None:
    """A day after it was told, with the age of its last reading."""
    for _ in range(288):
        remote.goes(HEARTBEAT_MS)
        remote.beat()
    row = remote.row(reader)

    # read 2 s ago, of a signal that comes every 10 s
    assert (Freshness.FRESH, 12_000) == (row.freshness, row.age_ms)


def test_a_missed_heartbeat_makes_it_old_and_three_unknown(remote: Remote, reader: Callable[..., Reader]) -> None:
    """The age goes on counting from the last word."""
    remote.goes(HEARTBEAT_MS)
    remote.beat()
    found = []
    for gone_ms in (0, HEARTBEAT_MS, 20_000, 580_000, 1000):
        remote.goes(gone_ms)
        row = remote.row(reader)
        found.append((row.freshness, row.age_ms))

    assert [
        (Freshness.FRESH, 12_000), (Freshness.FRESH, 312_000), (Freshness.STALE, 332_000),
        (Freshness.STALE, 912_000), (Freshness.UNKNOWN, 913_000),
    ] == found  # fmt: skip


def test_a_device_that_is_not_read_grows_old_while_the_site_lives(
    remote: Remote, reader: Callable[..., Reader]
) -> None:
    """The heartbeat says how long ago, and the reader believes it."""
    remote.goes(HOUR_MS)
    remote.beat(read_ago_ms=HOUR_MS - 5000)
    row = remote.row(reader)

    # never older than when it was told, an hour ago, and one period more than the heartbeat says
    assert (Freshness.STALE, HOUR_MS) == (row.freshness, row.age_ms)


def test_a_heartbeat_that_names_another_picture_vouches_for_nothing(
    remote: Remote, reader: Callable[..., Reader]
) -> None:
    """The new picture was lost on its way: what is held is as old as it is."""
    remote.goes(HOUR_MS)
    remote.told = msgspec.structs.replace(remote.told, head=remote.site.head())
    remote.beat()
    row = remote.row(reader)

    assert (Freshness.STALE, HOUR_MS) == (row.freshness, row.age_ms)


def test_what_moved_is_shown_and_goes_back(remote: Remote, reader: Callable[..., Reader]) -> None:
    """The newest heartbeat decides, not what was shown last."""
    shown = []
    for changes in ({"fuel__level": 41.0, "engine__state": "running"}, {"fuel__level": 40.5}, {}):
        remote.goes(HEARTBEAT_MS)
        remote.beat(**changes)
        shown.append(remote.picture.devices["genset"].values["fuel.level"].value)

    assert [41.0, 40.5, 62.0] == shown
    assert "stopped" == remote.picture.devices["genset"].values["engine.state"].value


def test_instruments_in_the_judgement_stay_young_with_their_device(remote: Remote) -> None:
    """A witness is as old as its last reading, not as the message that told of it."""
    remote.goes(HOUR_MS)
    remote.beat()
    state = remote.picture.state

    assert state is not None
    assert remote.site.up_ms - 12_000 == state.witnesses[0].up_ms


def test_a_state_that_the_site_has_replaced_does_not_count_as_now(remote: Remote) -> None:
    """The heartbeat names a newer one than the one that is held."""
    remote.goes(HOUR_MS)
    remote.beat()
    assert remote.picture.state_is_of_this_run

    remote.goes(HOUR_MS)
    remote.state = remote.site.state(Power.DEAD)
    remote.beat()
    assert not remote.picture.state_is_of_this_run

    remote.hear(remote.state)
    assert remote.picture.state_is_of_this_run


def test_alarms_that_were_lost_are_missed(remote: Remote, kall_card: Callable[[SitePicture], Card]) -> None:
    """The heartbeat names newer ones than those that are held: nobody knows what there is until they come."""
    old = remote.site.alarms()
    remote.hear(old)
    remote.alarms = old.head.up_ms
    remote.goes(HEARTBEAT_MS)
    remote.beat()
    assert kall_card(remote.picture).alarms_known

    remote.goes(HEARTBEAT_MS)
    lost = remote.site.alarms()
    remote.alarms = lost.head.up_ms
    remote.goes(1000)
    beat = remote.beat()
    assert not kall_card(remote.picture).alarms_known
    remote.hear(old)
    assert not kall_card(remote.picture).alarms_known
    remote.hear(lost)
    assert kall_card(remote.picture).alarms_known

    # a centre that has begun anew holds what the broker remembers, in whatever order
    for order in ((beat, old), (old, beat), (beat, lost)):
        picture = SitePicture(site="are-kall")
        for message in order:
            picture = fold(picture, message, None)
        assert (order[1] is lost) is kall_card(picture).alarms_known


@pytest.mark.parametrize("other", [{"run": "r-9"}, {"run": "r-9", "boot": "boot-9"}], ids=["run", "boot"])
def test_alarms_of_an_earlier_start_are_not_those_of_now(
    remote: Remote, kall_card: Callable[[SitePicture], Card], other: dict[str, str]
) -> None:
    """The program at the site began anew; what it holds of alarms is known when it has said so."""
    held = remote.site.alarms()
    remote.hear(held)
    remote.goes(1000)
    head = msgspec.structs.replace(remote.site.head(), **other)
    remote.hear(msgspec.structs.replace(remote.site.alive(), head=head, alarms=head.up_ms))
    assert not kall_card(remote.picture).alarms_known

    remote.hear(msgspec.structs.replace(held, head=head))
    assert kall_card(remote.picture).alarms_known


def test_what_is_named_as_back_is_vouched_for_by_nobody(remote: Remote) -> None:
    """It keeps the time at which it was told, while the rest is young."""
    remote.goes(HOUR_MS)
    seen = Seen(told=remote.told.head.up_ms, read=remote.site.up_ms, back=("fuel.level",))
    remote.hear(msgspec.structs.replace(remote.site.alive(), seen={"genset": seen}))
    values = remote.picture.devices["genset"].values

    assert remote.told.values["fuel.level"] == values["fuel.level"]
    assert remote.site.up_ms - 10_000 == values["engine.state"].up_ms


def test_on_the_sites_own_broker_nothing_changes(remote: Remote, reader: Callable[..., Reader]) -> None:
    """There all comes by itself: three periods without a picture make it old."""
    remote.hear(remote.site.alive())
    remote.goes(31_000)
    remote.hear(remote.site.alive())
    row = remote.row(reader)

    assert (Freshness.STALE, 30_000) == (row.freshness, row.limit_ms)
