"""The flash of a board as a file of the host, for littlefs: counts erases, and dies when it is told to.

Blocks of 4096 bytes, as on ESP32 and Pico W. Nothing here takes memory while littlefs works. Run by MicroPython.
"""

import vfs

BLOCK = 4096
_EIO = -5


class CountedFlash:
    """`left`: operations until the power goes, -1 for never; `torn`: the last of them is half done."""

    def __init__(self, path, blocks, fresh=True):
        if fresh:
            with open(path, "wb") as file:
                while file.tell() < blocks * BLOCK:
                    file.write(b"\xff" * BLOCK)
        self._file = open(path, "r+b")  # noqa: SIM115 (open as long as the chip lives)
        self._blocks = blocks
        self._blank = memoryview(b"\xff" * BLOCK)
        self.left, self.torn, self.done, self.erases = -1, False, 0, 0

    def readblocks(self, block, buffer, offset=0):
        """What littlefs asks of a device, as the two below."""
        self._file.seek(block * BLOCK + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        """Program."""
        return self._change(block * BLOCK + offset, buffer)

    def ioctl(self, what, block):
        """How many blocks, how large, erase one."""
        if what == 4:
            return self._blocks
        if what == 5:
            return BLOCK
        if what == 6:
            self.erases += 1
            return self._change(block * BLOCK, self._blank)
        return 0

    def _change(self, place, data):
        if self.left == 0:
            return _EIO
        self.done += 1
        self.left -= 1
        if self.left == 0:
            if self.torn:
                self._file.seek(place)
                self._file.write(memoryview(data)[: len(data) // 2])
            return _EIO
        self._file.seek(place)
        self._file.write(data)
        return 0

    def mount(self, prog, fresh=False):
        """Below /f; `prog`: bytes programmed at once, 32 on ESP32, 256 on Pico W."""
        if fresh:
            vfs.VfsLfs2.mkfs(self, progsize=prog)
        vfs.mount(vfs.VfsLfs2(self, progsize=prog, lookahead=32), "/f")

    def unmount(self):
        """The power is gone."""
        vfs.umount("/f")
