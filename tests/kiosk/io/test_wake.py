"""Knock, question and answer between keeper and screen."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.io.wake import Doorbell, Waker


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the screen listens."""
    return tmp_path / "wake.sock"


@pytest.fixture
def waker(path: Path) -> Iterator[Waker]:
    """The keeper's side."""
    one = Waker(path)
    yield one
    one.close()


@pytest.fixture
def bell(path: Path) -> Iterator[Doorbell]:
    """The screen's side."""
    one = Doorbell(path)
    yield one
    one.close()


def test_a_knock_is_heard_once_and_asks_for_nothing(waker: Waker, bell: Doorbell) -> None:
    """However often it was knocked; and nobody wants to hear of a frame."""
    assert not bell.rung()
    waker.knock()
    waker.knock()

    assert bell.rung()
    assert not bell.rung()
    assert not bell.asked


def test_a_question_is_no_knock_and_is_answered_once(waker: Waker, bell: Doorbell) -> None:
    """The cache need not be looked into for it; the answer is the uptime of the frame."""
    assert waker.ask()
    assert not bell.rung()
    assert bell.asked
    bell.answer(1234)

    assert 1234 == waker.answered()
    assert waker.answered() is None
    assert not bell.asked


def test_a_question_is_not_lost_behind_a_knock(waker: Waker, bell: Doorbell) -> None:
    """Both are heard in one look, and the question stays until it is answered."""
    waker.ask()
    waker.knock()

    assert bell.rung()
    assert not bell.rung()
    assert bell.asked


def test_nobody_at_home_is_told_apart_from_no_answer(waker: Waker, path: Path) -> None:
    """No screen, a screen that was killed, a screen that listens and says nothing."""
    assert not waker.ask()
    killed = Doorbell(path)
    assert waker.ask()
    assert waker.answered() is None
    killed._socket.close()

    assert path.exists()
    assert not waker.ask()


def test_a_screen_that_never_listens_is_still_at_home(waker: Waker, bell: Doorbell) -> None:
    """A screen that hangs for days fills its letter box; that is another fault than a screen that is gone."""
    assert all(waker.ask() for _ in range(2000))
    bell.rung()

    assert bell.asked


def test_a_screen_answers_a_keeper_that_is_gone_without_harm(path: Path) -> None:
    """The keeper was killed between question and answer; the next one hears the screen again."""
    first, bell = Waker(path), Doorbell(path)
    first.ask()
    bell.rung()
    first.close()
    bell.answer(1)
    second = Waker(path)
    second.ask()
    bell.rung()
    bell.answer(2)

    assert 2 == second.answered()
    second.close()
    bell.close()
    assert [] == list(path.parent.iterdir())


@pytest.mark.parametrize("data", [b"", b"-5", b"soon", b"\xff\xfe", b"1.5", b"12 "])
def test_an_answer_that_is_no_uptime_is_no_answer(waker: Waker, path: Path, data: bytes) -> None:
    """What cannot be understood proves no frame."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(data, f"{path}.back")

    assert waker.answered() is None


def test_the_newest_of_several_answers_counts(waker: Waker, bell: Doorbell) -> None:
    """A late answer to an earlier question takes nothing back."""
    for drawn in (7, 9, 8):
        bell.answer(drawn)

    assert 9 == waker.answered()


def test_both_sockets_belong_to_one_account(waker: Waker, bell: Doorbell, path: Path) -> None:
    """Nobody else on the computer may pretend to be a screen that lives."""
    assert {0o600} == {one.stat().st_mode & 0o777 for one in (path, Path(f"{path}.back"))}


def test_pages_that_were_opened_come_through_and_add_up(path: Path, waker: Waker, bell: Doorbell) -> None:
    """A hundred long names go into one datagram; an answer beside them is heard too; nobody at home is told so."""
    pages = {f"section-{'x' * 40}-{number}": number for number in range(1, 100)}
    assert bell.opened(pages)
    assert bell.opened({"home": 2})
    bell.answer(1234)
    bell.here()

    assert waker.visited()
    assert 1234 == waker.answered()
    assert pages | {"home": 2} == waker.opened()
    assert {} == waker.opened()
    Path(f"{path}.back").unlink()
    assert not bell.opened({"home": 1})
