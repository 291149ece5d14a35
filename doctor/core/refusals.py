"""What the operating system refuses, as reasons of the catalogue."""

import errno

from doctor.core.finding import Why

SYSTEM = {
    errno.ENOENT: "missing", errno.ENOTDIR: "missing", errno.EACCES: "denied", errno.EPERM: "denied",
    errno.EISDIR: "is_folder", errno.EIO: "read_error", errno.ECONNREFUSED: "nobody_there",
    errno.ECONNRESET: "cut", errno.EPIPE: "cut", errno.ETIMEDOUT: "no_answer", errno.EHOSTUNREACH: "no_way",
    errno.ENETUNREACH: "no_way",
}  # fmt: skip


def refusal(number: int | None, said: str) -> Why:
    """The reason for an error number; one that nobody foresaw is quoted."""
    return Why(SYSTEM[number]) if number in SYSTEM else Why("said", said)
