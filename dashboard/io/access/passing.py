"""Passes and the sealed code at work: given, used, taken back; every step with its line of the log, in one piece."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from contract.orders import BreakGlass, Order
from dashboard.core.access import passwords
from dashboard.core.access.addresses import shortened
from dashboard.core.access.lapse import DAY_MS, Instant
from dashboard.core.access.people import Person, Role
from dashboard.io.access.accounts import Note, NotPossible
from dashboard.io.access.hashing import TooBusy
from dashboard.io.access.leaving import Did
from dashboard.io.access.passes import GLASS, Pass
from dashboard.io.access.sealed import LASTS_MS
from dashboard.io.access.sign_in import Came, Let, NotIn, SignIn
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.shelf import place_order

ROLES = (Role.OWNER, Role.VIEWER)
DAYS = (1, 7, 30, 180, 365)
LONGEST_NAME = 40
"""Of whoever opens the sealed code; behind it stands that it was so."""
PIN_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A pass that was just made: shown once. `token` opens it once, `pin` beside the name as often as wanted."""

    name: str
    role: Role
    token: str
    pin: str
    until_ms: int | None


class Passing:
    """For one site, the one of the page."""

    def __init__(self, door: SignIn, site: str, marked: str) -> None:
        """`marked`: what stands behind the name of whoever opened the sealed code, `{name}` for the name."""
        self._door = door
        self._site = site
        self._marked = marked

    async def give(self, by: Person, came: Came, name: str, role: str, days: str) -> Made:
        """A pass for somebody; raises NotIn, StoreTrouble."""
        if key := passwords.name_fault(name):
            raise NotIn(key, "name")
        if role not in [one.value for one in ROLES]:
            raise NotIn("wrong_choice", "role")
        if days not in [str(one) for one in DAYS]:
            raise NotIn("wrong_choice", "days")
        if not await self.gives(by):
            raise NotIn("wrong_glass_gives_none")
        now, said, pin = self._door.now(), passwords.spoken(name), new_pin()
        lasts_ms = await self._within(by, int(days) * DAY_MS, now)
        note = self._door.line(by, came.address, self._site)(f"pass_given: {said}")
        try:
            token = await asyncio.to_thread(
                self._door.passes.give, now, name=said, role=Role(role), scope=self._site, issuer=by.name,
                password=await self._door.hasher.hash(pin), lasts_ms=lasts_ms, note=note,
            )  # fmt: skip
        except NotPossible as fault:
            raise NotIn(fault.key, "name") from fault
        except TooBusy as fault:
            raise NotIn("wrong_busy", wait_s=3) from fault
        until_ms = None if now.wall_ms is None else now.wall_ms + lasts_ms
        return Made(name=said, role=Role(role), token=token, pin=pin, until_ms=until_ms)

    async def gives(self, by: Person) -> bool:
        """May they make and end cards? Whoever opened the sealed code lets nobody in, and shuts nobody out."""
        own = await asyncio.to_thread(self._door.passes.of, by.account, self._door.now())
        return own is None or own.kind != GLASS

    async def _within(self, by: Person, lasts_ms: int, now: Instant) -> int:
        """Nobody gives longer than they have."""
        own = await asyncio.to_thread(self._door.passes.of, by.account, now)
        return lasts_ms if own is None else min(lasts_ms, own.left_ms)

    async def scan(self, token: str, came: Came) -> Let:
        """Somebody scanned the picture of their card; raises NotIn, StoreTrouble."""
        keys = self._door.begin_try_from(came.address)
        number = await asyncio.to_thread(self._door.passes.open, token[:100], self._door.now())
        if number is None:
            raise NotIn("wrong_pass")
        self._door.take_back(keys)
        return await self._door.without_password(number, came, "signed_in_pass")

    async def given(self) -> list[Pass]:
        """All passes that are not over."""
        return await asyncio.to_thread(self._door.passes.all, self._door.now())

    async def take_back(self, by: Person, came: Came, number: int) -> None:
        """End a pass: its account, its sessions, its picture. Raises NotIn, StoreTrouble."""
        if not await self.gives(by):
            raise NotIn("wrong_glass_gives_none")
        now = self._door.now()
        held = await asyncio.to_thread(self._door.passes.of, number, now)
        account = await asyncio.to_thread(self._door.accounts.numbered, number)
        if held is None or account is None or account.number == by.account:
            raise NotIn("wrong_no_pass")
        with contextlib.suppress(NotIn):  # somebody else has ended it just now
            await self._door.change(by, came.address, account, Did.REMOVE, said="pass_ended", site=self._site)

    async def break_glass(self, name: str, code: str, came: Came) -> Let:
        """Open the page with the sealed code; raises NotIn, StoreTrouble. A wrong code learns nothing."""
        if key := passwords.name_fault(name):
            raise NotIn(key, "name")
        if len(passwords.spoken(name)) > LONGEST_NAME:
            raise NotIn("wrong_name", "name")
        keys, now = self._door.begin_try_from(came.address), self._door.now()
        said = self._marked.format(name=passwords.spoken(name))
        try:
            number = await asyncio.to_thread(
                self._door.sealed.open, self._site, code[:200], said, now, self._told(said, now, came),
                self._door.hasher.nobody,
            )  # fmt: skip
        except NotPossible as fault:
            raise NotIn(fault.key, "name") from fault
        if number is None:
            with contextlib.suppress(StoreTrouble):
                await asyncio.to_thread(
                    self._door.audit.failed, now, "break_glass", "", shortened(came.address), "wrong_code"
                )
            raise NotIn("wrong_sealed", "code")
        self._door.take_back(keys)
        return await self._door.without_password(number, came, "signed_in_glass")

    def _told(self, who: str, now: Instant, came: Came) -> tuple[Note, ...]:
        """The line of the log, and the order that becomes an event and an alarm at the centre."""
        until_ms = None if now.wall_ms is None else now.wall_ms + LASTS_MS
        made = order(who, now, BreakGlass(until_ms=until_ms))
        line = self._door.audit.row(
            now, "break_glass", who=who, role=Role.OWNER.value, site=self._site, address=shortened(came.address)
        )

        def place(connection: Connection) -> None:
            place_order(connection, self._site, made.id, made)

        return line, place


def sealed_anew(door: SignIn, site: str, by: str) -> str:
    """A new code for a site; the gateway hears of it when the one before had been used. Raises StoreTrouble."""
    now = door.now()
    told = order(by, now, BreakGlass(replaced=True))

    def place(connection: Connection) -> None:
        place_order(connection, site, told.id, told)

    return door.sealed.seal(site, now, door.audit.row(now, "sealed", who=by, site=site), place)


def order(who: str, now: Instant, what: BreakGlass) -> Order:
    """What is told of the sealed code. It counts whatever the site shows itself as: nobody opens it for play."""
    return Order(
        id=f"o-{secrets.token_hex(12)}", who=who, role=Role.OWNER.value, entered_ms=now.wall_ms or 0,
        through="owner-page", what=what,
    )  # fmt: skip


def new_pin() -> str:
    """Eight digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
