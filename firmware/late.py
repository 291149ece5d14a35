"""`node/__init__` of a board: all modules but `node.app` lie one behind the other in one file; here they are found.

For littlefs gives every file a block of 4096 bytes. This module is mounted as a file system of which no more is asked
than an import needs. `late.mpy` begins with the place of each module (`compiling.py`); MicroPython reads an .mpy only
as far as that goes. Runs on a board only; imported names would stay in memory.
"""

import io

mount = max
"""MicroPython calls it with two flags; nothing is to be done."""


def stat(path):
    """`/Aa.mpy`, a capital and a letter, is a file; raises OSError for whatever else an import looks for."""
    if path[3:] != ".mpy" or path[1] > "Z":
        raise OSError(2)
    return [0x8000] * 10


def open(path, mode):  # noqa: A001, ARG001 (so MicroPython calls it)
    """The file, where that module begins. Raises OSError."""
    file = io.open(__file__[:-17] + "late.mpy", "rb")  # noqa: SIM115 (the import closes it)
    file.seek(3 * (26 * ord(path[1]) + ord(path[2]) - 1787))
    file.seek(int.from_bytes(file.read(3), "big"))
    return file


__import__("vfs").mount(__import__(__name__), "/p")
__import__("sys").path.insert(0, "/p")
