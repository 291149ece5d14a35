"""The certificate of a site's own page, so that phones trust it: asked for at the site, made at the centre.

The private key is made on the computer that serves the page and never leaves it. Its request (PKCS #10) goes up, the
certificate comes down as the content document `CERTIFICATE`, which is for staff; no screen shows it.
"""

from typing import Annotated

from msgspec import Meta

from contract.messages import Head
from contract.wire import Ms, Text, Wire

CERTIFICATE = "page-certificate"
"""The name of the document that brings it."""
PAGE_FILE, PAGE_KEY = "page.pem", "page.key"
"""Beside the store of the page: the chain that it serves, and its key."""
WARN_DAYS = 30
"""So long before its end both ends say that the certificate must be renewed."""

HostName = Annotated[str, Meta(max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*\Z")]
"""A name in the public name system, in small letters: `kall.sot.example.se`."""
Pem = Annotated[str, Meta(max_length=32 * 1024)]


class PageWish(Wire):
    """What the page is called, the request for its key (PEM), and when the certificate in place ends.

    `ends_ms`: wall clock, ms UTC; None: none is in place. `trouble`: why the one that came last was not taken.
    """

    name: HostName
    request: Pem
    ends_ms: Ms | None = None
    trouble: Text = ""


class PageNow(Wire):
    """The same for the centre: it sees what must be made, and 30 days ahead what ends."""

    head: Head
    page: PageWish


class PageDocument(Wire):
    """The body of the document `CERTIFICATE`: the certificate and those between, in PEM, the page's own first."""

    name: HostName
    chain: Pem
