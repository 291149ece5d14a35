"""News: RSS and Atom of any age become plain text, and nothing in them is ever fetched or opened."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.feeds import rss
from kiosk.feeds.alert import BadAnswer

ADDRESS = "https://www.example.se/nyheter/rss.xml"


def ms(text: str) -> int:
    """An ISO time with offset as ms."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def channel(items: str) -> bytes:
    """RSS 2.0 round these items."""
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Exempelbygden</title>'
    return f"{head}{items}</channel></rss>".encode()


def item(**parts: str) -> str:
    """One item."""
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items()) + "</item>"


def test_markup_becomes_text() -> None:
    """Paragraphs are lines, scripts are gone, signs are signs, pictures are not fetched."""
    body = "<![CDATA[<p>Vattnet är &amp;aring;ter p&aring;.</p><script>x()</script><img src='http://x/'><p>Tack.</p>]]>"
    (one,) = rss.read(channel(item(title="Vattnet &amp; rören", description=body, guid="1")), ADDRESS).items

    assert "Vattnet & rören" == one.title
    assert "x()" not in one.text
    assert ["Vattnet", "Tack."] == [one.text.split()[0], one.text.split()[-1]]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Sun, 22 Nov 2026 14:05:00 +0100", "2026-11-22T14:05+01:00"),
        ("Sun, 22 Nov 2026 13:05:00 GMT", "2026-11-22T14:05+01:00"),
        ("Sun, 22 Nov 2026 14:05:00", "2026-11-22T14:05+01:00"),
        ("Wed, 22 Jul 2026 14:05:00 -0000", "2026-07-22T14:05+02:00"),
        ("2026-11-22T14:05:00+01:00", "2026-11-22T14:05+01:00"),
        ("2026-11-22T14:05:00", "2026-11-22T14:05+01:00"),
        ("nyligen", None),
        ("", None),
    ],
)
def test_times_in_every_form(written: str, expected: str | None) -> None:
    """Without a zone it is Swedish time; what is no time is none."""
    (one,) = rss.read(channel(item(title="t", guid="1", pubDate=written)), ADDRESS).items

    assert (None if expected is None else ms(expected)) == one.published_ms


def test_same_guid_is_one_item() -> None:
    """What is listed twice is shown once."""
    assert 1 == len(rss.read(channel(item(title="a", guid="1") + item(title="b", guid="1")), ADDRESS).items)


def test_relative_link_is_made_whole_and_others_dropped() -> None:
    """Only web addresses are kept."""
    found = rss.read(
        channel(item(title="a", guid="1", link="/sida") + item(title="b", guid="2", link="javascript:x()")), ADDRESS
    )

    assert ["https://www.example.se/sida", ""] == [one.link for one in found.items]


def test_atom_is_read_too() -> None:
    """Atom 1.0 with markup in its content."""
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Byn</title><entry><id>x</id><title>Slask</title>'
        b'<updated>2026-11-22T10:00:00Z</updated><content type="html">&lt;b&gt;Halt&lt;/b&gt;</content></entry></feed>'
    )
    (one,) = rss.read(body, ADDRESS).items

    assert ("Slask", "Halt", ms("2026-11-22T11:00+01:00")) == (one.title, one.text, one.published_ms)


def test_file_name_and_address_are_never_opened(tmp_path: Path) -> None:
    """A body that looks like a path or an address is a bad answer, not a request."""
    secret = tmp_path / "news.xml"
    secret.write_bytes(channel(item(title="secret", guid="1")))

    for body in (str(secret).encode(), secret.as_uri().encode(), b"http://127.0.0.1:9/"):
        with pytest.raises(BadAnswer, match="neither RSS nor Atom"):
            rss.read(body, ADDRESS)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_entities_are_refused(coding: str) -> None:
    """No entities of its own, for they can point at files or grow without end."""
    body = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss version="2.0"/>'

    with pytest.raises(BadAnswer, match="entities"):
        rss.read(body.encode(coding), ADDRESS)


def test_charset_that_lies_breaks_nothing() -> None:
    """Latin-1 said, UTF-8 sent, or cut in the middle of a letter: items are still there."""
    body = channel(item(title="Åka skidor", guid="1"))

    assert 1 == len(rss.read(body.replace(b'encoding="utf-8"', b'encoding="ascii"'), ADDRESS).items)
    for cut in range(len(body) - 30, len(body)):
        assert len(rss.read(body[:cut], ADDRESS).items) <= 1


@pytest.mark.parametrize("body", [b"", b"<html><body>Logga in</body></html>", b"{}", b"\x00\x01"])
def test_news_that_are_none_are_refused(body: bytes) -> None:
    """A login page is not an empty list of news."""
    with pytest.raises(BadAnswer, match=r"^news: "):
        rss.read(body, ADDRESS)


def test_item_without_title_is_counted() -> None:
    """Nothing to show: a reject; the others stay."""
    found = rss.read(channel(item(guid="1") + item(title="b", guid="2")), ADDRESS)

    assert (["b"], 1) == ([one.title for one in found.items], len(found.rejects))


def test_large_body_is_not_parsed() -> None:
    """Above the limit nothing is read."""
    with pytest.raises(BadAnswer, match="at most"):
        rss.read(b" " * (rss.MAX_BYTES + 1), ADDRESS)
