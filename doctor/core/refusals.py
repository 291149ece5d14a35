"""What the operating system refuses, as reasons of the catalogue."""

from doctor.core.finding import Why

SYSTEM = {
    "ENOENT": "missing", "ENOTDIR": "missing", "EACCES": "denied", "EPERM": "denied",
    "EISDIR": "is_folder", "EIO": "read_error", "ECONNREFUSED": "nobody_there",
    "ECONNRESET": "cut", "EPIPE": "cut", "ETIMEDOUT": "no_answer", "EHOSTUNREACH": "no_way",
    "ENETUNREACH": "no_way",
}  # fmt: skip


def refusal(name: str, said: str) -> Why:
    """The reason for an error by its name in errno(3); one that nobody foresaw is quoted."""
    return Why(SYSTEM[name]) if name in SYSTEM else Why("said", said)
