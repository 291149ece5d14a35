"""Only pages of this very server may ask it anything: a name that was bent to this address, or a form on another page,
is refused."""

from collections.abc import Mapping
from urllib.parse import urlsplit

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""'unsafe-inline' is for styles only: the curve library writes its own."""


def refused(method: str, headers: Mapping[str, str], port: int) -> str | None:
    """Why a request is not answered, or None."""
    host = headers.get("host", "").lower()
    if not _own(host, port):
        return f"this server does not answer to the name {host[:80]!r}"
    if method in ("GET", "HEAD"):
        return None
    origin = headers.get("origin")
    if origin is not None:
        parts = urlsplit(origin)
        return None if parts.scheme == "http" and _own(parts.netloc, port) else "the request came from another page"
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "the request came from another page"
    return None


def _own(name: str, port: int) -> bool:
    return name in {f"{own}:{port}" for own in OWN_NAMES} or (port == 80 and name in OWN_NAMES)
