"""For the real interpreter: a whole board on littlefs; arguments: an image, its blocks, a release, segments.

Tells as one line how many blocks one program took and how many all, and which late modules were loaded from a slot.
"""

import gc
import json
import os
import sys

from store_flash import BLOCK, CountedFlash


def put(path, body):
    """A file."""
    with open(path, "wb") as file:
        file.write(body)


def copied(folder, place):
    """A folder with all that lies in it."""
    os.mkdir(place)
    for name, kind, *_ in os.ilistdir(folder):
        if kind == 0x4000:
            copied(f"{folder}/{name}", f"{place}/{name}")
        else:
            with open(f"{folder}/{name}", "rb") as file:
                put(f"{place}/{name}", file.read())


def taken():
    """Blocks that are not free."""
    told = os.statvfs("/f")
    return told[2] - told[3]


flash = CountedFlash(sys.argv[1], int(sys.argv[2]))
flash.mount(256, fresh=True)
found = {"empty": taken()}
copied(sys.argv[3], "/f/a")
found["program"] = taken() - found["empty"]
copied(sys.argv[3], "/f/b")
os.mkdir("/f/start")
for name in ("pointer", "count", "floor", "firmware.pub", "node.json", "crash.txt"):
    put("/f/start/" + name, bytes(1000))
for name in ("main.py", "loader.py"):
    put("/f/" + name, bytes(2 * BLOCK))
os.mkdir("/f/records")
for number in range(int(sys.argv[4])):
    put(f"/f/records/{number:08x}.seg", bytes(BLOCK))
found["all"] = taken()

sys.path.insert(0, "/f/b")
import node  # noqa: E402 (only now is there a slot)

found["place"], found["late"], found["lacks"] = node.__file__, 0, []
with open("/f/b/late.mpy", "rb") as late:
    head = late.read(3 * 26 * 26)
begin, number = len(head), -1
while 3 * (number + 1) < begin:
    number += 1
    place = int.from_bytes(head[3 * number : 3 * number + 3], "big")
    if not place:
        continue
    begin = min(begin, place)
    name = chr(65 + number // 26) + chr(97 + number % 26)
    try:
        __import__(name)
        found["late"] += 1
    except ImportError as fault:
        found["lacks"].append(str(fault))
    sys.modules.pop(name, None)
    gc.collect()
print(json.dumps(found))
