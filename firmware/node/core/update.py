"""May this program come in? A signed manifest, read and judged; nothing here touches the flash.

manifest: {"v":1,"version":12,"min_board":{"esp32":[1,29],…},"files":64,"bytes":72000,"list":[6000,"64 hex"]}, at most
1 KiB: it has to come in one message. `min_board` names every board it is for, each with the oldest MicroPython; `list`
is size and SHA-256 of `files.txt`, which is fetched as the files are and read row by row: "64 hex, size, path" between
blanks, in the order of the modules. Signed are the bytes of the manifest as they came.
"""

import binascii
import hashlib
import json
from collections import namedtuple

MANIFEST_MAX, LIST_MAX = 1024, 16384
FILES_MAX, FILE_MAX, PATH_MAX, LEVELS_MAX = 128, 98304, 56, 5
LIST = "files.txt"
VERSION_MAX = 999_999_999
SIGNATURE, KEY = 64, 128
"""Bytes of a signature, hex digits of a key."""
SUFFIXES = (".py", ".mpy")
ENTRIES = ("node/app.py", "node/app.mpy")
NOT_AT_THE_TOP = ("main", "loader", "boot")
"""Names of the board's own files: a slot comes before them in the search for modules."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
HEX = "0123456789abcdef"

WORDS = (
    "running",  # this very program runs already: no fault
    "trial",  # the program that runs must prove itself first: ask again later
    "failed",  # this very program was tried and did not prove itself
    "manifest",  # cannot be read, or names what may not be
    "old",  # not newer than what was once confirmed
    "board",  # not made for this board
    "system",  # needs a newer MicroPython
    "battery",  # too low, or not known where it must be
    "key",  # no key on this board
    "signature",  # of nobody whom this board believes
    "space",  # the flash is too full
    "hash",  # what came is not what was signed
    "flash",  # cannot be written
    "memory",  # too little is free to judge it: no reason to crash
    "pieces",  # the gateway does not send them
)
"""Why a program was not taken; "" is no fault."""

Manifest = namedtuple("Manifest", "version boards files total list digest")
"""`boards`: board → [major, minor]; `files`: how many, with `total` bytes; `list`: row of the list itself, see
`row_of`; `digest`: of the signed bytes, 40 hex."""
Here = namedtuple("Here", "floor board system battery_mv least_mv running failed trial")
"""The board that is asked: the highest version ever confirmed, its name, (major, minor) of MicroPython, its supply in
mV or None, the threshold in mV or None where no battery feeds it, digests of the running and the failed program."""


def digest(body):
    """The name of a manifest: the first 40 hex digits of its SHA-256."""
    return binascii.hexlify(hashlib.sha256(body).digest()).decode()[:40]


def judged(body, signature, keys, here):
    """(word, manifest or None): "" and the manifest when it may come in. The dear signature is looked at last."""
    if len(body) > MANIFEST_MAX or len(signature) != SIGNATURE:
        return "manifest" if len(body) > MANIFEST_MAX else "signature", None
    name = digest(body)
    if name == here.running:
        return "running", None
    told = opened(body, name)
    word = _refusal(told, here) if told else "manifest"
    if not word and not keys:
        word = "key"
    if not word:
        from node.core import ecdsa  # only for the moment: it is not small

        word = "" if any(ecdsa.verify(key, body, signature) for key in keys) else "signature"
    return word, None if word else told


def _refusal(told, here):
    if told.version <= here.floor:
        return "old"
    if here.board not in told.boards:
        return "board"
    if tuple(told.boards[here.board]) > tuple(here.system):
        return "system"
    if told.digest == here.failed:
        return "failed"
    return "trial" if here.trial else battery_word(here.battery_mv, here.least_mv)


def battery_word(battery_mv, least_mv):
    """ "" or "battery". A supply that is not known is not enough, where a threshold is set."""
    if least_mv is None:
        return ""
    return "" if battery_mv is not None and battery_mv >= least_mv else "battery"


def opened(body, name):
    """The manifest of some bytes, or None when anything in it is not as it must be."""
    if len(body) > MANIFEST_MAX or body.count(b"[") > 32 or body.count(b"{") > 2:
        return None  # deep nesting would cost the reader its memory
    try:
        told = json.loads(body)
        version, boards, files, total = told["version"], told["min_board"], told["files"], told["bytes"]
        one, listed = told["v"], told["list"]
    except (ValueError, KeyError, TypeError, MemoryError, RuntimeError):
        return None
    fits = one == 1 and _whole(version, 1, VERSION_MAX) and _boards_fit(boards)
    fits = fits and _whole(files, 1, FILES_MAX) and _whole(total, 0, FILES_MAX * FILE_MAX)
    if not fits or not isinstance(listed, list) or len(listed) != 2 or not _whole(listed[0], 1, LIST_MAX):
        return None
    sha = _sha(listed[1])
    return Manifest(version, boards, files, total, (LIST, listed[0], sha), name) if sha else None


def row_of(line):
    """(path, size, SHA-256) of one line of the list, as bytes or text; None when it is not as it must be."""
    try:
        sha, size, path = (line if isinstance(line, str) else line.decode()).rstrip("\n").split(" ")
    except ValueError:
        return None
    sha = _sha(sha)
    fits = sha and path_fits(path) and 0 < len(size) < 6 and all(letter in "0123456789" for letter in size)
    return (path, int(size), sha) if fits and int(size) <= FILE_MAX else None


def list_fits(lines):
    """Can these lines be a program? Every module once, `node/app` among them."""
    last, count, entry = "", 0, False
    for line in lines:
        row = row_of(line)
        module = row and row[0].rsplit(".", 1)[0]
        if not module or module <= last:
            return False
        last, count, entry = module, count + 1, entry or row[0] in ENTRIES
    return entry and count <= FILES_MAX


def keys_of(text):
    """Public keys of a text: one a line, 128 hex digits; lines that are none are passed over."""
    lines = [line.strip() for line in text.split("\n")]
    return [binascii.unhexlify(line) for line in lines if len(line) == KEY and _hex(line)]


def _boards_fit(boards):
    if not isinstance(boards, dict) or not boards:
        return False
    return all(
        isinstance(name, str)
        and isinstance(oldest, list)
        and len(oldest) == 2
        and all(_whole(n, 0, 999) for n in oldest)
        for name, oldest in boards.items()
    )


def path_fits(path):
    """Can this be a module below a slot, and nowhere else?"""
    if not isinstance(path, str) or len(path) > PATH_MAX:
        return False
    stem = None
    for suffix in SUFFIXES:
        if path.endswith(suffix):
            stem = path[: -len(suffix)]
    if stem is None or stem in NOT_AT_THE_TOP:
        return False
    levels = stem.split("/")
    return len(levels) <= LEVELS_MAX and all(level and all(letter in LETTERS for letter in level) for level in levels)


def _sha(text):
    """The 32 bytes of a SHA-256 in hex digits, or None."""
    return binascii.unhexlify(text) if isinstance(text, str) and len(text) == 64 and _hex(text) else None


def _hex(text):
    return all(letter in HEX for letter in text)


def _whole(value, least, most):
    return type(value) is int and least <= value <= most
