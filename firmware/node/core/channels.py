"""What a node can tell: id, signal key of `contract/signals.toml`, unit of the whole number, how many make one there.

The gateway reads the same table: value in the catalogue's unit = whole number / last column. An id is fixed for ever
and never used again for something else: records in a node's flash and nodes with an older program speak by it.
One text and not a tuple of tuples: on a chip that is a quarter of the memory, and few rows are ever looked up.
"""

TABLE = """\
# power: what a site asks first
1 mains.present flag 1
2 mains.present_l1 flag 1
3 mains.present_l2 flag 1
4 mains.present_l3 flag 1
5 load.present flag 1
# fuel
10 fuel.litres ml 1000
11 fuel.level permille 10
12 fuel.temperature c°C 100
13 fuel.low_switch flag 1
# start battery
20 engine.battery_voltage mV 1000
21 engine.crank_voltage_min mV 1000
22 engine.crank_time ms 1
23 charger.failed flag 1
24 node.supply_voltage mV 1000
# temperatures of places
30 room.temperature c°C 100
31 outdoor.temperature c°C 100
32 shop.temperature c°C 100
33 coldroom.temperature c°C 100
34 coldroom.temperature_2 c°C 100
35 freezer.temperature c°C 100
36 freezer.temperature_2 c°C 100
37 freezer.temperature_3 c°C 100
38 freezer.temperature_4 c°C 100
# doors and lids: 1 = open
50 door.engine_room flag 1
51 door.tank flag 1
52 door.cabinet flag 1
53 door.shop flag 1
54 door.freezer flag 1
55 door.coldroom flag 1
# plain inputs and counts, before the site's settings say what they mean
60 input.di1 flag 1
61 input.di2 flag 1
62 input.di3 flag 1
63 input.di4 flag 1
64 input.count_1 count 1
65 input.count_2 count 1
"""


def rows() -> "list[tuple[int, str, str, int]]":
    """All rows, in the order of the table."""
    cut = [line.split() for line in TABLE.split("\n") if line and line[0] != "#"]
    return [(int(one[0]), one[1], one[2], int(one[3])) for one in cut]


def row(channel: int) -> "tuple[int, str, str, int] | None":
    """The row of one id, or None for an id that no table knows (a newer node's)."""
    for one in rows():
        if one[0] == channel:
            return one
    return None


def number(key: str) -> int:
    """The id under which a signal travels; KeyError when a node cannot tell it."""
    for one in rows():
        if one[1] == key:
            return one[0]
    raise KeyError(key)
