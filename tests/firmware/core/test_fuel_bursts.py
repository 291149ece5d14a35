"""A level sensor over a tank as the node looks at it: when it reads, what is told, what is news. Both interpreters."""

from node.core import quality
from node.core.gauge import Gauge
from node.core.tank import Tank
from node.core.telling import AT_ONCE, Told
from node.fuel import Fuel
from node.inputs import Input

from tests.firmware.slosh import Chance

HEAP = "256wK"
"""Every reading and record is kept."""
GOOD = quality.GOOD
BOX = {"shape": "box", "length_mm": 1500, "width_mm": 1000, "height_mm": 1000}


class Level:
    """A sensor; `um`: its level, or the quality that it has instead; `reads`: when it was asked."""

    def __init__(self, um):
        self.um, self.reads, self._chance = um, [], Chance(4)

    def start(self):
        """Nothing."""

    def read(self, now_ms):
        """(µm or None, quality)."""
        self.reads.append(now_ms)
        if self.um is None:
            raise RuntimeError("torn out")
        return (None, -self.um) if self.um < 0 else (self.um + self._chance.around(1_000), GOOD)


class Node:
    """Looks at one input as the node does; `told`: (ms, value, quality, at once?) of all that is worth a record."""

    def __init__(self, um, every_s=300):
        self.level = Level(um)
        fuel = Fuel(self.level, Gauge(Tank(BOX)), 1000 * every_s)
        self.one = Input((10, "fuel.litres", "ml"), fuel, 2_000, Told(1000 * every_s))
        self.now, self.told = 0, []

    def run(self, until_ms, rising_um_s=0):
        """Until then; so fast the level rises."""
        while self.now < until_ms:
            if self.now >= self.one.due_ms:
                value, found = self.one.look(self.now)
                news = self.one.told.feed(self.now, value, found, self.one.driver.urgent)
                if news:
                    self.one.told.told(self.now, value, found)
                    self.told.append((self.now, value, found, news == AT_ONCE))
            self.now += 50
            if rising_um_s:
                self.level.um += rising_um_s // 20
        return self.told


def steps(times):
    """How far apart they are, the shortest first."""
    return sorted([times[at] - times[at - 1] for at in range(1, len(times))])


def test_a_burst_a_minute_and_a_report_in_its_turn():
    """Some 30 to 40 readings in 10 s, then none until the next minute; one record in five minutes."""
    node = Node(500_000)
    told = node.run(650_000)

    assert [(GOOD, False)] * 3 == [one[2:] for one in told]
    assert max([abs(one[1] - 750_000) for one in told]) < 3_000
    reads = node.level.reads
    bursts = [reads[at] for at in range(1, len(reads)) if reads[at] - reads[at - 1] > 1_000]
    assert 8 <= len(bursts) <= 9
    assert 70_000 <= steps(bursts)[0] <= steps(bursts)[-1] <= 75_000
    assert 30 <= len([at for at in node.level.reads if at < 15_000]) <= 40


def test_a_filling_is_reported_while_it_lasts():
    """60 l/min: at once when it is seen, and after every burst without a pause, until it is over."""
    node = Node(300_000)
    node.run(200_000)
    told = node.run(320_000, rising_um_s=660)[1:]

    assert told[0][3]
    assert told[0][0] < 270_000
    assert len([one for one in told if one[3]]) >= 4
    assert steps([one[0] for one in told])[-1] < 12_000
    node.run(700_000)
    last = len(node.told)
    node.run(1_200_000)
    assert last + 2 >= len(node.told)


def test_a_silent_sensor_is_a_word_and_no_old_litre():
    """It never answers again, or it raises: within two minutes that is told at once, and stays; then it is back."""
    for um, word in ((-quality.NOT_YET_READ, quality.COMM_ERROR), (None, quality.SENSOR_FAULT)):
        node = Node(500_000)
        node.run(100_000)
        node.level.um = um
        told = node.run(220_000)[-1]
        assert (None, word, True) == told[1:], um
        assert {(None, word)} == {one[1:3] for one in node.run(900_000) if one[0] > 230_000}
        node.level.um = 500_000
        back = [one for one in node.run(1_100_000) if one[0] > 900_000 and one[2] == GOOD]
        assert back[0][3]


def test_a_sensor_that_never_answered_is_told_in_its_turn():
    """A node that starts does not invent a fault; after the deadline it says that nobody answers."""
    told = Node(-quality.NOT_YET_READ).run(100_000)

    assert [(None, quality.COMM_ERROR)] == [one[1:3] for one in told]
    assert 50_000 <= told[0][0] <= 60_000
