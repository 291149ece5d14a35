"""Mains, doors, floats, pulses: edges and contacts. Runs under CPython and MicroPython."""

from node.core import mains, quality
from node.core.contact import Steady, supervised
from node.core.limit import Limit
from node.core.mains import Phase
from node.core.pulse import WRAP, Pulses

from tests.firmware.slosh import Chance

GOOD = quality.GOOD
UNKNOWN = (None, quality.NOT_YET_READ)


class Line:
    """Mains as edges: `hz` of a period with two edges each, looked at every `look_ms`; tells every change."""

    def __init__(self, phase, look_ms=100):
        self.phase, self.now, self.look_ms, self.edge, self.told = phase, 0, look_ms, 0, []

    def run(self, ms, hz):
        """Let time pass; hz 0: no voltage."""
        half = 500 // hz if hz else 0
        for _ in range(0, ms, self.look_ms):
            self.now += self.look_ms
            edges = 0
            while half and self.edge + half <= self.now:
                self.edge += half
                edges += 1
            found = self.phase.feed(self.now, edges, self.now - self.edge)
            if not self.told or self.told[-1][1] != found:
                self.told.append((self.now, found))
        return self

    def silent(self, ms):
        """No voltage; the edges go on from the end of it."""
        self.run(ms, 0)
        self.edge = self.now
        return self

    def words(self):
        """What was told, in order."""
        return [found for _, found in self.told]


def test_a_node_that_starts_says_nothing_first():
    """Neither 'gone' nor 'back' before it has looked: a restart is no event of the mains."""
    assert [UNKNOWN, (1, GOOD)] == Line(Phase()).run(10_000, 50).words()
    assert [UNKNOWN, (0, GOOD)] == Line(Phase()).silent(10_000).words()
    line = Line(Phase()).run(1_900, 50)
    assert [UNKNOWN] == line.words()


def test_loss_and_return_have_their_delays():
    """Loss within a second, return after 30 s without a gap."""
    line = Line(Phase()).run(10_000, 50).silent(20_000).run(60_000, 50)

    assert [UNKNOWN, (1, GOOD), (0, GOOD), (1, GOOD)] == line.words()
    lost, back = line.told[2][0], line.told[3][0]
    assert 10_500 <= lost <= 11_000
    assert 60_000 <= back <= 62_000


def test_a_dip_is_no_loss():
    """200 ms without voltage: shorter than the delay, not told."""
    assert [UNKNOWN, (1, GOOD)] == Line(Phase()).run(10_000, 50).silent(200).run(10_000, 50).words()


def test_mains_that_flicker_are_not_back():
    """Every gap begins the wait anew; also one that lies between two looks."""
    line = Line(Phase()).run(5_000, 50).silent(2_000)
    for _ in range(10):
        line.run(8_000, 50).silent(300)

    assert [UNKNOWN, (1, GOOD), (0, GOOD)] == line.words()
    slow = Line(Phase(), look_ms=1_000).run(5_000, 50).silent(3_000)
    for _ in range(10):
        slow.run(8_000, 50)
        slow.edge += 500  # half a second without an edge, and nobody looked
    assert [UNKNOWN, (1, GOOD), (0, GOOD)] == slow.words()


def test_delay_of_return_holds_over_a_restart():
    """A node that told 'gone' before it restarted does not call mains of two seconds back."""
    line = Line(Phase(was=0)).run(29_000, 50)
    assert [UNKNOWN] == line.words()
    assert (1, GOOD) == line.run(5_000, 50).words()[-1]


def test_both_frequencies_are_mains_and_others_are_not():
    """50 and 60 Hz are; 16 Hz or 200 Hz are a disturbance, and neither there nor gone."""
    for hz in (50, 60):
        line = Line(Phase()).run(10_000, hz)
        assert (1, GOOD) == line.words()[-1]
        assert abs(hz - line.phase.hz) <= 3
    for hz in (16, 250):
        line = Line(Phase()).run(10_000, hz)
        assert (None, quality.IMPLAUSIBLE) == line.words()[-1], hz
        assert (1, GOOD) not in line.words()


def test_a_disturbance_on_a_dead_line_is_not_mains():
    """Five edges a second do not keep lost mains alive; one spark a minute does not bring them back."""
    line = Line(Phase()).run(10_000, 50)
    for _ in range(50):
        line.edge = line.now
        line.run(200, 3)
    assert (None, quality.IMPLAUSIBLE) == line.words()[-1]
    phase, told = Phase(was=1), set()
    for at in range(0, 300_000, 100):
        told.add(phase.feed(at, 1 if at % 60_000 == 30_000 else 0, 0))
    assert {UNKNOWN, (0, GOOD)} == told


def test_one_diode_gives_half_the_edges():
    """A simple optocoupler pulses once a period."""
    line = Line(Phase(per_period=1))
    for _ in range(100):
        line.run(100, 25)
    assert (1, GOOD) == line.words()[-1]
    assert 48 <= line.phase.hz <= 52


def test_a_late_look_is_no_loss():
    """The node was busy for three seconds (flash, radio): mains that were there all along stay there."""
    line = Line(Phase()).run(10_000, 50)
    line.look_ms = 3_000
    line.run(9_000, 50)
    line.look_ms = 100
    assert [UNKNOWN, (1, GOOD)] == line.run(5_000, 50).words()


def test_part_of_the_mains_is_neither_there_nor_gone():
    """All phases, none, or a word; one that is not known makes all unknown."""
    there, gone = (1, GOOD), (0, GOOD)

    assert there == mains.together([there, there, there])
    assert gone == mains.together([gone, gone, gone])
    assert (None, quality.IMPLAUSIBLE) == mains.together([there, gone, there])
    assert UNKNOWN == mains.together([there, UNKNOWN, gone])


def test_a_door_bounces_once_told():
    """Twenty edges within 20 ms are one opening; nothing is told before the contact has been steady."""
    door, chance, told = Steady(50, 50), Chance(1), []
    for at in range(0, 2_000, 2):
        contact = 0 if at < 1_000 else (chance.whole(2) if at < 1_020 else 1)
        found = door.feed(at, contact)
        if not told or told[-1] != found:
            told.append(found)

    assert [UNKNOWN, (0, GOOD), (1, GOOD)] == told


def test_a_float_waits_for_the_waves():
    """Ten seconds on, five off: waves of seconds are no low fuel."""
    switch = Steady(10_000, 5_000)
    told = {switch.feed(at, 0) for at in range(0, 6_000, 100)}
    told |= {switch.feed(at, 1 if at // 3_000 % 2 else 0) for at in range(6_000, 60_000, 100)}

    assert {UNKNOWN, (0, GOOD)} == told
    assert (1, GOOD) == [switch.feed(at, 1) for at in range(60_000, 71_000, 100)][-1]


def test_an_edge_between_two_looks_counts():
    """An interrupt saw the contact move: it was not steady, though both looks found the same."""
    door = Steady(50, 50)
    door.feed(0, 0)
    door.feed(60, 0)
    door.feed(100, 1)
    door.touched(140)

    assert (0, GOOD) == door.feed(160, 1)
    assert (1, GOOD) == door.feed(190, 1)


def test_a_cut_wire_is_no_open_door():
    """Half of the supply is closed, two thirds open; all, nothing and between are faults."""
    expected = ((500, 0), (440, 0), (667, 1), (610, 1), (1000, None), (990, None), (0, None), (585, None), (760, None))
    for share, value in expected:
        assert value == supervised(share * 3_300, 3_300_000)[0], share
    assert (None, quality.BAD_DATA) == supervised(5, 0)


def test_pulses_count_on_and_wrap():
    """From what was kept, over the wrap of the interrupt's counter, and never back."""
    pulses = Pulses(kept=100)
    assert (100, GOOD) == pulses.feed(0, 0)
    assert (103, GOOD) == pulses.feed(1_000, 3)
    late = Pulses(most_hz=1000)
    late.feed(0, 0)
    late.feed(WRAP, WRAP - 2)
    assert (WRAP + 3, GOOD) == late.feed(WRAP + 1_000, 3)


def test_faster_than_it_can_is_a_disturbance():
    """Not counted, and a word as long as it lasts."""
    pulses = Pulses(most_hz=10)
    pulses.feed(0, 0)

    assert (11, GOOD) == pulses.feed(1_000, 11)
    assert (None, quality.IMPLAUSIBLE) == pulses.feed(2_000, 500)
    assert (12, GOOD) == pulses.feed(3_000, 501)


def test_a_limit_is_told_once_and_not_by_a_flicker():
    """Passed after its time, over only well inside, unmoved by a missing value."""
    limit = Limit(None, -1500, hold_ms=60_000, back=200)
    news = [(at, limit.feed(at, value), limit.passed) for at, value in (
        (0, -1800), (10_000, -1400), (20_000, -1800), (30_000, -1400), (90_000, -1300), (100_000, None),
        (110_000, -1600), (120_000, -1750),
    )]  # fmt: skip

    assert [(90_000, True, True), (120_000, True, False)] == [one for one in news if one[1]]
    try:
        Limit(5, 5)
    except ValueError as why:
        assert "below" in str(why)
    else:
        raise AssertionError
