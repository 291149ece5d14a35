"""What is kept in flash: written seldom, found again, given up, damaged. Runs under CPython and MicroPython."""

from node.core import records

from tests.firmware.segments_played import WALL, A, B, C, PlayedFlash, drained, filled, left_by, numbers, opened, record

HEAP = "1024wK"  # the played flash and the lists of all that was told lie in it


def test_one_append_gathers_many():
    """Silence of the gateway: 30 records a write, 250 a segment."""
    flash = PlayedFlash()
    store = filled(opened(flash), 1, 600)

    assert 22 == flash.writes  # 20 for 30 records each, and 2 where a segment ended amid them
    assert [1, 2, 3] == flash.scan()
    assert records.HEADER_SIZE + 250 * records.SIZE == flash.size(1) <= 4096
    assert [(A, seq) for seq in range(1, 601)] == drained(store)
    assert 600 == store.safe_seq


def test_few_records_are_written_after_a_while():
    """One record that waits for ten minutes goes to flash."""
    flash = PlayedFlash()
    store = opened(flash)
    store.keep(record(1))

    assert store.settle(600)
    assert 0 == flash.writes
    assert store.settle(601)
    assert 1 == flash.writes


def test_no_write_while_the_supply_sags():
    """Neither a write nor a deletion; what RAM cannot hold goes, oldest first, and is counted."""
    flash = PlayedFlash()
    left_by(flash, A, 100)
    before = flash.writes
    store = opened(flash, B)
    assert 100 == len(drained(store))
    store.forget({A: 100})
    for seq in range(1, 101):
        store.keep(record(seq))
        store.settle(10_000 + seq, sagging=True)

    assert before == flash.writes
    assert (60, 40) == (store.dropped(), store.queued())
    assert store.settle(10_200)
    assert [(B, seq) for seq in range(61, 101)] == drained(store)
    assert 61 == store.oldest(B)


def test_oldest_segment_goes_first_and_is_counted_for_good():
    """Eight segments are the room; the count of what went survives a restart."""
    flash = PlayedFlash()
    store = left_by(flash, A, 2500)

    assert (500, 2000) == (store.dropped(), store.queued())
    assert 8 == len(flash.scan())
    later = opened(flash, B)
    assert (500, 2000, 501) == (later.dropped(), later.queued(), later.oldest(A))
    assert [(A, seq) for seq in range(501, 2501)] == drained(later)


def test_loss_is_counted_once_when_the_power_goes_amid_it():
    """The new segment, which counts the loss, is written; the old one is not yet deleted: it is no second loss."""
    flash = PlayedFlash()
    store = left_by(flash, A, 2000)
    flash.left = 2
    filled(store, 2001, 2030)
    assert list(range(1, 10)) == flash.scan()
    flash.left = None
    later = opened(flash, B)

    assert (250, 1780, 251) == (later.dropped(), later.queued(), later.oldest(A))
    later.settle(1)
    assert list(range(2, 10)) == flash.scan()


def test_what_was_kept_survives_a_restart_with_its_date():
    """Boot by boot in order; the clock that a boot learnt late dates all of it, and one that knew none has none."""
    flash = PlayedFlash()
    left_by(flash, A, 40)
    store = opened(flash, B)
    filled(store, 1, 40)
    store.set_wall(WALL)
    filled(store, 41, 80)
    store.settle(80, everything=True)
    later = opened(flash, C)

    assert (A, None, [record(1), record(2)]) == later.next_batch(2)
    assert [(A, seq) for seq in range(3, 41)] == [
        (A, seq) for seq in numbers(later.next_batch(32)) + numbers(later.next_batch(32))
    ]
    assert (B, WALL, [record(1)]) == later.next_batch(1)
    assert (C, None, []) == (drained(later) and later.next_batch(1))


def test_last_records_of_a_boot_that_learnt_the_time_are_dated():
    """The clock is known: the next write says so, even if there was room in the old segment."""
    flash = PlayedFlash()
    store = filled(opened(flash), 1, 30)
    store.set_wall(WALL)
    store.set_wall(WALL + 1)
    store.keep(record(31))
    store.settle(31, everything=True)

    assert [1, 2] == flash.scan()
    assert (A, WALL + 1, [record(1)]) == opened(flash, B).next_batch(1)


def test_clock_that_cannot_be_is_none():
    """A gateway that says it is 1970: the boot is not dated, nothing breaks."""
    store = filled(opened(PlayedFlash()), 1, 3)
    store.set_wall(-5)
    assert (A, None, [record(1)]) == store.next_batch(1)


def test_full_file_system_gives_up_the_oldest():
    """Something else takes the room: the newest are kept, the loss is counted, nothing crashes."""
    flash = PlayedFlash()
    flash.room = 9000
    store = left_by(flash, A, 2000)

    assert 2000 == store.queued() + store.dropped()
    assert store.dropped() >= 1400
    assert list(range(store.dropped() + 1, 2001)) == [seq for _, seq in drained(store)]
    assert 0 not in [len(file) for file in flash.files.values()]
    flash.room = 10
    filled(store, 2001, 2200)
    assert "flash full" == store.fault
    assert 2200 == store.queued() + store.dropped()


def test_flash_that_fails_leaves_ram():
    """Unreadable at the start, or dying later: the node measures on, says so, and comes back with the flash."""
    flash = PlayedFlash()
    left_by(flash, A, 60)
    flash.deaf = True
    store = filled(opened(flash, B), 1, 100)

    assert ("flash error", 40, 60) == (store.fault, store.queued(), store.dropped())
    assert store.oldest(B) is None
    flash.deaf = False
    assert store.settle(1000)
    assert ("", 100) == (store.fault, store.queued())
    assert [(A, seq) for seq in range(1, 61)] + [(B, seq) for seq in range(61, 101)] == drained(store)
    flash.left = 0
    filled(store, 101, 200)
    assert "flash error" == store.fault


def test_damaged_segments_are_set_aside_and_counted():
    """Header gone, cut to nothing, foreign content under a segment's name: aside, once; the others are told."""
    flash = PlayedFlash()
    left_by(flash, A, 1000)
    flash.files[1] = b"X" + flash.files[1][1:]
    flash.files[2] = b""
    flash.files[3] = b"not mine" * 3
    flash.files[0x3FFFFFFF] = flash.files[4]
    flash.files[0xFFFFFFFF] = flash.files[4]
    store = opened(flash, B)

    assert [(A, seq) for seq in range(751, 1001)] == drained(store)
    assert 0 < store.dropped()
    store.settle(1)
    assert [1, 2, 3, 0x3FFFFFFF, 0xFFFFFFFF] == sorted(flash.aside)
    assert [4] == flash.scan()
    filled(store, 1, 70).settle(70, everything=True)
    assert 320 == store.queued()


def test_damaged_record_is_left_out():
    """One record that cannot be believed: its neighbours are, it is counted, and the rest is not held up by it."""
    flash = PlayedFlash()
    left_by(flash, A, 100)
    at = records.HEADER_SIZE + 40 * records.SIZE
    flash.files[1] = flash.files[1][:at] + b"\x00" + flash.files[1][at + 1 :]
    store = opened(flash, B)

    assert [seq for seq in range(1, 101) if seq != 41] == [seq for _, seq in drained(store)]
    assert 1 == store.dropped()
    store.forget({A: 40})
    assert 42 == store.oldest(A)


def test_torn_end_is_cut_off_and_never_written_behind():
    """Half a record at the end: what is before it counts, and the next record begins a new segment."""
    flash = PlayedFlash()
    left_by(flash, A, 50)
    flash.files[1] = flash.files[1][:-5]
    store = opened(flash, A)

    assert 49 == store.last_seq
    filled(store, 50, 60).settle(60, everything=True)
    assert [1, 2] == flash.scan()
    assert [(A, seq) for seq in range(1, 61)] == drained(opened(flash, B))


def test_boot_that_goes_on_after_sleep_fills_its_segment():
    """A node that keeps its boot over deep sleep does not begin a block of flash at every waking."""
    flash = PlayedFlash()
    for waking in range(20):
        store = opened(flash, A)
        assert 8 * waking == store.last_seq
        filled(store, 8 * waking + 1, 8 * waking + 8).settle(8 * waking + 8, everything=True)

    assert [1] == flash.scan()
    assert 160 == len(drained(store))
    store.forget({A: 160})
    store.settle(200)
    assert ([], 0, 0) == (flash.scan(), store.queued(), store.lies)
