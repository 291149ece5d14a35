"""Pictures in the cache: checked before they are kept, bounded, written once, read one at a time."""

import hashlib
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from contract import topics
from contract.content import PublicDocument
from contract.messages import Head, encode
from contract.pictures import PictureBody, name_of
from contract.wire import Refused
from contract.words import ClockQuality, Status
from kiosk.core.illustrated import opened
from kiosk.io import cache_pictures
from kiosk.io.cache import Cache, CacheReader
from kiosk.keeper.pictures import Pictures

SITE = "are-kall"


class Shelf:
    """The real cache; the disk takes writes, or does not."""

    def __init__(self, folder: Path) -> None:
        self.cache = Cache(folder / "k.sqlite", SITE, False)
        self.takes = True
        self.written = 0

    def write(self, change: Any) -> bool:
        """As the keeper's own."""
        if self.takes:
            self.written += 1
            change(self.cache)
        return self.takes


def painted(number: int) -> bytes:
    """One of many."""
    file = io.BytesIO()
    Image.new("RGB", (80, 60), (number, 90, 90)).save(file, "PNG")
    return file.getvalue()


def document(data: bytes, **changed: Any) -> PublicDocument:
    """As the gateway tells it."""
    digest = hashlib.sha256(data).hexdigest()
    head = Head(site=SITE, run="r", boot="b", up_ms=1, wall_ms=None, clock=ClockQuality.UNSYNCED, status=Status.ACTUAL)
    fields: dict[str, Any] = {"name": name_of(digest), "sha256": digest} | changed
    return PublicDocument(head=head, version=1, body=msgspec.to_builtins(PictureBody(data=data)), **fields)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (document(painted(1), sha256="0" * 64), "not the name of its bytes"),
        (document(painted(1), sha256="0" * 64, name=name_of("0" * 64)), "not those of its digest"),
        (document(b"<svg/>"), "neither PNG nor JPEG"),
        (msgspec.structs.replace(document(painted(1)), body={"data": "?"}), "base64|Invalid"),
        (msgspec.structs.replace(document(painted(1)), body={}), "missing"),
    ],
)
def test_picture_that_is_not_what_it_says_is_refused(one: PublicDocument, why: str) -> None:
    """Before it is kept, in one sentence."""
    with pytest.raises(Refused, match=why):
        opened(one)


def test_picture_is_kept_once_read_by_its_digest_and_let_go(tmp_path: Path) -> None:
    """The same again writes nothing; a damaged row is no picture; an emptied topic takes it away."""
    shelf, knocks = Shelf(tmp_path), []
    pictures = Pictures(shelf, lambda: knocks.append(1))  # type: ignore[arg-type]
    reader = CacheReader(tmp_path / "k.sqlite", SITE, False)
    one, other = document(painted(1)), document(painted(2))
    for told in (one, one, other):
        pictures.take(told)

    assert (2, 2) == (shelf.written, len(knocks))
    assert painted(1) == reader.picture(one.sha256)
    assert reader.picture("0" * 64) is None
    with shelf.cache.change():
        shelf.cache._db.execute("UPDATE picture SET bytes = ? WHERE sha256 = ?", (painted(2)[:-4], other.sha256))
    assert reader.picture(other.sha256) is None
    pictures.emptied(topics.public_content(SITE, one.name))
    assert reader.picture(one.sha256) is None


def test_what_the_disk_refuses_waits(tmp_path: Path) -> None:
    """And is written when it takes writes again."""
    shelf = Shelf(tmp_path)
    pictures = Pictures(shelf, lambda: None)  # type: ignore[arg-type]
    shelf.takes = False
    pictures.take(document(painted(1)))
    waited = pictures.waits
    shelf.takes = True
    pictures.flush()

    assert (True, False, True) == (waited, pictures.waits, shelf.cache.has_picture(document(painted(1)).sha256))


def test_cache_is_bounded_and_keeps_what_is_named(tmp_path: Path) -> None:
    """The oldest that no document names goes first, whatever else came since."""
    cache = Cache(tmp_path / "k.sqlite", SITE, False)
    first = document(painted(0)).sha256
    paper = encode(document(b"x")).replace(
        b'"body":{"data":"eA=="}', b'"body":{"events":[{"picture":"%s"}]}' % first.encode()
    )
    assert first.encode() in paper
    with cache.change():
        row = (topics.public_content(SITE, "events"), paper, 1, "b", 1)
        cache._db.execute("INSERT INTO newest VALUES (?, ?, ?, ?, ?)", row)
    for number in range(cache_pictures.MOST_KEPT + 10):
        cache.keep_picture(document(painted(number)).sha256, painted(number))

    assert cache_pictures.MOST_KEPT == cache._db.execute("SELECT count(*) FROM picture").fetchone()[0]
    assert cache.has_picture(first)
    assert not cache.has_picture(document(painted(1)).sha256)
