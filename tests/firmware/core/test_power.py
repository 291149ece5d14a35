"""Sleep, its budget, what is carried over it, and the lives of a board; also on the boards' interpreter."""

from node.core import lives, quality, telling
from node.core.backlog import Backlog
from node.core.power import DAY_MS, Duty, stays
from node.core.sleeping import Carried, sleep_s, woken
from node.core.ticks import Uptime
from node.core.wall import Wall

from tests.firmware.segments_played import PlayedFlash

BUDGET = {"allowed_ua": 1_000, "awake_ua": 40_000, "radio_ua": 100_000, "asleep_ua": 100}


def test_a_day_is_awake_or_asleep():
    """Whatever was spent, awake and asleep make a day, and the radio is never on longer than the node is awake."""
    for awake, radio, asleep in ((0, 0, 0), (5, 5, 0), (6_000, 4_000, 894_000), (1, 3, 10**9), (10**9, 10**9, 1)):
        duty = Duty()
        duty.spent(awake, radio, asleep)
        told = duty.per_day()
        assert DAY_MS == told[0] + told[2], told
        assert 0 <= told[1] <= told[0], told
    duty = Duty()
    for _ in range(500):
        duty.spent(6_000, 4_000, 894_000)
    assert abs(duty.per_day()[0] - 576_000) < 20
    assert abs(duty.per_day()[1] - 384_000) < 20


def test_when_it_must_not_sleep():
    """Mains gone, an update, an urgent change, a backlog that gets shorter, sensors that said nothing yet."""
    calm = {
        "awake_ms": 9_000, "most_ms": 60_000, "alarm_ms": None, "moved_ms": 9_000, "mains": None, "update": False,
        "read": True, "queued": 0, "up": True,
    }  # fmt: skip
    for expected, changed in (
        (False, {}), (True, {"mains": 0}), (True, {"mains": 0, "awake_ms": 10**9}), (True, {"update": True}),
        (True, {"queued": 1, "alarm_ms": 599_000, "awake_ms": 10**6, "moved_ms": 10**6}),
        (False, {"queued": 1, "alarm_ms": 600_000, "awake_ms": 10**6, "moved_ms": 10**6}),
        (False, {"alarm_ms": 5_000}), (True, {"queued": 9, "awake_ms": 10**6, "moved_ms": 29_000}),
        (False, {"queued": 9, "awake_ms": 10**6, "moved_ms": 30_000}),
        (False, {"queued": 9, "awake_ms": 60_000, "up": False}), (True, {"queued": 9, "up": False}),
        (True, {"read": False}), (False, {"read": False, "awake_ms": 60_000}), (True, {"up": False}),
    ):  # fmt: skip
        asked = dict(calm)
        asked.update(changed)
        assert expected == stays(**asked), changed


def test_sleep_is_as_short_as_the_battery_allows():
    """A mean of 1 mA: closed form; never above the period, a period where nothing is to be had, and never below ten."""
    assert 900 == sleep_s(900, 6_000, 4_000, None)
    # (4 s of 100 mA + 2 s of 40 mA - 6 s of 1 mA) / 0.9 mA
    assert 527 == sleep_s(900, 6_000, 4_000, BUDGET)
    assert 300 == sleep_s(300, 6_000, 4_000, BUDGET)
    assert 10 == sleep_s(900, 0, 0, BUDGET)
    assert 900 == sleep_s(900, 6_000, 4_000, dict(BUDGET, allowed_ua=100))
    assert 5 == sleep_s(5, 6_000, 4_000, None)


def test_two_hundred_sleeps_are_one_boot():
    """Boot, numbers, uptime and flags come out of every sleep as they went in; what nobody confirmed is told again."""
    flash, told = PlayedFlash(), set()
    up, slots = 0, b""
    for turn in range(200):
        store = Backlog(flash, "deadbeef")
        if turn:
            body = Carried(0xDEADBEEF, up, turn, 1_800_000_000, 3, (7, 5, up), 5_000, 900, [(50, 0, turn % 2)], slots)
            found = woken(body.packed(), 5_000 + 890_000)
            assert (0xDEADBEEF, up + 890_000, turn, 1_800_000_000) == (found.boot, found.up, found.seq, found.wall0)
            assert ([(50, 0, turn % 2)], (7, 5, up + 890_000)) == (found.rows, found.duty)
            up = found.up
            store.resume(found.seq, found.wall0, found.dropped, found.slots)
            assert 3 == store.dropped()
        assert turn == store.last_seq
        store.keep((turn + 1, up // 1000, 50, turn % 2, 0), turn % 2 == 1)
        if turn % 20 > 12 or turn == 199:  # the gateway answers
            for _ in range(4):
                told |= {record[0] for record in store.next_batch(40)[2]}
            store.forget({"deadbeef": turn + 1})
        if turn % 50 == 49:
            assert store.settle(up // 1000, everything=True)
        slots = store.in_ram()
    assert set(range(1, 201)) == told
    assert (0, 0) == (store.queued(), store.lies)


def test_a_clock_that_cannot_be_is_not_believed():
    """Then the sleep was as long as planned; what is no such memory is none at all."""
    for clock, expected in ((60_000, 60_000), (0, 0), (900_000, 900_000), (-5, 900_000), (2_000_000, 900_000)):
        body = Carried(1, 0, 1, None, 0, (0, 0, 0), 10_000, 900, [], b"").packed()
        assert expected == woken(body, 10_000 + clock).up, clock
    assert woken(b"", 0) is None
    assert woken(b"x" * 12, 0) is None


def test_a_mark_holds_or_is_none():
    """Every byte changed, cut short or longer: no mark."""
    told = lives.mark(lives.ASLEEP, 3, b"abc")
    assert (lives.ASLEEP, 3, b"abc") == lives.taken(told)
    for place in range(len(told)):
        wrong = bytearray(told)
        wrong[place] ^= 1
        assert b"" == lives.taken(bytes(wrong))[0]
        assert b"" == lives.taken(told[:place])[0]
    assert b"" == lives.taken(told + b"x")[0]


def test_short_lives_in_a_row_wait_longer():
    """Two at once, then a minute, ten, an hour and no longer; a clean end, a sleep or no power at all begins anew."""
    count, waits = 0, []
    for _ in range(8):
        count, word, rest_s = lives.began(lives.ALIVE, count, b"", "power")
        waits.append(rest_s)
        assert "brownout" == word
    assert [0, 0, 60, 600, 3600, 3600, 3600, 3600] == waits
    assert (1, "watchdog", 0) == lives.began(lives.ALIVE, 0, b"", "watchdog")
    assert (5, "brownout", 0) == lives.began(lives.RESTED, 5, b"brownout", "sleep")
    assert (0, "soft", 0) == lives.began(lives.ENDED, 4, b"", "unknown")
    assert (0, "sleep", 0) == lives.began(lives.ASLEEP, 0, b"", "sleep")
    assert (0, "power", 0) == lives.began(b"", 0, b"", "power")


def test_what_changed_while_nobody_looked_is_told_at_once():
    """The first value after a sleep is an event only when it differs; after a start it never is."""
    for known, value, expected in ((0, 1, telling.AT_ONCE), (0, 0, telling.IN_TURN), (None, 1, telling.IN_TURN)):
        told = telling.Told(900_000, flag=True)
        if known is not None:
            told.resume(quality.GOOD, known)
        assert telling.NOT_NOW == told.feed(0, None, quality.NOT_YET_READ)
        assert expected == told.feed(50, value, quality.GOOD), (known, value)


def test_time_of_day_is_believed_less_after_a_sleep():
    """Told as holdover until it is asked again, and uptime goes on where it was."""
    wall = Wall()
    wall.resume(900_000, 1_800_000_000)
    assert (1, 1_800_000_900) == wall.told(900_000)
    assert wall.due(900_000)
    assert 900_010 == Uptime(5, 900_000).ms(15)
