"""RSS and Atom (facts: feeds, 7): a municipality's or an association's news, as plain text.

Lists are cut to the newest items, so what is missing has not been withdrawn. A time without zone is Swedish time.
"""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import msgspec

from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import moments
from kiosk.feeds.plain import from_html, line

MAX_BYTES = 512 * 1024
MAX_ITEMS = 50
VERSION = 1
MAX_TEXT = 2000


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news. `published_ms` None: no time that can be read."""

    id: str
    title: str
    text: str = ""
    link: str = ""
    published_ms: int | None = None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed lists now, in its own order."""

    publisher: str = ""
    items: tuple[Item, ...] = ()
    rejects: tuple[Reject, ...] = ()


def read(body: bytes, address: str = "") -> News:
    """One answer; raises BadAnswer. `address`: where it came from, for links that are relative."""
    import feedparser  # type: ignore[import-untyped]  # loaded only where a feed is asked

    if len(body) > MAX_BYTES:
        raise BadAnswer(f"news: {len(body)} bytes, at most {MAX_BYTES} are read")
    if b"<!entity" in body.replace(b"\0", b"").lower():
        raise BadAnswer("news: declares entities of its own, which no feed needs")
    # a stream, never the bytes themselves: feedparser takes text that looks like an address or a file and opens it
    found = feedparser.parse(BytesIO(body), response_headers={"content-location": address})
    if not found.get("version") and not found.entries:
        raise BadAnswer("news: is neither RSS nor Atom")
    items: dict[str, Item] = {}
    rejects = []
    for number, entry in enumerate(found.entries[:MAX_ITEMS]):
        title = line(from_html(str(entry.get("title") or "")))
        if not title:
            rejects.append(Reject(f"item {number}", "has no title"))
            continue
        one = _item(entry, title)
        items.setdefault(one.id, one)
    return News(publisher=line(from_html(str(found.feed.get("title") or "")), 120), items=tuple(items.values()),
                rejects=tuple(rejects))  # fmt: skip


def _item(entry: Any, title: str) -> Item:
    link = str(entry.get("link") or "")
    content = entry.get("content") or []
    body = str(entry.get("summary") or (content[0].get("value") if content else "") or "")
    text = from_html(body, MAX_TEXT)
    return Item(
        id=str(entry.get("id") or link or title)[:300],
        title=title,
        text="" if text == title else text,
        link=link if re.match(r"https?://\S+\Z", link) and len(link) <= 300 else "",
        published_ms=_when(str(dict.get(entry, "published") or dict.get(entry, "updated") or "")),
    )


def _when(text: str) -> int | None:
    """RFC 822 or RFC 3339, with or without zone."""
    for reader in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            written = reader(text.strip())
            found = moments(written.replace(tzinfo=None) if _zoneless(text) else written)
            return found[0] if found else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _zoneless(text: str) -> bool:
    """RFC 822's "-0000" says: no zone known."""
    return text.rstrip().endswith("-0000")
