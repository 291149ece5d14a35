"""Small files that outlive a power cut: written beside and renamed, which is one step on littlefs."""

import json
import os

LARGEST = 12_288


def read(path):
    """The bytes of a small file, or None."""
    try:
        with open(path, "rb") as file:
            return file.read(min(os.stat(path)[6], LARGEST))
    except OSError:
        return None


def read_json(path):
    """A small JSON object, {} when it is not there or none."""
    try:
        told = json.loads(read(path) or b"{}")
    except (ValueError, MemoryError):
        return {}
    return told if isinstance(told, dict) else {}


def write(path, body):
    """Whole or not at all; False when the flash did not take it."""
    try:
        with open(path + ".new", "wb") as file:
            file.write(body)
        os.rename(path + ".new", path)
    except OSError:
        return False
    return True
