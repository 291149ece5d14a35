"""A picture that was lost on its way is noticed by the heartbeat that names it, and asked for."""

import msgspec
import pytest

from contract.messages import Seen, encode
from contract.records import Again
from contract.topics import device as device_topic
from dashboard.io.missed import AGAIN_MS, SETTLED_MS, Missed

from .conftest import Office


@pytest.fixture
def missed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Missed:
    """Of a link that has been up for a while; `office.site` is the clock of this computer as well."""
    monkeypatch.setattr(office.desk.clock, "up_ms", lambda: office.site.up_ms)
    one = Missed(office.desk)
    one.due()
    office.site.tick(SETTLED_MS)
    return one


def beat(office: Office, **named: int | None) -> None:
    """A heartbeat that names the picture of the set, the state and the alarms by when they were told."""
    set_ms = named.pop("genset", None)
    seen = {} if set_ms is None else {"genset": Seen(told=set_ms, read=office.site.up_ms)}
    office.say(msgspec.structs.replace(office.site.alive(), seen=seen, **named))


def asked(office: Office, missed: Missed) -> bool:
    """Is the site asked, and for just the heartbeat that told?"""
    due = missed.due()
    now = Again(site="are-kall", run=office.site.run, boot=office.site.boot, up_ms=office.site.up_ms)
    assert due in ([], [now])
    return bool(due)


@pytest.mark.parametrize("what", ["genset", "state", "alarms"])
def test_a_picture_that_was_lost_is_asked_for_at_once(office: Office, missed: Missed, what: str) -> None:
    """Each kind; one that was told in time, and a heartbeat that names nothing, ask for nothing."""
    told_ms = office.site.tick().up_ms
    office.say(office.site.state(), office.site.alarms())
    genset = office.site.device(fuel_level=62.0)
    office.desk.receive(device_topic("are-kall", "genset"), encode(genset), False)
    beat(office)
    nothing = asked(office, missed)
    office.site.tick()
    beat(office, genset=told_ms, state=told_ms, alarms=told_ms)
    held = asked(office, missed)
    office.site.tick()
    beat(office, **{what: told_ms + 500})
    lost = asked(office, missed)

    assert (False, False, True) == (nothing, held, lost)


def test_what_goes_on_lacking_is_asked_for_once_an_hour(office: Office, missed: Missed) -> None:
    """Something that never comes must not cost the site a picture at each heartbeat."""
    found = []
    for _ in range(25):
        beat(office, state=office.site.tick(300_000).up_ms)
        found.append(asked(office, missed))

    assert [place % (AGAIN_MS // 300_000) == 0 for place in range(25)] == found


def test_after_a_new_link_what_the_broker_holds_comes_first(office: Office, missed: Missed) -> None:
    """It comes in any order, so for a minute nothing counts as lost; nor does anything of a site that is gone."""
    office.desk.broker_up = False
    missed.due()
    office.desk.broker_up = True
    beat(office, state=office.site.tick().up_ms)
    early = asked(office, missed)
    office.site.tick(SETTLED_MS)
    office.say(msgspec.structs.replace(office.site.alive(online=False), state=office.site.up_ms))
    gone = asked(office, missed)
    beat(office, state=office.site.tick().up_ms)
    late = asked(office, missed)

    assert (False, False, True) == (early, gone, late)
