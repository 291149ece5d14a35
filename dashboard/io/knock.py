"""Whoever comes without encryption to a port that is encrypted is told where to go: cards and bookmarks from before the
first certificate say `http://`, and phones know no better.
"""

import re
import ssl
from typing import Any

MOST_BYTES = 8192
ASKED = re.compile(rb"(GET|HEAD) (/[!-~]{0,2000}) HTTP/1\.[01]\r\n")
NAMED = re.compile(rb"\r\nhost:[ \t]*(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(:[0-9]{1,5})?[ \t]*\r\n", re.IGNORECASE)
ENCRYPTED = b"\x16"
"""The first byte of whoever begins with TLS; no method of HTTP begins so."""


class _Knock(ssl.SSLObject):
    """One connection, until it is clear whether it is encrypted."""

    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    name = ""
    _begun = False

    def do_handshake(self) -> None:
        """Go on with TLS where it began so; else answer once, and wait for them to go."""
        if not self._begun:
            came = self.incoming.read()
            self.incoming.write(came)
            if came and not came.startswith(ENCRYPTED):
                self._plain(came)
            self._begun = bool(came)
        super().do_handshake()

    def _plain(self, came: bytes) -> None:
        """Raises what says that more is to come, as long as that is so."""
        whole = b"\r\n\r\n" in came
        if not whole and len(came) < MOST_BYTES:
            raise ssl.SSLWantReadError
        self._begun = True  # whatever comes after the answer is no TLS, and ends it
        if whole and (answer := moved(came, self.name)):
            self.incoming.read()
            self.outgoing.write(answer)
            raise ssl.SSLWantReadError


class Knocked(ssl.SSLContext):
    """As every server's, and it answers plain HTTP. `name`: the public name to send them to, "" for that they used."""

    sslobject_class = _Knock
    name = ""

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *rest: Any, **more: Any) -> ssl.SSLObject:
        """One connection more."""
        told = super().wrap_bio(incoming, outgoing, *rest, **more)
        if isinstance(told, _Knock):
            told.incoming, told.outgoing, told.name = incoming, outgoing, self.name
        return told


def moved(request: bytes, name: str) -> bytes:
    """The answer to a request without encryption; nothing to one that is not to be believed."""
    asked, named = ASKED.match(request), NAMED.search(request)
    if named is None:
        return b""
    path = asked[2] if asked else b"/"
    where = (name.encode() or named[1]) + (named[2] or b"")
    lines = (b"307 Temporary Redirect" if asked else b"303 See Other", b"Location: https://" + where + path,
             b"Content-Length: 0", b"Cache-Control: no-store", b"Connection: close")  # fmt: skip
    return b"HTTP/1.1 " + b"\r\n".join(lines) + b"\r\n\r\n"
