"""The loader: starts a program that works, whatever happened. Never touched by an update; see README.md, Updates.

Slots `a` and `b` lie beside this file, what it keeps lies in `start/`. A program is started by `node.app.main(root,
slot, trial)`. When that ends or crashes, the board is reset.
"""

import binascii
import gc
import hashlib
import io
import json
import os
import sys
import time

import loader

WATCHDOG_MS = 8000
TRIAL_MS = 35 * 60 * 1000
PAUSE_MS = 5000
CRASH_MAX = 1500


def read(root, name):
    """A small file of `start/` as text, or None."""
    try:
        with open(f"{root}/start/{name}") as file:
            return file.read(1024)
    except (OSError, ValueError):
        return None


def keep(root, name, text):
    """Write a small file of `start/` whole or not at all: renaming is one step on littlefs. Raises OSError."""
    place = f"{root}/start"
    try:
        os.stat(place)
    except OSError:
        os.mkdir(place)
    with open(f"{place}/{name}.new", "w") as file:
        file.write(text)
    os.rename(f"{place}/{name}.new", f"{place}/{name}")


def digest_of(path):
    """SHA-256 of a file in hex digits, in little memory; raises OSError."""
    seen, piece = hashlib.sha256(), bytearray(512)
    view = memoryview(piece)
    with open(path, "rb") as file:
        while count := file.readinto(piece):
            seen.update(view[:count])
    return binascii.hexlify(seen.digest()).decode()


def look(root, slot, deep):
    """(version, digest, whole) of what lies in a slot, or None; `deep` reads every file instead of only its size."""
    place = f"{root}/{slot}"
    try:
        with open(f"{place}/manifest.json", "rb") as file:
            body = file.read(loader.MANIFEST_MAX)
        told = json.loads(body)
        version, (size, sha) = told["version"], told["list"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    digest = binascii.hexlify(hashlib.sha256(body).digest()).decode()[:40]
    try:
        return version, digest, there(place, loader.LIST, size, sha, True) and all_there(place, deep)
    except (OSError, ValueError, TypeError):
        return version, digest, False


def all_there(place, deep):
    """Is every file of a slot's list there? Raises OSError, ValueError."""
    with open(f"{place}/{loader.LIST}") as rows:
        while row := rows.readline():
            sha, size, path = row.rstrip("\n").split(" ")
            if not there(place, path, int(size), sha, deep):
                return False
    return True


def there(place, path, size, sha, deep):
    """Is a file as long as it must be, and, when asked to look deep, the very one? Raises OSError."""
    name = f"{place}/{path}"
    return os.stat(name)[6] == size and (not deep or digest_of(name) == sha)


def decide(root):
    """(slot, pointer or None): what starts now, with its start counted. Never raises for what lies on the flash."""
    was = loader.pointer(read(root, "pointer"))
    count = loader.counted(read(root, "count"), was.turn) if was else 0
    deep = was is None or was.trial or count > 0

    def looking(slot):
        return look(root, slot, deep or slot != was.slot)

    now = loader.choose(was, count, looking)
    try:
        if now is not was:
            keep(root, "pointer", now.text())
            count = 0
        if now.trial and count < 99:
            keep(root, "count", loader.count_text(now.turn, count + 1))
    except OSError:
        # a start that cannot be counted would have no end
        now = loader.returned(now, looking) if now.trial else now
    return now


def crashed(root, now, error):
    """A program ended by an error: a trial is over at once, of a confirmed one it is counted."""
    try:
        if now.trial:
            after = loader.returned(now, lambda slot: look(root, slot, True))
            if after is not now:
                keep(root, "pointer", after.text())
        else:
            count = loader.counted(read(root, "count"), now.turn)
            if count > loader.CRASHES:
                return  # told often enough, and every line wears the flash
            keep(root, "count", loader.count_text(now.turn, count + 1))
        told = io.StringIO()
        sys.print_exception(error, told)
        keep(root, "crash.txt", f"{now.turn}\n{told.getvalue()[-CRASH_MAX:]}")
    except (OSError, MemoryError) as fault:
        sys.print_exception(fault)


def free():
    """Give back what a program held, its tasks as well: one that died of too little memory is counted, too."""
    for name in ("asyncio.core", "asyncio", "node.app", "node"):
        sys.modules.pop(name, None)
    gc.collect()


def guard(root):
    """On trial: a program that hangs before it watches itself is reset, and one that is never confirmed as well."""
    try:
        import machine

        machine.WDT(timeout=WATCHDOG_MS)
    except (ImportError, AttributeError, OSError, ValueError):
        return None

    def late(_):
        now = loader.pointer(read(root, "pointer"))
        if now is None or now.trial:
            machine.reset()

    timer = None
    for number in (-1, 3, 1):  # -1: timers without hardware, which not every board has
        try:
            timer = timer or machine.Timer(number, mode=machine.Timer.ONE_SHOT, period=TRIAL_MS, callback=late)
        except (AttributeError, OSError, ValueError):
            continue
    return timer


def start(root, slot, trial):
    """Run the program of a slot; returns when it ends."""
    sys.path.insert(0, f"{root}/{slot}")
    gc.collect()
    from node import app

    app.main(root, slot, trial)


def boot(root):
    """One life of the board: choose, start, and keep what became of it. False when the program crashed."""
    try:
        now = decide(root)
    except Exception as error:
        sys.print_exception(error)
        now = loader.Pointer()
    timer = guard(root) if now.trial else None
    try:
        start(root, now.slot, now.trial)
    except Exception as error:
        free()
        sys.print_exception(error)
        crashed(root, now, error)
        return False
    finally:
        del timer  # a timer that nobody holds may be collected and never rings
    return True


def reset():
    """Begin anew with empty memory; where there is no chip, the process ends."""
    try:
        import machine

        machine.reset()
    except (ImportError, AttributeError):
        sys.exit(0)


if __name__ == "__main__":
    try:
        if not boot("" if os.getcwd() == "/" else os.getcwd()):
            time.sleep_ms(PAUSE_MS)
    except Exception as error:
        sys.print_exception(error)
    reset()
