"""What the centre's mark does at the site: it lets records go, and tells when the centre has lost what it had."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from contract.records import Mark
from contract.wire import Refused
from contract.words import Stream
from gateway.core.site import Now
from gateway.io.keeping import Keeper
from gateway.io.record_road import Records
from gateway.io.retelling import Retelling
from gateway.io.store import Store
from gateway.io.store_file import StoreFault

log = logging.getLogger(__name__)


class Marks:
    """The marks of one site, in the order in which they come."""

    def __init__(self, site: str, store: Store, keeper: Keeper, now: Callable[[], Now]) -> None:
        self._site = site
        self._store = store
        self._keeper = keeper
        self._now = now
        self._retelling = Retelling()

    def linked(self) -> None:
        """The link is new."""
        self._retelling.linked()

    def take(self, mark: Mark, seqs: Mapping[Stream, int], records: Records | None, *, retained: bool) -> None:
        """`seqs`: the last numbers of this run. `retained`: it lay at the broker. Raises Refused or StoreFault."""
        now = self._now()
        if mark.site != self._site:
            raise Refused(f"the mark is for {mark.site}")
        for stream, seq in mark.marks.get(now.run, {}).items():
            if seq > seqs.get(stream, 0):
                raise Refused(f"the mark confirms {stream.value} {seq}, which has not been yet")
        gone = sum(
            self._keeper.forget(run, stream, seq, now.up_ms)
            for run, streams in mark.marks.items()
            for stream, seq in streams.items()
        )
        if records is not None:
            records.answered(gone)
            self._tell_again(mark, records, now, retained=retained)

    def _tell_again(self, mark: Mark, records: Records, now: Now, *, retained: bool) -> None:
        if self._store.stands_in_for is not None:
            return  # the real file has what lies there still; it is asked when it is back
        loop = asyncio.get_running_loop()
        for run, lost in self._retelling.lost(mark, self._store.heads(), retained=retained).items():
            told = "; ".join(f"{one.stream.value} from {one.mark + 1}" for one in lost)
            log.warning("the centre has lost records of run %s; they are told again (%s)", run, told)

            def done(future: "Future[int]") -> None:
                try:
                    future.result()
                except StoreFault as fault:
                    log.error("what the centre has lost waits: %s", fault)
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(records.begin_anew)

            self._keeper.tell_again(lost, now).add_done_callback(done)
