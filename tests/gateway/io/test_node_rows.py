"""What a sensor node remembers lies in its own time on the disk, together with what it may forget."""

from pathlib import Path

from contract.messages import Value
from contract.words import Origin
from gateway.core.pipeline import Batch, Earlier
from gateway.core.site import Now
from gateway.io.store import Store

from .conftest import POLL, moment, opened


def at(up_ms: int) -> Now:
    """A moment of a node, as it was dated."""
    return Now(run="node tank-1", boot=moment(1).boot, up_ms=up_ms, wall_ms=up_ms, clock=moment(1).clock)


def test_the_past_is_kept_with_its_note_and_is_not_the_last_look(store: Store, path: Path) -> None:
    """In one step: rows of their own moments, the note; a start goes on from what the gateway read itself."""
    values = {"fuel.litres": Value(value=400.0, origin=Origin.MEASURED, up_ms=5)}
    past = Batch(
        device="tank-1",
        values={},
        earlier=(Earlier(at=at(5), values=values), Earlier(at=at(9), values=values)),
        noted=(("node tank-1", b"[1]"),),
    )
    store.keep(moment(7), batch=POLL)
    store.keep(moment(8), batch=past)
    store.keep(moment(9), batch=Batch(device="tank-1", values={}, noted=(("node tank-1", b"[2]"),)))
    store.close()
    again = opened(path)
    last, note, other = again.last_reading(), again.noted("node tank-1"), again.noted("node door-1")
    again.close()

    assert moment(7).moment() == last
    assert (b"[2]", b"") == (note, other)
