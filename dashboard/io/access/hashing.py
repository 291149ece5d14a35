"""Passwords become Argon2id hashes, a few at a time, in threads: neither memory nor pages suffer when many try at once.

32 MiB, three passes, one lane: RFC 9106's way for little memory. Measured 72 ms on one core of a server; a Pi 4 takes
about four times as long, once for each sign-in. Two at a time are 64 MiB, within what the service may use.
"""

import asyncio
import base64
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.core.access.passwords import normal

MEMORY_KIB, PASSES, LANES = 32 * 1024, 3, 1
AT_ONCE = 2
MOST_WAITING = 30

STRONG = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


class TooBusy(Exception):
    """Too many want to sign in at this moment."""


def hashed(password: str, how: PasswordHasher = STRONG) -> str:
    """The hash that is kept of a password."""
    return how.hash(normal(password))


def digest(token: str) -> bytes:
    """What is kept of a token of 256 random bits: nothing that could be guessed, so a fast hash does."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


class Hasher:
    """Checks passwords. Of a name that nobody has the work is the same. `how`: tests work less, no setting does."""

    def __init__(self, how: PasswordHasher = STRONG) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._how = how
        self._nobody = _of_nobody(how)

    @property
    def nobody(self) -> str:
        """A hash that no known password fits, and that is as much work as any."""
        return self._nobody

    async def fits(self, kept: str | None, password: str) -> bool:
        """Is it this password? `kept` None: nobody has that name. Raises TooBusy."""
        async with self._turn():
            return await asyncio.to_thread(self._fits, kept, password)

    async def hash(self, password: str) -> str:
        """The hash of a new password. Raises TooBusy."""
        async with self._turn():
            return await asyncio.to_thread(hashed, password, self._how)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._turns:
                yield
        finally:
            self._waiting -= 1

    def _fits(self, kept: str | None, password: str) -> bool:
        try:
            right = self._how.verify(kept or self._nobody, normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and kept is not None


def _of_nobody(how: PasswordHasher) -> str:
    """A hash of as much work that no known password fits; there from the start, so that no first try takes longer."""
    salt, told = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (how.salt_len, how.hash_len))
    return f"$argon2id$v=19$m={how.memory_cost},t={how.time_cost},p={how.parallelism}${salt}${told}"
