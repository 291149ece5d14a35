"""The whole node on the real interpreter, with a played clock, a radio that can be off, and flash that loses its power.

The argument is the folder that is the board's file system. In it lies `how.json`, how it is played:

- `names`: what the program, as a board gets it, calls the class and the attributes that are watched.
- `rate`: so many times faster than the world does time pass while the node waits for somebody. While the radio is off
  nobody can come, and time goes on in steps of `step_ms` at least. What the program itself takes is not accelerated:
  a slow desk breaks no deadline.
- `segments`: of flash, instead of those of a board.
- `flash`: a file of the host that is the flash, littlefs on 4 KiB blocks; `left`: operations (erase, program) until the
  power goes, which ends the process within that operation; `torn`: the last one is half done.

`air.json` in the folder, {"id": n, "off_s": seconds}, switches the radio off for so long from the next attempt to
connect. Told are lines of JSON: first how much of the heap the player takes, which on a chip is the node's; then
how far the records of this start survive a power cut, whenever that moves.
"""

import gc
import json
import socket as real_socket
import sys
import time as real


class Clock:
    """What the node takes for the module `time`. Never behind the real one, by which asyncio's C code wakes tasks."""

    def __init__(self, rate, step_ms):
        self.rate, self.step_ms = rate, step_ms
        self.dark = False
        self._turns = 0
        self._ms = real.ticks_ms()
        self._since = real.ticks_us()

    def ticks_ms(self):
        """Played milliseconds."""
        return self._ms + real.ticks_diff(real.ticks_us(), self._since) // 1000

    def ticks_add(self, ticks, delta):
        """As the real one."""
        return ticks + delta

    def ticks_diff(self, one, other):
        """As the real one."""
        return one - other

    def __getattr__(self, name):
        return getattr(real, name)

    def waits(self, queue, wait, dt):
        """The scheduler has nothing to do for `dt` ms, unless somebody comes."""
        self._turns += 1
        if not dt and self._turns % 8:
            return  # to look whether somebody comes takes a millisecond, which is long at this rate
        begun_ms = self.ticks_ms()
        if self.dark:
            wait(queue, 0)
            passed = max(dt, self.step_ms)
        else:
            begun_us = real.ticks_us()
            wait(queue, dt // self.rate)
            waited_us = real.ticks_diff(real.ticks_us(), begun_us)
            early = waited_us < dt // self.rate * 1000
            passed = max(min(dt, waited_us * self.rate // 1000) if early else dt, waited_us // 1000 + 1)
        self._ms = begun_ms + passed
        self._since = real.ticks_us()


def say(**told):
    """One line to whoever plays."""
    sys.stdout.write(json.dumps(told) + "\n")


def played_time(how):
    """The node's time is played from here on."""
    clock = Clock(how.get("rate", 1), how.get("step_ms", 1_000))
    sys.modules["time"] = clock
    from asyncio import core

    wait = core.IOQueue.wait_io_event
    core.IOQueue.wait_io_event = lambda queue, dt: clock.waits(queue, wait, dt)
    return clock


class Air:
    """What the node takes for the module `socket`: no socket can be had while `air.json` switches the radio off."""

    def __init__(self, folder, clock):
        self._file, self._clock = folder + "/air.json", clock
        self._id, self._until_ms = None, 0

    def _told(self):
        try:
            with open(self._file) as file:
                return json.load(file)
        except (OSError, ValueError):
            return {"id": None, "off_s": 0}

    def socket(self):
        """As the real one, or OSError as a board's stack says it."""
        told = self._told()
        if told["id"] != self._id:
            self._id, self._until_ms = told["id"], self._clock.ticks_ms() + 1000 * told["off_s"]
        self._clock.dark = self._clock.ticks_ms() < self._until_ms
        if self._clock.dark:
            raise OSError(118)  # EHOSTUNREACH
        return real_socket.socket()

    def __getattr__(self, name):
        return getattr(real_socket, name)


def watch(app, names, segments):
    """What is safe is told; the store has so many `segments`."""
    store = getattr(app, names["Backlog"])
    begin, settle = store.__init__, getattr(store, names["settle"])
    what = [names[one] for one in ("boot", "safe_seq", "dropped", "fault")]
    told = [None]

    def begun(self, *parts, **sizes):
        if segments:
            sizes["segments"] = segments
        begin(self, *parts, **sizes)

    def settled(self, *moment, **whole):
        done = settle(self, *moment, **whole)
        boot, safe, dropped, fault = [getattr(self, one) for one in what]
        now = boot, safe, dropped(), fault
        if now != told[0]:
            told[0] = now
            say(boot=boot, safe=safe, dropped=now[2], fault=fault, up=moment[0])
        return done

    store.__init__ = begun
    setattr(store, names["settle"], settled)


def prepared(folder, free):
    """Everything that is played is in its place; the root of the board's file system. `free`: of the heap before it."""
    with open(folder + "/how.json") as file:
        how = json.load(file)
    clock = played_time(how)
    sys.modules["socket"] = Air(folder, clock)
    if "flash" in how:
        import judged_flash

        judged_flash.mounted(how)
    gc.collect()
    say(player=free - gc.mem_free())
    from node import app

    watch(app, how["names"], how.get("segments"))
    return "/f" if "flash" in how else folder


def main(folder, free):
    """One life of the node."""
    root = prepared(folder, free)
    gc.collect()
    from node import app

    app.main(root, "a", 0)
