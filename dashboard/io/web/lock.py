"""When the certificate of the pages ends, as the file says that they use."""

import contextlib
import functools
from pathlib import Path

from cryptography import x509


def ends_ms(certificate_file: str) -> int | None:
    """Wall clock, ms UTC; None without a certificate, or with one that tells no time."""
    if not certificate_file:
        return None
    with contextlib.suppress(OSError):
        return _ends_ms(certificate_file, Path(certificate_file).stat().st_mtime_ns)
    return None


@functools.lru_cache(maxsize=4)
def _ends_ms(certificate_file: str, _changed_ns: int) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        found = x509.load_pem_x509_certificates(Path(certificate_file).read_bytes())
        return int(found[0].not_valid_after_utc.timestamp() * 1000)
    return None
