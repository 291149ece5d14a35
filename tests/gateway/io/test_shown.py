"""What may be told while decisions are on their way to the disk."""

import msgspec

from contract.records import AnswerBody
from gateway.core.remembered import Memory
from gateway.core.site import Site
from gateway.io.shown import Shown


def site(revision: int, **receipts: int) -> Site:
    """A site that has decided so often."""
    return Site(memory=Memory(alarm_revision=revision, receipts=receipts))


def test_with_nothing_on_its_way_the_newest_is_told() -> None:
    """Mere readings change the site without a decision."""
    now = msgspec.structs.replace(site(1), store_trouble=True)

    assert Shown(site(1)).of(now, behind=False) is now


def test_a_decision_is_told_when_it_is_stored() -> None:
    """Until then the site is shown as it was before it."""
    shown, before, after, newest = Shown(site(0)), site(1), site(2), site(3)
    shown.decided(1, before, after, [], behind=False)
    shown.decided(2, after, newest, [], behind=False)
    first = shown.of(newest, behind=False)
    told = shown.reached(1)
    second = shown.of(newest, behind=False)
    shown.reached(2)

    assert before is first
    assert (before, after, []) == told
    assert after is second
    assert newest is shown.of(newest, behind=False)


def test_while_the_disk_refuses_the_newest_is_told_but_no_receipt_is_confirmed() -> None:
    """A failing card must not silence the site; a kiosk must not forget what only lies in memory."""
    shown = Shown(site(1))
    shown.decided(1, site(1, kiosk=4), site(2, kiosk=5), [], behind=True)
    told = shown.of(site(2, kiosk=5), behind=True).memory

    assert (2, {"kiosk": 4}) == (told.alarm_revision, told.receipts)


def test_a_disk_that_refuses_for_long_costs_no_memory() -> None:
    """Only the last of the decisions that wait matters for what is shown."""
    shown = Shown(site(0))
    for revision in range(1, 1000):
        shown.decided(revision, site(revision - 1), site(revision), [], behind=True)

    assert 1 == len(shown._coming)
    assert 999 == shown.reached(999)[1].memory.alarm_revision


def test_while_the_disk_refuses_no_order_is_answered() -> None:
    """Whoever gave it keeps it until it is stored."""
    shown = Shown(site(1))
    after = site(2)
    after = msgspec.structs.replace(
        after, memory=msgspec.structs.replace(after.memory, answered=(AnswerBody(order="o-1", kind="notice"),))
    )
    shown.decided(1, site(1), after, [], behind=True)

    assert () == shown.of(after, behind=True).memory.answered
    shown.reached(1)
    assert ["o-1"] == [one.order for one in shown.of(after, behind=True).memory.answered]


def test_on_a_store_in_memory_no_order_is_answered_at_the_site() -> None:
    """What the old file knows as answered stays so; what came since waits for a disk."""
    old, new = AnswerBody(order="o-1", kind="notice"), AnswerBody(order="o-2", kind="notice")
    before = Site(memory=Memory(answered=(old,)))
    after = Site(memory=Memory(answered=(old, new)))

    assert (old,) == Shown(before, on_disk=(old,)).of(after, behind=False).memory.answered
    assert (old, new) == Shown(before).of(after, behind=False).memory.answered
