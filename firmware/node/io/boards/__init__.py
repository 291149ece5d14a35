"""What differs from board to board: one file each, of one form (see `unix.py`), chosen by `here`."""

import sys


def here(root, settings):
    """The board that runs this: `settings` are those of `start/node.json`."""
    if sys.platform == "esp32":
        from node.io.boards.esp32 import Esp32 as Board
    elif sys.platform == "rp2":
        from node.io.boards.pico_w import PicoW as Board
    else:
        from node.io.boards.unix import Unix as Board
    return Board(root, settings)
