"""Keys of bulletins that were replaced, and what the centre is told of a refusal."""

from typing import Any

import msgspec
import pytest

from contract.bulletins import PublicBulletin
from contract.messages import decode
from contract.records import BulletinBody
from contract.refusals import refusal_words
from contract.words import ClockQuality
from gateway.core import announce
from gateway.core.down import bulletins
from gateway.core.site import Change, Now

from .conftest import WALL_MS, Story, at, facts
from .test_bulletins import KEYS, OTHER, signed

ENDS = {"kommun-2026": WALL_MS + 60_000}
BEFORE, AFTER = 30, 90


def taken(site: Any, payload: bytes, now: Now) -> tuple[Any, list[Change], Any]:
    """A bulletin at a site that knows when the key ends."""
    return bulletins.take(site, "are-kall", payload, KEYS, now, ENDS)


def unsynced(second: float) -> Now:
    """A moment whose wall clock nobody believes."""
    return msgspec.structs.replace(at(second), clock=ClockQuality.UNSYNCED)


def test_replaced_key_is_believed_until_its_last_moment() -> None:
    """Then a new bulletin of it is refused, and the centre is told with which key."""
    site = Story(facts()).site
    _, before, held = taken(site, signed(), at(BEFORE))
    _, after, nothing = taken(site, signed(), at(AFTER))

    assert ["bulletin_taken"] == [one.kind.value for one in before]
    assert held is not None
    assert nothing is None
    (told,) = after
    assert ("bulletin_refused", "bulletin_key_replaced") == (told.kind.value, told.body["reason"])
    assert {"bulletin": "b-1", "key": "kommun-2026"} == told.body["params"]


def test_bulletin_that_is_held_goes_on_when_its_key_is_replaced() -> None:
    """Told again after a reconnect it is silent, as before: nothing on the screens changes."""
    site, _, _ = taken(Story(facts()).site, signed(), at(BEFORE))

    assert [] == taken(site, signed(), at(AFTER))[1]
    assert [False] == [bulletins.over(one, at(AFTER)) for one in site.memory.bulletins]


@pytest.mark.parametrize(("keys", "ended"), [({"kommun-2026"}, False), ({"kommun-2027"}, True), (set(), True)])
def test_bulletin_of_a_key_that_was_taken_away_leaves_the_screens(keys: set[str], ended: bool) -> None:
    """Somebody may have copied the key. Put back into the settings, it lets what it signed stand as before."""
    site, _, _ = taken(Story(facts()).site, signed(), at(BEFORE))
    said = announce.public_bulletin(site.memory.bulletins[0], facts(bulletin_keys=frozenset(keys)), at(AFTER))

    assert ended == decode(said[1], PublicBulletin).ended
    assert [] == taken(site, signed(), at(AFTER))[1]


def test_no_key_is_over_while_nobody_knows_the_day() -> None:
    """A box that woke without a clock still takes the alert."""
    assert taken(Story(facts()).site, signed(), unsynced(AFTER))[2] is not None


@pytest.mark.parametrize(
    ("payload", "reason", "says"),
    [
        (b"{", "bulletin_unreadable", "gick inte att läsa"),
        (signed(key_id="somebody"), "bulletin_key_unknown", "känner inte nyckeln somebody"),
        (signed(key=OTHER), "bulletin_signature", "stämmer inte"),
        (signed(sites=["are-duved"]), "bulletin_not_here", "b-1 gäller inte den här platsen"),
        (signed(texts={"en": {"headline": "Outage"}}), "bulletin_no_swedish", "b-1 har ingen svensk text"),
        (signed(id="B 1"), "bulletin_id", "går inte att använda"),
    ],
)
def test_refusal_is_reported_in_words_for_people(payload: bytes, reason: str, says: str) -> None:
    """A key of the catalogue with what fills it in, small enough for a record, and silent when it comes again."""
    site, (told,), held = taken(Story(facts()).site, payload, at(BEFORE))
    body = BulletinBody(**told.body)

    assert (reason, None) == (body.reason, held)
    assert says in refusal_words(body.reason, "sv", body.params)
    assert "?" not in refusal_words(body.reason, "en", body.params)
    assert [] == taken(site, payload, at(BEFORE))[1]


def test_replay_and_same_id_with_other_words_are_reported_too() -> None:
    """With the numbers that tell why."""
    site, _, _ = taken(Story(facts()).site, signed(serial=7), at(1))
    _, (old,), _ = taken(site, signed(id="b-0", serial=6), at(2))
    _, (other,), _ = taken(site, signed(serial=8), at(2))

    assert {"bulletin": "b-0", "serial": "6", "newest": "7"} == old.body["params"]
    assert ["bulletin_replayed", "bulletin_id_again"] == [one.body["reason"] for one in (old, other)]
