"""Four keys, or one: what they mean, and what a long press is; how long the screen waits."""

from kiosk.core.visitor import idle
from kiosk.core.visitor.keys import CODES, HOLD_S, Button, Keys, Press, faults, meaning, step


def test_four_keys_and_their_other_names() -> None:
    """Tab and arrows, Enter, Escape; shift turns next round; from the right the arrows change places."""
    keys = Keys()

    assert Press.NEXT is meaning(keys, CODES["tab"])
    assert Press.PREVIOUS is meaning(keys, CODES["tab"], shift=True)
    assert Press.CHOOSE is meaning(keys, CODES["enter"])
    assert Press.BACK is meaning(keys, CODES["escape"])
    assert Press.NEXT is meaning(keys, CODES["left"], from_right=True)
    assert Press.NEXT is meaning(keys, CODES["down"], from_right=True)
    assert meaning(keys, 9999) is None


def test_other_keys_can_be_named_by_name_or_code() -> None:
    """A keypad of four keys with letters of its own."""
    keys = Keys(next=("b",), previous=(300,), choose=("numpad5",), back=("f12",))

    assert Press.NEXT is meaning(keys, ord("b"))
    assert Press.PREVIOUS is meaning(keys, 300)
    assert [] == faults(keys)


def test_wrong_names_and_double_meanings_are_told() -> None:
    """One sentence each."""
    assert ["next: 'pil' is no key; use a name like tab, enter, f1, a, or a number"] == faults(Keys(next=("pil",)))
    assert ["choose: 'tab' is also used for next; each key does one thing"] == faults(Keys(choose=("tab",)))


def test_one_button_reads_on_a_short_press_and_chooses_on_a_long_one() -> None:
    """What the computer repeats while it is held changes nothing; a tremble is no press; a lost end is forgotten."""
    held = Button().pressed(10.0).pressed(10.5)
    after, press = held.released(10.0 + HOLD_S)
    assert Press.CHOOSE is press
    assert after.down_s is None

    after, press = Button().pressed(10.0).released(10.2)
    assert Press.READ is press
    assert after == after.pressed(10.25)
    assert after != after.pressed(10.6)
    assert 30.0 == Button().pressed(10.0).pressed(30.0).down_s
    assert (Button(None, 5.0), None) == Button().released(5.0)


def test_steps_go_in_a_ring() -> None:
    """Nothing is a trap, and back is the way it came."""
    assert None is step(0, None, 1)
    assert [0, 2] == [step(3, None, 1), step(3, None, -1)]
    assert [0, 2] == [step(3, 2, 1), step(3, 0, -1)]


def test_waiting_is_longer_for_long_texts_and_listening() -> None:
    """Three minutes at least; the question stands for 20 seconds."""
    assert 75 == idle.limit(75, listening=False, letters=100)
    assert 180 == idle.limit(75, listening=True, letters=0)
    assert 180 == idle.limit(75, listening=False, letters=2000)
    assert 240 == idle.limit(240, listening=True, letters=0)
    assert [False, True] == [idle.asks(54.9, 75), idle.asks(55, 75)]
