"""What the readiness remembers and tells: what was bad and is lost from sight, what is told, what a restart keeps."""

from contract.words import Basis
from gateway.core.readiness import readiness

from .conftest import Story, at, gone, good, silence
from .well_kept import confirmed, memory, said, story, values


def verdict(one: Story) -> tuple[str, list[str]]:
    """(readiness, keys of its reasons as told)."""
    return one.site.readiness.value, [reason.key for reason in one.site.reasons]


def test_what_measured_wrong_stays_wrong_until_somebody_says_otherwise() -> None:
    """The word that a person gave before does not make a lost reading good; the one after it does."""
    one = story(held=memory(confirmed=memory().confirmed | {"check:mode": said(1)}), controller__mode=good("off"))
    for second in (20, 30, 40):
        one.poll(at(second), "genset", values(second, controller__mode=gone()))
    lost = verdict(one)
    one.step(at(60), confirmed(1, "check:mode", 60))

    assert ("not_ready", ["mode_not_auto"]) == lost
    assert ("ready", []) == verdict(one)
    assert {} == one.site.memory.failing


def test_what_measured_wrong_survives_a_restart() -> None:
    """In the same boot, and in another one."""
    one = story(held=memory(confirmed=memory().confirmed | {"check:mode": said(1)}), controller__mode=good("off"))
    again = one.restarted()
    again.poll(at(20, boot="boot-2", wall_s=60), "genset", values(20, controller__mode=gone()))

    assert ("not_ready", ["mode_not_auto"]) == verdict(again)
    assert Basis.MISSING == again.site.reasons[0].basis


def test_a_reading_that_is_good_again_is_believed() -> None:
    """Nothing of the old fault is kept."""
    one = story(controller__mode=good("off"))
    one.poll(at(20), "genset", values(20, controller__mode=gone()))
    one.poll(at(30), "genset", values(30))

    assert ("ready", []) == verdict(one)
    assert {} == one.site.memory.failing


def test_the_memory_is_not_written_at_every_poll() -> None:
    """What fails is remembered once, not anew."""
    one = story(controller__mode=good("off"), fuel__level=good(1))
    was = one.site.memory.failing
    for second in range(20, 60, 5):
        one.site, _ = readiness.watch(one.site, one.facts, at(second))

    assert {"fuel", "mode"} == set(was)
    assert was is one.site.memory.failing


def changes_of(one: Story) -> list[tuple[str, str, list[str]]]:
    """(was, is, keys) of every change of the readiness that was told."""
    bodies = [told.body for told in one.told if told.kind == "readiness_changed"]
    return [(str(body["was"]), str(body["readiness"]), [r["key"] for r in body["reasons"]]) for body in bodies]  # type: ignore[attr-defined]


def test_a_verdict_is_told_when_it_has_stood_for_a_while() -> None:
    """At first from unknown; and not again while nothing changes."""
    one = story()
    before = changes_of(one)
    for second in range(15, 100, 5):
        one.poll(at(second), "genset", values(second))

    assert [] == before
    assert [("unknown", "ready", [])] == changes_of(one)


def test_one_lost_poll_is_shown_and_not_told() -> None:
    """A line that drops an answer now and then does not fill the records."""
    one = story()
    shown = set()
    for second in range(15, 400, 5):
        lost = second % 50 == 0
        one.poll(at(second), "genset", silence(values(1), second) if lost else values(second))
        shown.add(one.site.readiness.value)

    assert {"ready", "unknown"} == shown
    assert [("unknown", "ready", [])] == changes_of(one)


def test_a_number_that_moves_is_not_told_but_another_reason_is() -> None:
    """Fuel that sinks below the minimum hour by hour is one change."""
    one = story()
    for second in range(15, 300, 5):
        one.poll(at(second), "genset", values(second, fuel__level=good(12 - second / 100, second)))
    for second in range(300, 400, 5):
        worse = values(second, fuel__level=good(8.0, second), engine__coolant_temperature=gone(second=second))
        one.poll(at(second), "genset", worse)

    assert ("ready_with_remarks", ["fuel_short"]) == changes_of(one)[0][1:]
    assert ["fuel_short", "heater_unknown"] == changes_of(one)[-1][2]
    assert 2 == len(changes_of(one))


def test_after_a_restart_the_same_verdict_is_not_told_again() -> None:
    """Nothing has changed."""
    one = story()
    one.poll(at(40), "genset", values(40))
    again = one.restarted()
    for second in range(50, 150, 10):
        again.poll(at(second, run="run-2"), "genset", values(second))

    assert 1 == len(changes_of(one))
    assert [] == changes_of(again)


def test_mains_that_flap_do_not_fill_the_records() -> None:
    """Fifty times in an hour; the readiness is the same all the time."""
    one = story()
    for minute in range(60):
        for part, volts in [(0, 0.0), (36, 230.0)]:
            second = 60 * (minute + 1) + part
            one.poll(at(second), "genset", values(second, mains__voltage_l1n=good(volts, second)))

    assert len(changes_of(one)) <= 2


def test_what_the_next_look_needs_is_bounded() -> None:
    """As many findings as there are checks, however long it goes on."""
    one = story()
    for second in range(20, 2000, 20):
        one.poll(at(second), "genset", values(second, engine__battery_voltage=good(11 + second % 3, second)))

    assert len(one.site.checked.found) <= 20
    assert len(one.site.checked.worse_ms) <= 2
