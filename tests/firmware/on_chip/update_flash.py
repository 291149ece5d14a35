"""The flash of a board as a file of the host, for littlefs; it can be told to lose power, and writes down what it did.

Geometry of a Pico W: blocks of 4096 bytes, programmed by 256. Run by MicroPython.
"""

BLOCK, PROG = 4096, 256
EIO = -5
_BLANK = b"\xff" * BLOCK


class Flash:
    """A block device. `log`: a file that gets every erase and program, or None. `left`: operations until it dies."""

    def __init__(self, path, blocks, log=None):
        self._file = open(path, "r+b")  # noqa: SIM115
        self._blocks, self.log = blocks, log
        self.left, self.done = -1, 0
        self._head = bytearray(9)

    def close(self):
        """Of the file of the host."""
        self._file.close()

    def readblocks(self, block, buffer, offset=0):
        """Asked by littlefs, as the two below."""
        self._file.seek(block * BLOCK + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        """0, or an error: nothing is ever raised inside littlefs."""
        return self._change(1, block * BLOCK + offset, buffer)

    def ioctl(self, what, block):
        """4: how many blocks, 5: their size, 6: erase one."""
        if what == 4:
            return self._blocks
        if what == 5:
            return BLOCK
        if what == 6:
            return self._change(0, block * BLOCK, _BLANK)
        return 0

    def _change(self, kind, place, data):
        if self.left == 0:
            return EIO
        self.left -= 1
        self.done += 1
        self._file.seek(place)
        self._file.write(data)
        if self.log:
            self._note(kind, place, data)
        return 0

    def _note(self, kind, place, data):
        head, size = self._head, len(data)
        head[0] = kind
        for index in range(4):
            head[1 + index] = place >> 8 * index & 255
            head[5 + index] = size >> 8 * index & 255
        self.log.write(head)
        if kind:
            self.log.write(data)


def operations(path):
    """(place, data) of every operation of a log, in order."""
    with open(path, "rb") as log:
        while head := log.read(9):
            place, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:9], "little")
            yield place, log.read(size) if head[0] else b"\xff" * size


def apply(path, place, data):
    """Do one operation, or the part of it that was done before the power went."""
    with open(path, "r+b") as image:
        image.seek(place)
        image.write(data)


_page = bytearray(BLOCK)


def copy(source, target):
    """A file of the host, byte by byte the same; its size is whole blocks."""
    with open(source, "rb") as read, open(target, "wb") as write:
        while read.readinto(_page):
            write.write(_page)


def erased(path, blocks):
    """A new flash in a file."""
    with open(path, "wb") as image:
        while image.tell() < blocks * BLOCK:
            image.write(_BLANK)
