"""The flash of `judged_player.py`: kept from start to start; when its power goes the process is gone."""

import os
import sys

import vfs
from store_flash import CountedFlash


class Cut(CountedFlash):
    """A power cut is the end of everything."""

    def writeblocks(self, *what):
        """As it was, once more the end."""
        return self._gone_on(super().writeblocks(*what))

    def ioctl(self, *what):
        """The same."""
        return self._gone_on(super().ioctl(*what))

    def _gone_on(self, answer):
        if self.left == 0:
            os.system("kill -9 $PPID")
        return answer


def mounted(how):
    """Below /f; the first start only makes it, and ends."""
    fresh = not how.get("kept")
    flash = Cut(how["flash"], 64, fresh)
    flash.mount(256, fresh)
    if fresh:
        os.mkdir("/f/start")
        with open(how["settings"]) as file, open("/f/start/node.json", "w") as copy:
            copy.write(file.read())
        vfs.umount("/f")
        sys.exit(0)
    flash.left, flash.torn = how.get("left", -1), how.get("torn", False)
