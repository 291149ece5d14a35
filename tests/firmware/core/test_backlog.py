"""What waits for the gateway: told, sent, confirmed, told again. Runs under CPython and MicroPython."""

from node.core.backlog import Backlog
from node.core.pace import Pace

from tests.firmware.segments_played import ALL, A, B, C, PlayedFlash, drained, filled, left_by, numbers, opened, record

HEAP = "1024wK"  # the played flash and the lists of all that was told lie in it


def test_nothing_is_written_while_the_gateway_answers():
    """Ten thousand records, each confirmed soon after: no write at all."""
    flash = PlayedFlash()
    store = opened(flash)
    for seq in range(1, 10_001):
        store.keep(record(seq))
        store.sent(seq, seq)
        if seq % 20 == 0:
            store.forget({A: seq})
        store.settle(seq)

    assert (0, 0, 0, 0) == (flash.writes, store.queued(), store.dropped(), store.lies)


def test_events_come_first_and_once_more_in_their_place():
    """At replay the door and the mains come before a week of temperatures, but never keep them from being told."""
    flash = PlayedFlash()
    left_by(flash, A, 500, events=(70, 300, 301))
    store = filled(opened(flash, B), 1, 20, events=(9, 10))

    batches = [store.next_batch(20) for _ in range(6)]
    early = [[70], [300, 301], [9, 10]]

    assert [(A, early[0]), (A, early[1]), (B, early[2])] == [(one[0], numbers(one)) for one in batches[::2]]
    assert [(A, seq) for seq in range(1, 61)] == [(one[0], seq) for one in batches[1::2] for seq in numbers(one)]
    assert [(A, seq) for seq in range(61, 501)] + [(B, seq) for seq in range(1, 21)] == drained(store)
    store.rewind()
    assert [70] == numbers(store.next_batch(20))


def test_events_beyond_the_limit_are_not_skipped():
    """More events in a segment than go into one report."""
    flash = PlayedFlash()
    left_by(flash, A, 250, events=tuple(range(1, 251, 2)))
    store = opened(flash, B)
    first, others = [], []
    while len(first) < 125:
        first += numbers(store.next_batch(7))
        others += numbers(store.next_batch(7))

    assert list(range(1, 251, 2)) == first
    assert list(range(1, 251)) == others + [seq for _, seq in drained(store)]


def test_only_what_was_sent_and_marked_is_forgotten():
    """A mark for half of a segment frees half, and no write is needed for it."""
    flash = PlayedFlash()
    store = filled(opened(flash), 1, 60)
    writes = flash.writes
    drained(store)
    store.forget({A: 45})

    assert (15, 46) == (store.queued(), store.oldest(A))
    store.rewind()
    assert [(A, seq) for seq in range(46, 61)] == drained(store)
    store.forget({A: 60})
    assert (0, None, writes) == (store.queued(), store.oldest(A), flash.writes)
    store.settle(100)
    assert [] == flash.scan()


def test_lying_marks_are_not_believed():
    """A seq that was never sent, a boot that never was, words that are no marks: nothing goes."""
    flash = PlayedFlash()
    left_by(flash, A, 100)
    store = filled(opened(flash, B), 1, 70)
    assert 20 == len(store.next_batch(20)[2])
    lies = ({B: 1}, {B: ALL}, {C: 5}, {A: ALL}, {A: 21}, {"AAAAAAAA": 3}, {A: "9"}, {A: None}, {A: -1}, {3: 4})
    for lie in lies:
        store.forget(lie)

    assert 170 == store.queued()
    assert 6 == store.lies
    store.settle(100)
    assert [1, 2] == flash.scan()
    assert [(A, seq) for seq in range(21, 101)] + [(B, seq) for seq in range(1, 71)] == drained(store)


def test_mark_that_runs_ahead_holds_as_far_as_was_told():
    """The gateway got the newest first, and says it once that all is there: each goes when it was told in its order."""
    store = filled(opened(PlayedFlash()), 1, 70)
    store.next_batch(20)
    store.forget({A: 60})
    at_once = store.queued()
    store.next_batch(20)
    store.settle(70)
    after = store.queued()
    while store.next_batch(20)[2]:
        pass
    store.settle(71)

    assert (50, 30, 10) == (at_once, after, store.queued())


def test_early_mark_for_a_former_boot_holds_once_all_was_told():
    """A retained mark comes before anything was sent: it is remembered, and frees when its records were handed out."""
    flash = PlayedFlash()
    left_by(flash, A, 100)
    store = opened(flash, B)
    store.forget({A: 120})

    assert 100 == store.queued()
    drained(store)
    assert 0 == store.queued()


def test_boots_are_forgotten_apart():
    """The newer boot is confirmed, the older is not: the newer one's segments go, the older one's stay in order."""
    flash = PlayedFlash()
    left_by(flash, A, 700)
    left_by(flash, B, 700)
    store = opened(flash, C)
    drained(store)
    store.forget({B: 700})
    store.settle(1)

    assert [1, 2, 3] == flash.scan()
    store.rewind()
    assert [(A, seq) for seq in range(1, 701)] == drained(store)


def test_mark_does_not_free_what_was_added_after_sleep():
    """The boot goes on in its old segment: what was added to that was not sent yet, whatever a mark says."""
    flash = PlayedFlash()
    left_by(flash, A, 20)
    store = opened(flash, A)
    drained(store)
    filled(store, 21, 40).settle(40, everything=True)
    store.forget({A: ALL})

    assert [1] == flash.scan()
    assert 40 == store.queued()
    assert 1 == store.lies


def test_live_records_are_told_once_while_nothing_waits():
    """What went out as the newest value is no history, unless something older of this boot still waits."""
    store = filled(opened(PlayedFlash()), 1, 5)
    store.sent(1, 3)
    assert [4, 5] == numbers(store.next_batch(9))
    store.keep(record(6))
    store.keep(record(7))
    store.sent(7, 7)
    assert [6, 7] == numbers(store.next_batch(9))
    store.forget({A: 7})
    assert (0, 0) == (store.queued(), store.lies)


def test_rate_is_limited_and_silence_tells_again():
    """60 a minute; at most 100 without a mark; after five minutes without one from the beginning."""
    store = Backlog(PlayedFlash(), A, ring=300, pace=Pace(per_minute=60, window=100, patience_s=300))
    for seq in range(1, 301):
        store.keep(record(seq))
    told = [(up, seq) for up in range(1000, 1400) for seq in numbers(store.next_batch(50, up))]

    assert list(range(1, 101)) == [seq for up, seq in told if up < 1300]
    assert list(range(1, 61)) == [seq for up, seq in told if up < 1051][:60]
    assert 1301 == told[100][0]
    assert list(range(1, 101)) == [seq for up, seq in told if up >= 1301]
    store.forget({A: 100})
    assert 101 == numbers(store.next_batch(50, 1400))[0]


def test_newest_values_that_got_lost_are_told_again():
    """The broker took them, the gateway never had them: after five minutes they come as history."""
    store = opened(PlayedFlash())
    for seq in range(1, 5):
        store.keep(record(seq))
        store.sent(seq, seq)

    assert [] == numbers(store.next_batch(9, 100))
    assert [] == numbers(store.next_batch(9, 399))
    assert [1, 2, 3, 4] == numbers(store.next_batch(9, 400))


def test_old_report_that_got_lost_is_told_again_though_new_ones_are_confirmed():
    """Marks for the newest values every minute do not hide that a former boot is not confirmed."""
    flash = PlayedFlash()
    left_by(flash, A, 20)
    store = opened(flash, B)
    assert list(range(1, 21)) == numbers(store.next_batch(20, 0))
    told = []
    for minute in range(1, 7):
        store.keep(record(minute))
        store.sent(minute, minute)
        told.append(numbers(store.next_batch(20, 60 * minute)))
        store.forget({A: 12, B: minute})

    assert [[], [], [], [], [], list(range(13, 21))] == told[:5] + [told[5] or numbers(store.next_batch(20, 420))]


def test_link_that_is_always_cut_off_soon_gets_on():
    """A new connection for every 20 records: the past is told to its end all the same."""
    flash = PlayedFlash()
    left_by(flash, A, 500)
    store = opened(flash, B)
    has = set()
    for _ in range(60):
        store.rewind()
        has |= set(numbers(store.next_batch(20)))
        mark = 0
        while mark + 1 in has:
            mark += 1
        store.forget({A: mark})

    assert 0 == store.queued()


def test_store_refuses_what_would_be_lost_later():
    """A seq that does not grow, a boot that is no boot."""
    store = filled(opened(PlayedFlash()), 1, 3)
    for refused in (
        lambda: store.keep(record(3)),
        lambda: store.keep((4, 1, 1, 2.5, 0)),
        lambda: opened(PlayedFlash(), "boot"),
        lambda: opened(PlayedFlash(), gather=99),
    ):
        try:
            refused()
        except ValueError:
            continue
        raise AssertionError("taken")
    assert 3 == store.queued()
