"""Playing a story: what the devices read when, what people do, what a restart leaves."""

import pytest

from contract.orders import Answer, Confirmation, DeclaredRun, Delivery, Order, Report, What
from contract.words import ClockQuality
from gateway.core.story.story import Played, Story, play
from gateway.core.story.story_format import NAMES, Act, BoxAct, ClockAct, timeline
from gateway.core.story.story_orders import PLACES, Said, envelope
from gateway.core.story.story_values import Given

from .conftest import GENSET, METER, facts

WALL_MS = 1_768_453_200_000
MINUTE_MS = 60_000
KINDS = {name: kind for name, (kind, _) in NAMES.items()}
ON_MAINS = "00:00 genset normal mains.voltage=230 ; meter normal\n"


def acts(text: str) -> tuple[Act, ...]:
    """The timeline of a text without mistakes."""
    told, faults = timeline(text, 1, KINDS, WALL_MS)
    assert [] == faults
    return told.acts


def faults(text: str) -> list[tuple[int, str]]:
    """The mistakes of a text."""
    return [(fault.line, fault.sentence) for fault in timeline(text, 1, KINDS, WALL_MS)[1]]


def played(text: str, minutes: float = 10, clock: ClockQuality = ClockQuality.SYNCED) -> Played:
    """The text, played with a set and a meter."""
    return play(
        Story(
            title="", facts=facts(GENSET, METER), start_ms=WALL_MS, offset_min=60, clock=clock,
            length_ms=round(minutes * MINUTE_MS), tick_ms=1000, acts=acts(text), expected=(),
        )
    )  # fmt: skip


def lines(of: Played, head: str) -> list[tuple[int, str]]:
    """(second, line) of all lines with that first word."""
    return [(one.at_ms // 1000, one.line) for one in of.told if one.line.split()[0] == head]


def order_of(text: str) -> Order:
    """The order of a text with one of them."""
    (said,) = [act for act in acts(text) if isinstance(act, Said)]
    return envelope(said, said.fields, WALL_MS)


def test_values_hold_until_they_change() -> None:
    """One outage of two lines is one loss and one return."""
    told = played(ON_MAINS + "00:02:03 genset mains.voltage=0\n00:04 genset mains.voltage=230\n")

    assert [(123, "mains_lost")] == lines(told, "mains_lost")
    assert [(240, "mains_back")] == lines(told, "mains_back")


def test_a_device_is_read_at_once_in_the_order_of_the_story() -> None:
    """The line decides who is read first in one moment, so that a story tells cause before effect."""
    told = played(ON_MAINS + "00:02 meter dead ; genset mains.voltage=0\n")
    other = played(ON_MAINS + "00:02 genset mains.voltage=0 ; meter dead\n")

    assert (120, "power on_mains -> dead by meter") == lines(told, "power")[1]
    assert (120, "power on_mains -> dead by genset") == lines(other, "power")[1]


def test_silence_takes_every_value() -> None:
    """A silent device gives all its signals as missing, and they are back when it is."""
    told = played(ON_MAINS + "00:02 meter silent 1min\n")

    assert [(120, "device_silent meter")] == lines(told, "device_silent")
    assert [(180, "device_back meter")] == lines(told, "device_back")


def test_a_restart_is_a_new_run_of_the_same_boot() -> None:
    """What was decided before is remembered, and nothing happens twice."""
    told = played(ON_MAINS + "00:02 genset mains.voltage=0 ; meter dead\n00:03 gateway restart 20s\n")

    assert ["run-1", "run-2"] == [one.run for one in told.told if one.kind == "gateway_started"]
    assert 1 == len(lines(told, "mains_lost"))
    assert [0, 200] == [at_s for at_s, _ in lines(told, "gateway_started")]


def test_a_program_that_is_off_sees_nothing_and_hears_later() -> None:
    """What the machines do meanwhile is found afterwards; what people say waits."""
    told = played(ON_MAINS + "00:02 gateway down 3min\n00:03 genset mains.voltage=0\n00:04 Kim report power=none\n")

    assert [(300, "mains_lost")] == lines(told, "mains_lost")
    assert [(300, "report_entered by Kim")] == lines(told, "report_entered")


@pytest.mark.parametrize(("what", "boots"), [("restart 20s", 1), ("reboot 20s", 2)])
def test_only_a_reboot_begins_uptime_anew(what: str, boots: int) -> None:
    """Another boot has another name; the restart of a program has not."""
    told = played(ON_MAINS + f"00:02 gateway {what}\n00:03 genset mains.voltage=0\n")
    since = told.end.tree["since"] if told.end.tree else {}

    assert f"boot-{boots}" == since["boot"]


def test_what_is_off_cannot_be_restarted() -> None:
    """The later of both ends is when it is back."""
    told = played(ON_MAINS + "00:02 gateway reboot 5min\n00:03 gateway restart\n00:04 genset mains.voltage=0\n")

    assert [0, 420] == [at_s for at_s, _ in lines(told, "gateway_started")]
    assert [420] == [at_s for at_s, _ in lines(told, "mains_lost")]


def test_an_unsynced_clock_shows_no_time() -> None:
    """No wall clock is told until it is synced, and then the right one."""
    told = played(ON_MAINS + "00:05 clock synced\n00:06 genset mains.voltage=0\n", clock=ClockQuality.UNSYNCED)
    tree = told.end.tree or {}

    assert WALL_MS + 6 * MINUTE_MS == tree["since"]["wall_ms"]
    assert None is played(ON_MAINS, clock=ClockQuality.UNSYNCED).end.tree["since"]["wall_ms"]  # type: ignore[index]


def test_a_clock_that_jumped_is_wrong_by_so_much() -> None:
    """Until it is right again."""
    told = played(ON_MAINS + "00:01 clock jump -2h\n00:02 genset mains.voltage=0\n")
    right = played(ON_MAINS + "00:01 clock jump -2h\n00:01:30 clock right\n00:02 genset mains.voltage=0\n")

    assert WALL_MS + 2 * MINUTE_MS - 7_200_000 == (told.end.tree or {})["since"]["wall_ms"]
    assert WALL_MS + 2 * MINUTE_MS == (right.end.tree or {})["since"]["wall_ms"]


def test_what_people_did_before_counts_and_is_not_told() -> None:
    """A run of ten days ago is known, and no line speaks of it."""
    told = played("-10d Kim declared_run 35min\n" + ON_MAINS)

    assert [] == lines(told, "run")
    assert (told.end.tree or {})["last_run"]["declared"] is True


def test_an_acknowledgement_finds_its_alarm() -> None:
    """Its identity is not known when the story is written."""
    told = played(ON_MAINS + "00:01 meter silent\n00:05 Kim ack device-silent\n")

    assert [(300, "order_done ack")] == lines(told, "order_done")
    assert "acked" == (told.end.tree or {})["alarm_states"]["device-silent"]


def test_a_repetition_is_all_its_parts_so_many_times() -> None:
    """Parts are timed after each other, turns from their beginning."""
    found = acts("00:10 repeat 3 every 72s: grid dead ; +30s grid normal ; grid power=1\n")

    assert [600, 630, 672, 702, 744, 774] == list(dict.fromkeys(act.at_ms // 1000 for act in found))
    assert 3 * (3 + 3 + 1) == len(found)


def test_a_ramp_begins_where_the_value_is() -> None:
    """`->40` goes on from an earlier ramp."""
    *_, last = acts("00:00 genset fuel.level=60->40 over 2h\n01:00 genset fuel.level=->45 over 1h\n")

    assert isinstance(last, Given)
    assert (50.0, 45.0) == (last.course.value, last.course.to)


def test_lines_need_not_be_in_order() -> None:
    """One block per device is a way to write, too."""
    assert [0, 60, 120] == [
        act.at_ms // 1000 for act in acts("00:02 gateway restart\n00:00 clock synced\n+1min centre back")
    ]


def test_box_and_clock_are_read_as_documented() -> None:
    """Durations where there are any, what is usual where not."""
    assert (
        BoxAct(0, 1, 5000, False),
        BoxAct(0, 2, 1_200_000, False),
        BoxAct(0, 3, 300_000, True),
        ClockAct(at_ms=0, line=4, jump_ms=-86_400_000),
    ) == acts("00:00 gateway restart\ngateway down 20min\ngateway reboot 5min\nclock jump -1d")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("01:00 Kim report none", Report(observed_ms=WALL_MS + 3_600_000, power="none")),
        (
            "01:00 Kim report set_running=yes services.food=open observed_ms=-20min",
            Report(observed_ms=WALL_MS + 2_400_000, set_running=True, services={"food": "open"}),
        ),
        ("Kim confirm activator:anna", Confirmation(what="activator:anna", ok=True, observed_ms=WALL_MS)),
        ("Kim answer anna no in_minutes=20", Answer(activator="anna", coming=False, in_minutes=20)),
        ("Kim delivery 500L hvo", Delivery(litres=500, product="hvo", delivered_ms=WALL_MS)),
        (
            "01:00 Kim declared_run 31min load_percent=32% started_ms=00:10",
            DeclaredRun(started_ms=WALL_MS + 600_000, minutes=31, voltage=True, load_percent=32),
        ),
    ],
)  # fmt: skip
def test_orders_are_read_as_documented(text: str, what: What) -> None:
    """Fields by place and by name, times from the line, what is usual filled in."""
    assert what == order_of(text).what


def test_who_says_it_through_what() -> None:
    """A name of two words, a role, a road."""
    order = order_of('00:00 "Anna Berg" step main-switch role=activator through=owner-page')

    assert ("Anna Berg", "activator", "owner-page") == (order.who, order.role, order.through)


def test_every_order_can_be_said() -> None:
    """No kind of order is forgotten."""
    assert {str(kind.__struct_config__.tag) for kind in What.__args__} == set(PLACES)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("genst normal", "did you mean genset?"),
        ("genset", "nothing is said of it"),
        ("genset silnt", "did you mean silent?"),
        ("meter back 3min", "nothing can stand after it"),
        ("node normal", "or write key=value"),
        ("Kim rport none", "did you mean report?"),
        ("Kim report non", "did you mean none?"),
        ("Kim report pwer=none", "did you mean power?"),
        ("Kim report none true", "'true' is too much"),
        ("Kim answer anna coming=maybe", "true or false is needed"),
        ("Kim delivery", "litres is missing"),
        ("Kim declare foood open", "did you mean food?"),
        ("Kim ack fuel-los", "did you mean fuel-loss?"),
        ("Kim need cat", "there is no such word"),
        ("Kim absence anna until_ms=2026-01-15T10:00", "is no date and time"),
        ("gateway down", "write `gateway restart`"),
        ("gateway exploded", "write `gateway restart`"),
        ("clock late", "write `clock synced`"),
        ("centre", "write `centre silent`"),
        ("repeat 5 every 3s", "this repetition is not understood"),
        ("repeat x every 3s: grid dead", "this repetition is not understood"),
        ("repeat 2 every 3s: grid dead ; 00:10 grid normal", "times are told as +30s"),
        ("genset fuel.level=->40 over 2h", "there is no number yet to go from"),
    ],
)
def test_every_mistake_is_one_sentence_with_its_line(line: str, says: str) -> None:
    """The lines before and after it are read all the same."""
    ((number, sentence),) = faults(f"00:00 clock synced\n{line}\n00:20 clock synced")

    assert (2, True) == (number, says in sentence)


def test_machines_do_nothing_before_the_beginning() -> None:
    """How they stand is said at 00:00."""
    ((_, sentence),) = faults("-1h genset normal")

    assert "only people" in sentence


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("00:02 Kim need diesel saved", "saved"),
        ("00:02 Kim need diesel saved ; centre mark", "received"),
        ("00:02 Kim need diesel saved\n00:03 gateway restart\n00:04 centre mark", "received"),
        ("00:01 centre mark\n00:02 Kim need diesel saved", "saved"),
        ("00:01 centre silent\n00:02 Kim need diesel saved\n00:03 centre mark", "saved"),
        ("00:01 centre silent\n00:02 Kim need diesel saved\n00:03 centre mark\n00:04 centre back", "received"),
        ("00:02 Kim need diesel saved\n00:03 gateway down 2min\n00:04 centre back", "received"),
        ("00:02 Kim need diesel saved\n00:03 centre mark\n00:04 Anna need_mark read", "read"),
    ],
)
def test_a_need_is_received_when_the_centres_mark_covers_it(text: str, state: str) -> None:
    """What was told after the mark is not yet there; a mark does not come over a link that is cut."""
    tree = played(ON_MAINS + text).end.tree or {}

    assert [state] == [need["state"] for need in tree["needs"]]


def test_whoever_waits_is_told_how_far_it_is() -> None:
    """Each moment, in order, to the end."""
    told: list[int] = []
    story = Story(
        title="", facts=facts(GENSET), start_ms=WALL_MS, offset_min=60, clock=ClockQuality.SYNCED,
        length_ms=3000, tick_ms=1000, acts=acts("00:00 genset normal"), expected=(),
    )  # fmt: skip
    play(story, reached=told.append)

    assert [0, 1000, 2000, 3000] == told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Kim shelve fuel-low 99h", "for_s=99h: it must be at most 8h"),
        ("Kim shelve fuel-low 99999", "for_s=99999: it must be at most 28800"),
        ("Kim delivery -5", "litres=-5: it must be more than 0"),
        ("Kim declared_run 300h", "minutes=300h: it must be at most 10000min"),
        ("Kim delivery many", "litres=many: a number is needed"),
        (f"Kim need diesel {'x' * 400}", "it must have at most 300 characters"),
    ],
)
def test_a_limit_is_told_as_it_was_written(text: str, says: str) -> None:
    """In the unit that stands in the file, and without words of a programmer."""
    ((_, sentence),) = faults(text)

    assert says in sentence
    assert "`" not in sentence
