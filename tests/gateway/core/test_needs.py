"""Needs told to the municipality: saved, received, read, solved, and never shown further than proven."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import MAX_MESSAGE, SiteState, decode
from contract.orders import NeedMark, NeedSaid, Report, What
from contract.phrases import LANGUAGES, phrase
from contract.records import BODIES, NeedBody
from contract.words import NeedKind, NeedState, Stream
from gateway.core import announce
from gateway.core.orders import needs
from gateway.core.pipeline import Numbered
from gateway.core.remembered import MAX_NEEDS

from .conftest import Story, at, facts, genset, order

RANK = list(NeedState)


class Village(Story):
    """A site whose people need something."""

    def __init__(self) -> None:
        super().__init__(facts())
        self.number = 0

    def say(self, second: float, what: What, *, who: str = "Kim", through: str = "dashboard") -> list[Numbered]:
        """One order; what it told of needs and of itself."""
        self.number += 1
        one = msgspec.structs.replace(order(self.number, what, who=who), through=through)
        told = self.step(at(second), one)
        for each in told:
            msgspec.convert(msgspec.json.decode(msgspec.json.encode(each.body)), BODIES[each.kind])
        return [each for each in told if each.kind.startswith(("need_", "order_"))]

    def marked(self, seq: int, run: str = "run-1", stream: Stream = Stream.EVENT) -> None:
        """The centre's mark."""
        self.site = needs.received(self.site, run, stream, seq)

    def states(self) -> list[str]:
        """The states, in order."""
        return [need.state.value for need in self.site.memory.needs]


def kinds(told: list[Numbered]) -> list[str]:
    """What was told, by kind."""
    return [one.kind for one in told]


def diesel(name: str = "n-1", **more: Any) -> NeedSaid:
    """A need of diesel."""
    return NeedSaid(need=name, what=NeedKind.DIESEL, **more)


def test_a_need_is_saved_here_and_told() -> None:
    """With who, how many people and the words; nothing more is proven."""
    story = Village()
    said, done = story.say(5, diesel(people=14, text="Räcker till tisdag"), who="Lo")
    (need,) = story.site.memory.needs

    assert ("need_said", "order_done") == (said.kind, done.kind)
    assert ("n-1", NeedKind.DIESEL, 14, "Räcker till tisdag", "Lo", NeedState.SAVED, ()) == (
        need.id, need.what, need.people, need.text, need.who, need.state, need.read_by,
    )  # fmt: skip
    assert (need,) == decode(announce.state(story.site, story.facts, at(6))[1], SiteState).needs


def test_a_need_knows_the_record_that_carries_it() -> None:
    """Also when the same step tells of other things, and when much was told before."""
    story = Village()
    story.poll(at(1), "genset", genset(1))
    for second in (5, 6, 7):
        said = story.say(second, diesel(f"n-{second}"))[0]
        need = story.site.memory.needs[-1]

        assert (said.stream, said.seq) == (Stream.EVENT, need.seq)
        assert "run-1" == need.run
        assert need == msgspec.convert(said.body, NeedBody).need


def test_only_the_mark_over_its_record_proves_that_it_has_come() -> None:
    """Not a mark below it, of another stream, or of another run."""
    story = Village()
    seq = story.say(5, diesel())[0].seq
    for below in [(seq - 1, "run-1", Stream.EVENT), (99, "run-2", Stream.EVENT), (99, "run-1", Stream.SAMPLE)]:
        story.marked(*below)
        assert ["saved"] == story.states()

    story.marked(seq)
    assert ["received"] == story.states()


def test_the_mark_may_come_after_a_restart() -> None:
    """The run of the record counts, not that of now."""
    story = Village()
    seq = story.say(5, diesel())[0].seq
    again = Village()
    again.site = story.restarted().site
    again.say(6, diesel("n-2"))
    again.site = needs.received(again.site, "run-1", Stream.EVENT, seq)

    assert "received" == again.states()[0]


def test_a_mark_that_proves_nothing_new_changes_nothing() -> None:
    """So that it is not written again and again."""
    story = Village()
    seq = story.say(5, diesel())[0].seq
    story.marked(seq)
    before = story.site
    story.marked(seq + 5)

    assert before is story.site


def test_who_read_it_is_counted_once_each() -> None:
    """A reader at the municipality proves that it came there."""
    story = Village()
    story.say(5, diesel())
    told = [
        kinds(story.say(second, NeedMark(need="n-1", state="read"), who=who))
        for second, who in ((6, "Bo"), (7, "Bo"), (8, "Eva"))
    ]
    (need,) = story.site.memory.needs

    assert [["need_changed", "order_done"], ["order_done"], ["need_changed", "order_done"]] == told
    assert (NeedState.READ, ("Bo", "Eva")) == (need.state, need.read_by)


def test_the_site_itself_cannot_have_read_it_at_the_municipality() -> None:
    """What is not proven is not shown."""
    story = Village()
    story.say(5, diesel())
    refused = story.say(6, NeedMark(need="n-1", state="read"), through="owner-page")

    assert ["order_refused"] == kinds(refused)
    assert "Only the municipality" in str(refused[0].body["detail"])
    assert ["saved"] == story.states()


@pytest.mark.parametrize("through", ["owner-page", "dashboard", "phone"])
def test_solved_is_said_by_either_side_and_stays(through: str) -> None:
    """Who solved it first, and what was done; reading and marks come too late to undo it."""
    story = Village()
    seq = story.say(5, diesel())[0].seq
    story.say(6, NeedMark(need="n-1", state="solved", note="200 l kom"), who="Bo", through=through)
    again = story.say(7, NeedMark(need="n-1", state="solved", note="annat"), who="Eva")
    story.say(8, NeedMark(need="n-1", state="read"), who="Eva")
    story.marked(seq)
    (need,) = story.site.memory.needs

    assert ["order_done"] == kinds(again)
    assert (NeedState.SOLVED, "Bo", "200 l kom", ("Eva",)) == (need.state, need.solved_by, need.note, need.read_by)


def test_the_same_need_twice_is_one() -> None:
    """Entered again under another order, it is answered and told no more; what was said first stands."""
    story = Village()
    story.say(5, diesel(text="först"))
    told = story.say(6, diesel(text="sedan"))

    assert ["order_done"] == kinds(told)
    assert ["först"] == [need.text for need in story.site.memory.needs]


def test_a_need_that_nobody_knows_cannot_be_marked() -> None:
    """The sentence says what to do."""
    refused = Village().say(5, NeedMark(need="n-9", state="read"))

    assert ["order_refused"] == kinds(refused)
    assert "Tell the municipality again" in str(refused[0].body["detail"])


def test_fifty_needs_fit_and_solved_ones_leave_first() -> None:
    """None that is not solved ever leaves; when all are open the next is refused with what to do."""
    story = Village()
    for number in range(MAX_NEEDS):
        story.say(number, diesel(f"n-{number}"))
    full = story.say(60, diesel("late"))
    for name in ("n-7", "n-3"):
        story.say(61, NeedMark(need=name, state="solved"))
    story.say(62, diesel("late"))
    names = [need.id for need in story.site.memory.needs]

    assert ["order_refused"] == kinds(full)
    assert "Mark those that are" in str(full[0].body["detail"])
    assert (MAX_NEEDS, "late") == (len(names), names[-1])
    assert ("n-3" in names, "n-7" in names) == (False, True)


def test_the_longest_words_of_everybody_can_still_be_sent() -> None:
    """Fifty needs, read by many, with notes of full length: the state fits into one message, the record has it all."""
    story = Village()
    for number in range(MAX_NEEDS):
        story.say(number, diesel(f"n-{number}", text="Å" * 300), who="Å" * 80)
        for reader in range(12):
            mark = NeedMark(need=f"n-{number}", state="read", note="Å" * 2000)
            told = story.say(number, mark, who=f"{reader}" + "Å" * 70)
        solved = story.say(number, NeedMark(need=f"n-{number}", state="solved", note="Å" * 2000), who="Å" * 80)

    assert 2000 == len(msgspec.convert(solved[0].body, NeedBody).need.note)
    assert ["order_done"] == kinds(told)[-1:]
    assert len(announce.state(story.site, story.facts, at(99))[1]) < MAX_MESSAGE


def test_needs_are_for_staff() -> None:
    """Visitors read nothing of them."""
    story = Village()
    story.say(5, NeedSaid(need="n-1", what=NeedKind.MEDICINE, text="insulin"))

    assert b"insulin" not in announce.public_picture(story.site, story.facts, at(6))[1]


def test_it_says_that_it_is_not_112() -> None:
    """In every language, for every surface."""
    assert [] == [language for language in LANGUAGES if "112" not in phrase("help", "not_112", language)]


DEEDS = st.one_of(
    st.builds(
        NeedSaid,
        need=st.sampled_from("abc"),
        what=st.sampled_from(NeedKind),
        people=st.none() | st.integers(0, 100_000),
        text=st.text(max_size=300),
    ),
    st.builds(
        NeedMark, need=st.sampled_from("abcd"), state=st.sampled_from(["read", "solved"]), note=st.text(max_size=9)
    ),
    st.integers(0, 30),
)
THROUGH = st.sampled_from(["dashboard", "owner-page", "radio"])


@given(st.lists(st.tuples(DEEDS, THROUGH), max_size=15))
def test_states_only_rise_and_only_by_proof(deeds: list[tuple[Any, str]]) -> None:
    """Whatever is said in whatever order: nothing is invented, nothing falls back, everything survives the disk."""
    story = Village()
    proven = 0
    for second, (what, through) in enumerate(deeds):
        before = {need.id: need for need in story.site.memory.needs}
        if isinstance(what, int):
            proven = max(proven, what)
            story.marked(what)
        else:
            story.say(second, what, through=through)
        for need in story.site.memory.needs:
            was = before.get(need.id)
            assert was is None or RANK.index(was.state) <= RANK.index(need.state)
            assert need.state is not NeedState.RECEIVED or need.seq <= proven
            assert need.state is not NeedState.READ or need.read_by
            assert (need.state is NeedState.SOLVED) == bool(need.solved_by)
    assert story.site.memory.needs == story.restarted().site.memory.needs


def test_need_that_is_told_in_a_report_is_a_need_like_any_other() -> None:
    """It stands in the state of the site until somebody has solved it, and its record comes before the report's."""
    village = Village()
    told = village.say(1, Report(observed_ms=0, power="reserve", needs="Filtar  till\ntjugo"), through="owner-page")
    (need,) = village.site.memory.needs

    assert ("Filtar till tjugo", NeedKind.OTHER, "Kim") == (need.text, need.what, need.who)
    assert "need_said" == told[0].kind
    assert [] == [each for each in village.say(2, Report(observed_ms=0, power="reserve")) if each.kind == "need_said"]
    village.marked(need.seq)
    assert [NeedState.RECEIVED.value] == village.states()


def test_report_is_kept_where_no_more_needs_fit() -> None:
    """A list that is full refuses a need, never what somebody saw."""
    village = Village()
    for number in range(MAX_NEEDS):
        village.say(number, NeedSaid(need=f"need-{number}", what=NeedKind.FOOD))
    told = village.say(99, Report(observed_ms=0, power="none", needs="Filtar"))

    assert ["order_done"] == [each.kind for each in told]
    assert (MAX_NEEDS, 1) == (len(village.site.memory.needs), len(village.site.memory.reports))
