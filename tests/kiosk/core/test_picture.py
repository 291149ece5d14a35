"""A message from the broker is taken, or refused with a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import topics
from contract.messages import PublicEvent, encode
from contract.wire import Refused
from contract.words import Event
from kiosk.core.picture import in_order, overtaken, read, same_facts


def test_each_kind_is_read_back(house: Any) -> None:
    """Picture, bulletin and documents come through as they were sent."""
    site = house.SITE
    sent = {topics.public_picture(site): house.picture(), topics.public_bulletin(site, "b-1"): house.bulletin()}
    sent |= {topics.public_content(site, one.name): one for one in house.documents()}

    assert list(sent.values()) == [read(topic, encode(one), site, False) for topic, one in sent.items()]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"site": "krokom-rotviken"}, "another site"),
        ({"simulated": True}, "is simulated, this kiosk is not"),
    ],
)
def test_foreign_and_simulated_are_refused(house: Any, changed: dict[str, Any], why: str) -> None:
    """Another site's picture, or a simulated one on a real screen, is not taken."""
    with pytest.raises(Refused, match=why):
        read(topics.public_picture(house.SITE), encode(house.picture(**changed)), house.SITE, False)


def test_document_with_another_body_is_refused(house: Any) -> None:
    """A document whose body is not what its name says is refused before it is kept."""
    import msgspec

    one = msgspec.structs.replace(house.documents()[0], body={"services": [{"key": 7}]})
    with pytest.raises(Refused, match="document services"):
        read(topics.public_content(house.SITE, "services"), encode(one), house.SITE, False)


@given(
    payload=st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda tree: repr(tree).encode("utf-8", "surrogatepass")
    ),
    tail=st.sampled_from(["picture", "bulletin/b", "content/services", "receipt-mark", "else", ""]),
)  # fmt: skip
def test_garbage_is_refused_and_nothing_else(house: Any, payload: bytes, tail: str) -> None:
    """Whatever the bytes: Refused, never another fault."""
    topic = f"{topics.public_all(house.SITE)[:-1]}{tail}"
    with pytest.raises(Refused):
        read(topic, payload, house.SITE, False)


def test_older_retained_message_does_not_win(house: Any) -> None:
    """A broker that comes back with an older picture does not turn back time."""
    head = house.head(house.moment())
    before, other = house.head(house.moment(1000)), house.head(house.moment(1000, boot="another"))

    assert overtaken(before, head, retained=False)
    assert not overtaken(head, before, retained=True)
    assert overtaken(other, head, retained=True)
    assert not overtaken(other, head, retained=False)


def test_same_facts_are_seen_through_another_head(house: Any) -> None:
    """Only the time of sending differs: nothing new."""
    assert same_facts(house.picture(at=house.moment()), house.picture(at=house.moment(5000)))
    assert not same_facts(house.picture(at=house.moment()), house.picture(active=True))


@given(st.lists(st.tuples(st.sampled_from(["r1", "r2"]), st.integers(1, 9)), max_size=12), st.booleans())
def test_events_come_once_and_in_order(house: Any, keys: list[tuple[str, int]], turned: bool) -> None:
    """Each (run, seq) once, each run rising, also when the list came newest first."""
    ordered = sorted(keys, key=lambda key: key)
    sent = ordered[::-1] if turned else ordered
    at = house.moment()
    events = tuple(PublicEvent(run=run, seq=seq, kind=Event.MAINS_LOST, at=at) for run, seq in sent)

    found = [(event.run, event.seq) for event in in_order(events)]

    assert sorted(set(keys)) == sorted(found)
    for run in ("r1", "r2"):
        seqs = [seq for one, seq in found if one == run]
        assert sorted(seqs) == seqs
