"""A new program, piece by piece, and the proof of the program that runs.

What knows the slots is large and seldom needed: it is loaded when something is to be done, and unloaded after it.
"""

import asyncio
import gc

from micropython import const
from node.io import kept
from node.io.unload import unload

_AGAIN_MS = const(3_000)
"""An answer later than this is asked for once more …"""
_IN_VAIN = const(20)
"""… so many times; then memory is worth more."""
_LATER_MS = const(600_000)
"""What was refused for now is looked at again."""
_LOOK_MS = const(1_000)
_AWAKE_MS = const(1_800_000)
"""After so long a sleeping node goes on with an update when it wakes next."""
_FOR_NOW = ("trial", "battery", "memory", "space", "flash", "hash", "pieces")


class Updating:
    """`app` is the node that is updated; `word` says what became of an update: "", "coming", or why it did not come."""

    def __init__(self, app, root, slot, trial):
        self._app = app
        self._where = (root, slot, app.board.name, app.board.system)
        self._slots = None
        self.word = ""
        self._offer = None
        self._due_ms = None
        """When the offer is judged; None: it was."""
        self._piece = None
        self._came = asyncio.Event()
        self._asked_ms = None
        self._in_vain = 0
        self.slot, self.trial = slot, trial
        self.version = kept.read_json(f"{root}/{slot}/manifest.json").get("version", 0)
        self._proved = not trial and self._calm(root)
        self._proof = None

    def _calm(self, root):
        """Is there nothing to confirm: no counted start or crash, and the floor is this version?"""
        turn = kept.read_json(f"{root}/start/pointer").get("turn", 0)
        count = kept.read(f"{root}/start/count") or b""
        if count.startswith(b"%d " % turn) and not count.endswith(b" 0"):
            return False
        return not self.version or kept.read(f"{root}/start/floor") == str(self.version).encode()

    def awake(self):
        """Must the node not sleep? A sleep is a start, of which a trial has three; an update ends when it goes on."""
        busy = self._slots or self._due_ms == 0 or not self._proved
        return bool(self.trial or (busy and self._app.talk.link.up and self._app.awake_ms() < _AWAKE_MS))

    def offered(self, offer):
        """(manifest, signature) came, or None: withdrawn. Judged by the task, for a signature takes a second."""
        if offer != self._offer:
            self._offer, self._due_ms = offer, 0
            self._came.set()

    def came(self, piece):
        """A piece came; only the newest is looked at."""
        self._piece = piece
        self._came.set()

    async def run(self):
        """Judge what is offered, fetch what is wanted, turn to it when it is whole."""
        while True:
            self._app.made("update")
            try:
                if self._due_ms is not None and self._app.now_ms() >= self._due_ms:
                    self._judge()
                if self._slots and not self._app.sagging():
                    await self._fetch(self._slots)
            except MemoryError:
                self._end("memory")
            try:
                self._prove()
            except MemoryError:  # the next look may find more room
                if self.word != "coming":
                    self._close()
            await self._wait()

    def _judge(self):
        self._due_ms = self._asked_ms = None
        self._in_vain = 0
        body, signature = self._offer or (b"", b"")
        if not body or body == kept.read("%s/%s/manifest.json" % self._where[:2]):
            self._end("")
            return
        word = self._open().offer(body, signature, self._supply())
        unload("node.core.ecdsa")
        if word:
            self._end(word)
        else:
            self._tell("coming")

    async def _fetch(self, slots):
        app = self._app
        wanted = slots.wish()
        piece, self._piece = self._piece, None
        word = slots.take(piece) if piece else ""
        if slots.wish() != wanted:
            self._asked_ms, self._in_vain = None, 0
        if not word and slots.whole:
            word = slots.turn(self._supply(), self._working())
            if not word:
                app.restarting = True
                return
            if slots.wish():
                return  # a file has gone wrong on the flash: it comes once more
        now_ms = app.now_ms()
        if not word and app.talk.link.up and (self._asked_ms is None or now_ms - self._asked_ms > _AGAIN_MS):
            self._in_vain += 1
            if self._in_vain > _IN_VAIN:
                word = "pieces"
            else:
                await app.talk.ask_piece(slots.wish())
                self._asked_ms = now_ms
        if word:
            self._end(word)

    def _end(self, word):
        """Nothing more is done for now; `word` says why not."""
        self._close()
        if word in _FOR_NOW:
            self._due_ms = self._app.now_ms() + _LATER_MS
        self._tell(word + self._died() if word == "failed" else "" if word == "running" else word)

    def _died(self):
        """What the program on trial said last, when a crash ended it."""
        root = self._where[0]
        told = (kept.read(f"{root}/start/crash.txt") or b"").strip().split(b"\n")
        turn = kept.read_json(f"{root}/start/pointer").get("turn", 0)
        try:
            return ": " + told[-1].decode()[:100] if told[0] == b"%d" % (turn - 1) else ""
        except ValueError:
            return ""

    def _tell(self, word):
        if word != self.word:
            self.word = word
            self._app.talk.health()

    async def _wait(self):
        self._came.clear()
        if self._due_ms == 0 or (self._piece and self._slots):
            return
        try:
            await asyncio.wait_for_ms(self._came.wait(), _LOOK_MS)
        except asyncio.TimeoutError:
            pass

    def _prove(self):
        """Does all that worked before still work? Only a trial ends when it does not."""
        app = self._app
        if self._proved or app.sagging():
            return
        if not self._proof:
            from node.core.trial import Trial

            good = kept.read_json(self._where[0] + "/start/pointer").get("good", ()) if self.trial else ()
            self._proof = Trial(good, app.now_ms() // 1000)
            unload("node.core.trial")
        verdict = self._proof.look(app.now_ms() // 1000, True, app.talk.understood(), self._working())
        if verdict == "restart" and self.trial:
            app.restarting = True
        elif verdict == "confirm":
            busy = self._slots
            self._proved = not self._open().confirm()
            if self._proved:
                self._proof, self.trial = None, 0
                app.talk.health()
            if not busy:
                self._close()

    def _open(self):
        if self._slots is None:
            gc.collect()
            from node.io.slots import Slots

            self._slots = Slots(*self._where)
        return self._slots

    def _close(self):
        self._slots = self._piece = None
        unload("node.io.slots", "node.core.update", "node.core.ecdsa", "loader")

    def _working(self):
        return [one.row[0] for one in self._app.inputs if one.last[0] is not None]

    def _supply(self):
        from node.io.slots import Supply

        settings = self._app.settings
        return Supply(self._app.supply_mv(), settings.get("update_least_mv", settings.get("least_mv")))
