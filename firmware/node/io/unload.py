"""Gives back the memory of modules that are needed only now and then: code lies in the heap of a board."""

import gc
import sys


def unload(*names):
    """Forget modules that nobody holds any more; the next import reads them again."""
    for name in names:
        if sys.modules.pop(name, None) is None:
            continue  # to ask its package by a name that was never loaded would keep that name for ever
        above, _, leaf = name.rpartition(".")
        package = sys.modules.get(above)
        if package and hasattr(package, leaf):
            delattr(package, leaf)
    gc.collect()
