"""Bulletins that there is no room for any more can never come again, however many there were."""

import msgspec

from gateway.core.down import bulletins, floors
from gateway.core.remembered import Held, Memory

from .conftest import at
from .test_bulletins import KEY, OTHER, Screen, signed

TWO_KEYS = {"kommun-2026": KEY.public_key().public_bytes_raw(), "lan-2026": OTHER.public_key().public_bytes_raw()}
MANY = 150


def flooded(count: int = MANY, **of: object) -> tuple[Screen, list[bytes]]:
    """A site that has taken so many bulletins, each of an incident of its own, and the bytes of each."""
    screen = Screen()
    payloads = [signed(id=f"b-{number}", serial=number, incident=f"i-{number}", **of) for number in range(1, count + 1)]
    for payload in payloads:
        assert [("bulletin_taken", "")] == screen.take(payload)
    return screen, payloads


def test_the_first_of_many_bulletins_cannot_be_replayed() -> None:
    """It is forgotten, and refused all the same: by its serial, and told of."""
    screen, payloads = flooded()
    held = {one.bulletin.id for one in screen.story.site.memory.bulletins}

    assert bulletins.MAX_HELD == len(held)
    assert "b-1" not in held
    for payload in payloads[: MANY - bulletins.MAX_HELD]:
        assert ["bulletin_refused"] == [kind for kind, _ in screen.take(payload)]
    assert held == {one.bulletin.id for one in screen.story.site.memory.bulletins}


def test_a_forgotten_incident_goes_on_above_its_floor() -> None:
    """An update of it is taken, also when its number is older than the newest of others."""
    screen, _ = flooded()

    assert [("bulletin_refused", "older than serial 1 of its incident")] == screen.take(
        signed(id="b-again", serial=1, incident="i-1", msg_type="update")
    )
    assert [("bulletin_taken", "")] == screen.take(signed(id="b-new", serial=2, incident="i-1", msg_type="update"))


def test_a_forgotten_cancel_is_not_undone_by_an_older_alert() -> None:
    """What goes first is what has ended; the highest serial of the incident stays."""
    screen = Screen()
    screen.take(signed(id="b-a", serial=1, incident="storm"))
    screen.take(signed(id="b-c", serial=5, incident="storm", msg_type="cancel", references=["b-a"]))
    for number in range(10, 10 + bulletins.MAX_HELD + 1):
        screen.take(signed(id=f"b-{number}", serial=number, incident=f"i-{number}"))

    assert "storm" in screen.story.site.memory.floors
    assert ["bulletin_refused"] == [kind for kind, _ in screen.take(signed(id="b-x", serial=4, incident="storm"))]


def test_floors_are_bounded_and_the_lowest_becomes_its_keys_floor() -> None:
    """After a thousand incidents nothing is remembered one by one, and still nothing can come again."""
    screen, payloads = flooded(bulletins.MAX_HELD + floors.MAX_FLOORS + 20)
    memory = screen.story.site.memory

    assert (floors.MAX_FLOORS, {"kommun-2026": 20}) == (len(memory.floors), memory.key_floors)
    assert ["bulletin_refused"] == [kind for kind, _ in screen.take(payloads[0])]
    again = msgspec.json.decode(msgspec.json.encode(memory), type=Memory)
    assert (memory.floors, memory.key_floors) == (again.floors, again.key_floors)


def test_the_floor_of_one_key_holds_for_no_other() -> None:
    """Every issuer counts for itself."""
    screen, _ = flooded(bulletins.MAX_HELD + floors.MAX_FLOORS + 20)
    payload = signed(OTHER, "lan-2026", id="l-1", serial=1, incident="lan")
    _, changes, held = bulletins.take(screen.story.site, "are-kall", payload, TWO_KEYS, at(1))

    assert ["bulletin_taken"] == [change.kind for change in changes]
    assert isinstance(held, Held)
    assert "lan-2026" == held.key_id
