"""From the call-out to an open point: whom to ring, what they said, opened and closed."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import CallNow
from contract.messages import MAX_MESSAGE, PublicPicture, SiteState, decode
from contract.orders import Activation, Answer, CallOut, StepDone
from contract.words import ClockQuality, Opening
from gateway.core import announce
from gateway.core.facts import CallFacts
from gateway.core.pipeline import Tick
from gateway.core.remembered import Away, Memory

from .calls import APPROVED, MINE, PEOPLE, Call
from .conftest import WALL_MS, at, order

UNSYNCED = ClockQuality.UNSYNCED


def test_a_call_out_names_the_first_to_ring() -> None:
    """Asked, by whom and why, and the first activator in the settings' order."""
    story = Call()

    assert (Opening.ASKED, "order-1", "Storm", "Kim") == (
        story.call.opening, story.call.id, story.call.reason, story.call.by,
    )  # fmt: skip
    assert PEOPLE[0] == story.call.call_next
    assert ["called_out", "order_done"] == [kind for kind in story.kinds() if kind in MINE]


def test_the_next_is_rung_after_five_minutes_and_round_again() -> None:
    """In turn, each for as long as the settings say."""
    story = Call(msgspec.structs.replace(APPROVED, answer_within_s=9000.0))
    seconds = [0, 299, 300, 599, 600, 899, 900, 1199, 1200]

    assert ["kim", "kim", "lo", "lo", "mika", "mika", "kim", "kim", "lo"] == [story.next(at(s)) for s in seconds]


def test_a_no_moves_on_at_once_and_the_next_has_the_whole_time() -> None:
    """Who said no is not rung again."""
    story = Call(msgspec.structs.replace(APPROVED, answer_within_s=9000.0))
    story.say(at(200), Answer(activator="kim", coming=False))

    assert ["lo", "lo", "mika", "lo"] == [story.next(at(second)) for second in (200, 499, 500, 800)]


def test_a_yes_ends_the_ringing() -> None:
    """Preparing; the answer stands with who entered it and the words of who took the call."""
    story = Call()
    kinds = story.say(at(60), Answer(activator="lo", coming=True, in_minutes=20, note="lovat per telefon 18:20"), "Bo")
    (said,) = story.call.answers

    assert ["call_answered", "order_done"] == kinds
    assert (Opening.PREPARING, None, None) == (story.call.opening, story.call.call_next, story.call.waiting)
    assert ("lo", True, 20, "lovat per telefon 18:20", "Bo") == (
        said.activator, said.coming, said.in_minutes, said.note, said.entered_by,
    )  # fmt: skip
    assert not story.wait(at(2000)).unanswered


def test_unanswered_after_a_quarter_of_an_hour_and_a_late_yes_clears_it() -> None:
    """Not a second before."""
    story = Call()

    assert [False, True, True] == [story.wait(at(second)).unanswered for second in (899, 900, 2000)]
    story.say(at(2100), Answer(activator="mika", coming=True))
    assert (Opening.PREPARING, False) == (story.call.opening, story.call.unanswered)


def test_all_have_said_no() -> None:
    """Nobody is left to ring, so nobody waits any longer."""
    story = Call()
    story.say(at(10), Answer(activator="kim", coming=False))
    story.say(at(20), Answer(activator="lo", coming=False))
    before = story.call.unanswered
    story.say(at(30), Answer(activator="mika", coming=False))

    assert (False, True, None) == (before, story.call.unanswered, story.call.call_next)


def test_who_promised_and_takes_it_back_is_not_waited_for() -> None:
    """Asked again, the others are rung, and the quarter of an hour begins then."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    story.say(at(1000), Answer(activator="kim", coming=False))

    assert (Opening.ASKED, "lo") == (story.call.opening, story.next(at(1000)))
    assert [False, True] == [story.wait(at(second)).unanswered for second in (1899, 1900)]
    assert 1 == len(story.call.answers)


def test_two_promised_and_one_of_them_takes_it_back() -> None:
    """The other one still comes."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    story.say(at(61), Answer(activator="lo", coming=True))
    story.say(at(62), Answer(activator="kim", coming=False))

    assert Opening.PREPARING is story.call.opening


def promised(story: Call, second: float) -> tuple[str, str | None, bool, list[bool]]:
    """How far it has come then, whom to ring, is it unanswered, and which promises have lapsed."""
    call = story.wait(at(second))
    turn = None if call.call_next is None else call.call_next.id
    return call.opening.value, turn, call.unanswered, [one.lapsed for one in call.answers]


@pytest.mark.parametrize(("minutes", "lapses_s"), [(20, 60 + 2100), (0, 60 + 900), (None, 60 + 900)])
def test_a_promise_of_which_nothing_comes_lapses(minutes: int | None, lapses_s: int) -> None:
    """A quarter of an hour after the minutes that were said: asked again, the next is rung, and it is unanswered."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True, in_minutes=minutes))

    assert ("preparing", None, False, [False]) == promised(story, lapses_s - 1)
    assert ("asked", "lo", True, [True]) == promised(story, lapses_s)
    assert ("asked", "mika", True, [True]) == promised(story, lapses_s + 300)


def test_a_promise_without_minutes_holds_as_long_as_an_answer_may_take() -> None:
    """The settings' time."""
    story = Call(msgspec.structs.replace(APPROVED, answer_within_s=3600.0))
    story.say(at(60), Answer(activator="kim", coming=True))

    assert ["preparing", "asked"] == [promised(story, second)[0] for second in (3659, 3660)]


def test_a_confirmed_step_renews_a_promise_also_one_that_has_lapsed() -> None:
    """Somebody is there."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    story.say(at(900), StepDone(step="tell"), "Bo")
    held = [promised(story, second)[0] for second in (1799, 1800)]
    story.say(at(2000), StepDone(step="switch", position="Läge ELVERK"))

    assert ["preparing", "asked"] == held
    assert ("preparing", None, False, [False]) == promised(story, 2001)


def test_a_new_answer_renews_the_promise() -> None:
    """Of who had promised, or of another."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    assert "asked" == promised(story, 1000)[0]
    story.say(at(1001), Answer(activator="kim", coming=True, in_minutes=5))
    assert ("preparing", None, False, [False]) == promised(story, 2000)
    assert "asked" == promised(story, 1001 + 1200)[0]
    story.say(at(2300), Answer(activator="lo", coming=True))

    assert ("preparing", None, False, [True, False]) == promised(story, 2301)


def test_an_open_point_takes_no_promise_back() -> None:
    """Then something has come of it."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    story.say(at(800), Activation(active=True, reason="Vi öppnar"))

    assert ("open", None, False, [False]) == promised(story, 9000)


def test_who_is_away_or_said_no_is_not_the_next_after_a_lapse() -> None:
    """The one after them is."""
    away = Away(activator="kim", from_ms=WALL_MS - 1, until_ms=WALL_MS + 100_000_000)
    story = Call(memory=Memory(away=(away,)))
    story.say(at(10), Answer(activator="mika", coming=False))
    story.say(at(60), Answer(activator="kim", coming=True))

    assert ("asked", "lo", True, [False, True]) == promised(story, 960)


def test_a_promise_goes_on_over_a_boot_without_clock() -> None:
    """Its time begins anew once, and is not forgotten."""
    story = Call()
    story.say(at(60), Answer(activator="kim", coming=True))
    story = story.awake()
    found = [story.wait(at(s, boot="boot-2", clock=UNSYNCED)).opening.value for s in (10, 909, 910)]
    story = story.awake()
    still = story.wait(at(5, boot="boot-3", clock=UNSYNCED))

    assert ["preparing", "preparing", "asked"] == found
    assert ("asked", [True]) == (still.opening.value, [one.lapsed for one in still.answers])


@pytest.mark.parametrize(("clock", "expected"), [(ClockQuality.SYNCED, "lo"), (UNSYNCED, "kim")])
def test_who_is_away_is_not_rung(clock: ClockQuality, expected: str) -> None:
    """By the wall clock; without one nobody is taken to be away."""
    away = Away(activator="kim", from_ms=WALL_MS - 1, until_ms=WALL_MS + 100_000)
    story = Call(memory=Memory(away=(away,)), asked=False)
    story.say(at(5, clock=clock), CallOut(reason="Storm"))

    assert expected == story.next(at(6, clock=clock))


def test_an_absence_ends_by_itself() -> None:
    """Then it is again the turn of whoever comes first after the one rung now, and nobody is left out."""
    away = tuple(Away(activator=name, from_ms=0, until_ms=WALL_MS + 100_000) for name in ("kim", "mika"))
    story = Call(memory=Memory(away=away))

    assert ["lo", "mika", "kim"] == [story.next(at(second)) for second in (1, 300, 600)]


def test_everybody_is_away() -> None:
    """Then it is unanswered from the beginning."""
    away = tuple(Away(activator=one.id, from_ms=0, until_ms=2**52) for one in PEOPLE)
    story = Call(memory=Memory(away=away))

    assert (None, True) == (story.call.call_next, story.call.unanswered)


def test_a_site_without_activators_waits_its_time() -> None:
    """Empty settings: nobody to ring, somebody may still come; after the time it is unanswered."""
    story = Call(CallFacts())

    assert (None, False) == (story.call.call_next, story.call.unanswered)
    assert story.wait(at(900)).unanswered
    assert "no list of those who can open the point" in story.refusal(at(901), Answer(activator="kim", coming=True))
    assert "no list of steps" in story.refusal(at(901), StepDone(step="tell"))


def test_an_unknown_activator_is_refused_with_the_names_that_there_are() -> None:
    """Nothing is guessed."""
    assert (
        "“robin” is not on the site's list of those who can open the point. Choose one of kim, lo, mika."
        == Call().refusal(at(1), Answer(activator="robin", coming=True))
    )


def test_without_a_call_there_is_nothing_to_answer() -> None:
    """Neither answers nor steps, and what to do instead."""
    story = Call(asked=False)

    assert "Ask for it first" in story.refusal(at(1), Answer(activator="kim", coming=True))
    assert "Ask for it first" in story.refusal(at(1), StepDone(step="tell"))
    assert CallNow() == story.call


def test_a_second_call_out_is_the_same_call() -> None:
    """Its reason is added, once; neither id nor time begins anew."""
    story = Call()
    kinds = story.say(at(600), CallOut(reason="Vattnet är slut"), "Bo")
    story.say(at(601), CallOut(reason="Storm"))

    assert ["entered", "order_done"] == kinds
    assert ("order-1", "Storm · Vattnet är slut", "Kim") == (story.call.id, story.call.reason, story.call.by)
    assert story.wait(at(900)).unanswered


@pytest.mark.parametrize("boot", ["boot-1", "boot-2"])
def test_the_time_goes_on_over_a_restart(boot: str) -> None:
    """In the same boot by uptime, after another by the wall clock."""
    story = Call()
    story.wait(at(600))
    again = story.awake()
    shift = 0 if boot == "boot-1" else 500
    late = [
        again.wait(at(second - shift, boot=boot, run="run-2", wall_s=shift)).unanswered for second in (610, 899, 900)
    ]

    assert [False, False, True] == late


def test_another_boot_without_a_clock_begins_the_wait_anew() -> None:
    """It is never cut short; whose turn it was keeps the turn for its whole time, and then the next is rung."""
    story = Call()
    story.wait(at(350))
    again = story.awake()

    def seen(second: float) -> tuple[bool, str | None]:
        now = at(second, boot="boot-2", run="run-2", clock=UNSYNCED)
        return again.wait(now).unanswered, again.next(now)

    assert [(False, "lo"), (False, "lo"), (False, "mika")] == [seen(second) for second in (10, 309, 310)]
    assert [False, True] == [seen(second)[0] for second in (909, 910)]


def test_the_clock_that_comes_back_tells_how_long_it_really_was() -> None:
    """The first wait is remembered while nobody can tell its age."""
    story = Call()
    again = story.awake()
    again.wait(at(10, boot="boot-2", clock=UNSYNCED))

    assert again.wait(at(20, boot="boot-2", wall_s=1000)).unanswered


def test_what_was_unanswered_stays_so_over_a_boot_without_clock() -> None:
    """A restart promises nothing."""
    story = Call()
    story.wait(at(1000))

    assert story.awake().wait(at(5, boot="boot-2", clock=UNSYNCED)).unanswered


def test_a_wall_clock_that_jumps_does_not_cut_the_wait_short() -> None:
    """Within a boot uptime counts alone."""
    story = Call()

    assert [False, False, True] == [
        story.wait(at(second, wall_s=jump)).unanswered for second, jump in ((10, 90_000), (899, -90_000), (900, 0))
    ]


def test_opening_and_closing() -> None:
    """Open everywhere; closed, the call and its steps are gone, and the next opening begins anew."""
    story = Call()
    story.say(at(5), StepDone(step="tell"))
    kinds = story.say(at(10), Activation(active=True, reason="Vi öppnar"))
    is_open = decode(announce.public_picture(story.site, story.facts, at(11))[1], PublicPicture)

    assert ["activation_changed", "order_done"] == kinds
    assert (True, Opening.OPEN, True, Opening.OPEN) == (
        story.site.memory.active, story.call.opening, is_open.active, is_open.opening,
    )  # fmt: skip
    assert (None, False, "Kim") == (story.call.call_next, story.call.unanswered, story.call.steps[0].done_by)

    story.say(at(20), Activation(active=False, reason="Nätet är tillbaka"))
    assert (False, CallNow()) == (story.site.memory.active, story.wait(at(5000)))

    story.say(at(6000), Activation(active=True, reason="Igen"))
    assert [None] * 5 == [step.done for step in story.call.steps]
    assert ("Igen", Opening.OPEN) == (story.call.reason, story.call.opening)


def test_who_opens_an_unanswered_point_has_answered() -> None:
    """Local people may open it without anybody having promised."""
    story = Call()
    before = story.wait(at(1000)).unanswered
    story.say(at(1001), Activation(active=True, reason="Vi är här"))

    assert (True, False) == (before, story.call.unanswered)


def test_a_point_that_an_earlier_version_left_open_is_open() -> None:
    """Its memory knew only that it was active."""
    story = Call(memory=Memory(active=True), asked=False)

    assert Opening.OPEN is story.wait(at(1)).opening
    assert ["order_done"] == story.say(at(2), StepDone(step="tell"))[1:]


def test_visitors_read_one_word_of_it() -> None:
    """Neither who was asked, nor by whom, nor why."""
    story = Call()
    story.say(at(1), Answer(activator="kim", coming=True, note="hemlig"))
    text = announce.public_picture(story.site, story.facts, at(2))[1].decode()

    assert "preparing" == decode(text.encode(), PublicPicture).opening
    assert [] == [word for word in ("Storm", "kim", "Kim", "070", "hemlig", "tell", "switch") if word in text]


NAMES = st.sampled_from(["kim", "lo", "mika", "robin"])
STEPS = st.sampled_from(["tell", "switch", "cold", "pumps", "sign", "nonsense"])
DEEDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(CallOut, reason=st.sampled_from(["Storm", "", "Å" * 2000])),
    st.builds(Answer, activator=NAMES, coming=st.booleans(), note=st.sampled_from(["", "Å" * 2000])),
    st.builds(StepDone, step=STEPS, position=st.sampled_from(["", "Läge ELVERK", "Läge NÄT"])),
    st.builds(Activation, active=st.booleans(), reason=st.just("x")),
    st.just(Tick()),
)
MOMENTS = st.tuples(st.integers(0, 2000), st.sampled_from(["boot-1", "boot-2"]), st.sampled_from(ClockQuality))


@given(st.lists(st.tuples(DEEDS, MOMENTS), max_size=12))
def test_no_sequence_of_orders_breaks_the_call(deeds: list[tuple[Any, tuple[int, str, ClockQuality]]]) -> None:
    """In any order, over restarts and boots, with and without clock: bounded, readable, and true to its own rules."""
    story = Call(asked=False)
    for what, (second, boot, clock) in deeds:
        now = at(second, boot=boot, clock=clock)
        if isinstance(what, Tick):
            story = story.awake()
            story.wait(now)
        else:
            story.say(now, what)
            before = story.site.memory
            assert [] == [
                one.kind for one in story.step(now, order(story.number, what)) if one.kind.startswith("order")
            ]
            assert before.call == story.call
        call = story.call
        promised = any(one.coming and not one.lapsed for one in call.answers)
        assert len(announce.state(story.site, story.facts, now)[1]) < MAX_MESSAGE
        assert (call.opening is Opening.OPEN) == story.site.memory.active
        assert not (call.unanswered and call.opening is not Opening.ASKED)
        assert (call.opening is Opening.PREPARING) <= promised
        assert (call.opening is Opening.ASKED) <= (not promised)
        electrical = [step.done is not None for step in call.steps if step.electrical]
        assert sorted(electrical, reverse=True) == electrical
        decode(announce.state(story.site, story.facts, now)[1], SiteState)
