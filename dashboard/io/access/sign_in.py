"""Signing in and out, and what accounts go through: the one place that joins accounts, sessions, links and the log."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboard.core.access import passwords
from dashboard.core.access.addresses import counted, shortened
from dashboard.core.access.lapse import Instant
from dashboard.core.access.people import NEEDS_CODE, Person, Role
from dashboard.core.access.throttle import Key, Throttle
from dashboard.io.access import codes
from dashboard.io.access.accounts import Account, Accounts, Note, NotPossible, still_there
from dashboard.io.access.audit import Audit
from dashboard.io.access.hashing import Hasher, TooBusy, digest
from dashboard.io.access.leaving import Did, Leaving, Line
from dashboard.io.access.links import INVITE, RENEW, Invited, Links
from dashboard.io.access.passes import Passes
from dashboard.io.access.sealed import Sealed
from dashboard.io.access.sessions import CODE, WHOLE, Session, Sessions
from dashboard.io.access.tokens import Tokens
from dashboard.io.store.database import Database, StoreTrouble
from doors.clock import Clock

log = logging.getLogger(__name__)


class NotIn(Exception):
    """Nobody was let in: `key` of the sentence, `field` where it belongs, `wait_s` before another try."""

    def __init__(self, key: str, field: str = "", *, wait_s: int = 0, **parts: object) -> None:
        super().__init__(key)
        self.key, self.field, self.wait_s, self.parts = key, field, wait_s, parts


@dataclass(frozen=True, slots=True)
class Let:
    """Somebody has got so far: the token of the session, its stage, and what the device may keep to be known again."""

    token: str
    stage: str
    mark: str
    person: Person
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """Who asks: the address, what the device keeps (`mark`)."""

    address: str
    mark: str = ""


class SignIn:
    """One for the whole program."""

    def __init__(self, database: Database, clock: Clock, hasher: Hasher | None = None) -> None:
        self.accounts = Accounts(database)
        self.sessions = Sessions(database)
        self.links = Links(database)
        self.audit = Audit(database)
        self.passes = Passes(database)
        self.sealed = Sealed(database)
        self.tokens = Tokens(database)
        self.leaving = Leaving(database)
        self._clock = clock
        self._hasher = hasher or Hasher()
        self._throttle = Throttle()
        self._ended: set[bytes] = set()
        """Sessions that ended while the store took nothing."""

    def now(self) -> Instant:
        """This moment by all clocks."""
        read = self._clock.read()
        return Instant(read.boot, read.up_ms, read.wall_ms, read.quality)

    def begin(self) -> None:
        """At the start of the program: count what went by while it was away. Raises StoreTrouble."""
        now = self.now()
        self.sessions.carry_over(now)
        self.links.carry_over(now)
        self.passes.carry_over(now)
        self.tokens.carry_over(now)

    # --- coming in ---

    async def password(self, name: str, password: str, came: Came) -> Let:
        """The first step; raises NotIn, StoreTrouble. Of a name that nobody has everything takes as long."""
        account = await asyncio.to_thread(self.accounts.named, name)
        keys = self._keys(name, account, came)
        self._begin_try(keys)
        fits = await self._password_fits(account, passwords.plain_pin(password), keys)
        if account is None or not fits or account.locked or await asyncio.to_thread(self._is_over, account):
            await self._note_wrong(account, came, "wrong_password" if account is None or not fits else "locked")
            raise NotIn("wrong_sign_in", "password")
        if account.role in NEEDS_CODE:
            self._throttle.take_back(keys)  # not wrong, and not in: what was held against them stays
            token = await asyncio.to_thread(self.sessions.begin, account.number, CODE, self.now())
            return Let(token, CODE, "", account.person)
        return await self._let_in(account, keys, came, "signed_in")

    async def code(self, token: str, written: str, came: Came) -> Let:
        """The second step: a code of the minute, or a recovery code; raises NotIn, StoreTrouble."""
        session = await asyncio.to_thread(self.sessions.find, token, self.now(), touch=False)
        if session is None or session.stage != CODE:
            raise NotIn("wrong_too_late")
        account, recovery, did = session.account, codes.plain_recovery(written), "signed_in"
        if not recovery and self.now().wall_ms is None:
            raise NotIn("wrong_no_clock", "code")
        keys = self._keys(account.name, account, came, code=True)
        self._begin_try(keys)
        if not await asyncio.to_thread(self.sessions.begin_try, token):
            raise NotIn("wrong_too_late")
        if recovery:
            right = await asyncio.to_thread(self.accounts.use_recovery, account.number, recovery)
            did = "signed_in_recovery"
        else:
            right = await self._code_fits(account, written)
        if not right:
            await self._note_wrong(account, came, "wrong_code")
            raise NotIn("wrong_code", "code")
        await asyncio.to_thread(self.sessions.end, token)
        return await self._let_in(account, keys, came, did)

    async def _code_fits(self, account: Account, written: str) -> bool:
        wall_ms = self.now().wall_ms
        counter = None if wall_ms is None else codes.matched(account.totp, written, wall_ms)
        return counter is not None and await asyncio.to_thread(self.accounts.use_code, account.number, counter)

    async def _let_in(self, account: Account, keys: list[Key], came: Came, did: str) -> Let:
        """A new token, whatever the browser had before; nothing is held against the account any more."""
        token = await asyncio.to_thread(self.sessions.begin, account.number, WHOLE, self.now())
        self._throttle.right(keys)
        await self.note(did, account.person, came.address)
        nonce = account.knows(came.mark) or secrets.token_hex(12)
        return Let(token, WHOLE, account.device_mark(nonce), account.person, account.page_token())

    def _keys(self, name: str, account: Account | None, came: Came, *, code: bool = False) -> list[Key]:
        """Who counts for this try: a device that has been here counts alone, so that no stranger shuts it out."""
        known = account.knows(came.mark) if account else ""
        if known:
            return [("device", f"{account.number if account else 0}:{known}")]
        of_code = [("code", str(account.number))] if account and code else []
        return [("address", counted(came.address)), ("account", passwords.known_as(name)[:200]), *of_code]

    def _begin_try(self, keys: list[Key]) -> None:
        if wait_s := self._throttle.begin(keys, self.now().up_ms):
            raise NotIn("wrong_wait", wait_s=wait_s, seconds=wait_s)

    async def _password_fits(self, account: Account | None, password: str, keys: list[Key]) -> bool:
        """Within a try that has begun. Of a name that nobody has everything takes as long."""
        given = passwords.normal(password)[: passwords.LONGEST + 1]
        try:
            return await self._hasher.fits(account.password if account else None, given)
        except TooBusy as fault:
            self._throttle.take_back(keys)
            raise NotIn("wrong_busy", wait_s=3) from fault

    async def _note_wrong(self, account: Account | None, came: Came, why: str) -> None:
        now = self.now()
        # of a name that is nobody's nothing is written: people type their password there by mistake
        who = account.name if account else ""
        with contextlib.suppress(StoreTrouble):
            await asyncio.to_thread(self.audit.failed, now, "sign_in", who, shortened(came.address), why)

    # --- being in ---

    def session(self, token: str, *, touch: bool) -> Session | None:
        """The session of a token, if somebody is signed in with it."""
        found = self.sessions.find(token, self.now(), touch=touch)
        if found is None or found.stage != WHOLE or digest(token) in self._ended or self._is_over(found.account):
            return None
        return found

    def _is_over(self, account: Account) -> bool:
        return self.passes.over(account.number, self.now())

    async def without_password(self, number: int, came: Came, did: str) -> Let:
        """Let somebody in by what was proven elsewhere: a picture that was scanned, the sealed code; raises NotIn."""
        account = await asyncio.to_thread(self.accounts.numbered, number)
        if account is None or account.locked or account.role in NEEDS_CODE:
            raise NotIn("wrong_too_late")
        return await self._let_in(account, [], came, did)

    def begin_try_from(self, address: str, kind: str = "address") -> list[Key]:
        """A try that names nobody, from an address; what to give to `take_back`. `kind`: of the throttle's rules.
        Raises NotIn."""
        keys: list[Key] = [(kind, counted(address))]
        self._begin_try(keys)
        return keys

    def take_back(self, keys: list[Key]) -> None:
        """That try was no wrong one."""
        self._throttle.take_back(keys)

    @property
    def hasher(self) -> Hasher:
        """What makes hashes here."""
        return self._hasher

    async def leave(self, token: str, person: Person, address: str) -> None:
        """Sign out, also while the store takes nothing: then in memory."""
        try:
            await asyncio.to_thread(self.sessions.end, token)
            await self.note("signed_out", person, address)
        except StoreTrouble:
            self._ended.add(digest(token))

    async def leave_everywhere(self, token: str, person: Person, address: str) -> None:
        """Sign out on all devices; raises StoreTrouble when it was possible on this one alone."""
        self._ended.add(digest(token))
        await asyncio.to_thread(self.sessions.end_all, person.account)
        await self.note("signed_out_everywhere", person, address)

    async def change_password(self, account: Account, old: str, new: str, came: Came) -> Let:
        """A new password, all other sessions end; raises NotIn, StoreTrouble."""
        self._sound(new, account.name)
        await self._prove(account, old, came)
        kept = await self._hashed(new)
        note = self.line(account.person, came.address)("password_changed")
        await self._kept(self.accounts.renew_password, account.number, kept, note)
        renewed = await asyncio.to_thread(self.accounts.numbered, account.number)
        if renewed is None:
            raise NotIn("wrong_too_late")
        token = await asyncio.to_thread(self.sessions.begin, renewed.number, WHOLE, self.now())
        return Let(token, WHOLE, renewed.device_mark(secrets.token_hex(12)), renewed.person, renewed.page_token())

    async def new_recovery(self, account: Account, password: str, came: Came) -> list[str]:
        """Recovery codes, shown once; the old ones are void. Raises NotIn: a page left open is not enough for them."""
        await self._prove(account, password, came)
        made = codes.recovery_codes()
        note = self.line(account.person, came.address)("recovery_made")
        await self._kept(self.accounts.set_recovery, account.number, made, note)
        return made

    async def _kept(self, keep: Callable[..., None], *told: object) -> None:
        try:
            await asyncio.to_thread(keep, *told)
        except NotPossible as fault:
            raise NotIn(fault.key) from fault

    async def _prove(self, account: Account, password: str, came: Came) -> None:
        """Whoever is signed in shows that it is them; raises NotIn."""
        keys = self._keys(account.name, account, came)
        self._begin_try(keys)
        if not await self._password_fits(account, password, keys):
            await self._note_wrong(account, came, "wrong_password")
            raise NotIn("wrong_old_password", "old")
        self._throttle.take_back(keys)

    async def prove_code(self, account: Account, written: str, came: Came) -> None:
        """Whoever is signed in shows again that it is them, by a code of the minute or a recovery code, each of which
        counts once. A wrong one costs as at signing in. Raises NotIn, StoreTrouble."""
        recovery = codes.plain_recovery(written)
        if not recovery and self.now().wall_ms is None:
            raise NotIn("wrong_no_clock", "code")
        keys = self._keys(account.name, account, came, code=True)
        self._begin_try(keys)
        if recovery:
            right = await asyncio.to_thread(self.accounts.use_recovery, account.number, recovery)
        else:
            right = await self._code_fits(account, written)
        if not right:
            await self._note_wrong(account, came, "wrong_code")
            raise NotIn("wrong_code", "code")
        self._throttle.take_back(keys)

    async def _hashed(self, password: str) -> str:
        try:
            return await self._hasher.hash(password)
        except TooBusy as fault:
            raise NotIn("wrong_busy", wait_s=3) from fault

    # --- by a link ---

    async def accept(
        self, ticket: str, name: str, password: str, code: str, came: Came
    ) -> tuple[Let, list[str]]:  # fmt: skip
        """Make or renew the account that a ticket is for; who did is signed in. Raises NotIn, StoreTrouble."""
        now = self.now()
        invited = await asyncio.to_thread(self.links.held, ticket, now)
        if invited is None:
            raise NotIn("wrong_link")
        chosen = invited.name or name
        if key := passwords.name_fault(chosen):
            raise NotIn(key, "name")
        self._sound(password, chosen)
        counter = self._first_code(invited, code, now, came)
        recovery = codes.recovery_codes() if invited.role in NEEDS_CODE else []
        kept, said = await self._hashed(password), passwords.spoken(chosen)
        note = self._line(Person(name=said, role=invited.role), came.address)(f"accepted_{invited.purpose}")
        try:
            number = await asyncio.to_thread(
                self.links.finish, ticket, now, name=chosen, password=kept, counter=counter, recovery=recovery,
                note=note,
            )  # fmt: skip
        except NotPossible as fault:
            raise NotIn(fault.key, "name" if fault.key == "wrong_name_taken" else "") from fault
        account = None if number is None else await asyncio.to_thread(self.accounts.numbered, number)
        if account is None:
            raise NotIn("wrong_link")
        return await self._let_in(account, [], came, "signed_in"), recovery

    def _first_code(self, invited: Invited, code: str, now: Instant, came: Came) -> int | None:
        """The code that shows that the app was set up right; without a clock nobody can look, and it is taken later."""
        if invited.role not in NEEDS_CODE or now.wall_ms is None:
            return None
        keys: list[Key] = [("address", counted(came.address))]
        self._begin_try(keys)
        counter = codes.matched(invited.totp, code, now.wall_ms)
        if counter is None:
            raise NotIn("wrong_code", "code")
        self._throttle.take_back(keys)
        return counter

    def _sound(self, password: str, name: str) -> None:
        if key := passwords.fault(password, name):
            raise NotIn(key, "password", n=passwords.SHORTEST if key.endswith("short") else passwords.LONGEST)

    # --- looking after accounts ---

    async def invite(self, by: Person, address: str, name: str, role: Role, scope: str) -> str:
        """The token of an invitation; raises NotIn, StoreTrouble."""
        if key := passwords.name_fault(name):
            raise NotIn(key, "name")
        if await asyncio.to_thread(self.accounts.named, name) is not None:
            raise NotIn("wrong_name_taken", "name")
        said = passwords.spoken(name)
        note = self.line(by, address, scope)(f"invited_{role.value}: {said}")
        return await self._link(INVITE, name=said, role=role, scope=scope, issuer=by.name, note=note)

    async def renew(self, by: Person, address: str, account: Account) -> str:
        """The token of a link by which somebody chooses a new password (and sets up the app anew)."""
        return await self._link(
            RENEW, name=account.name, role=account.role, scope=account.scope, issuer=by.name, account=account.number,
            note=self.line(by, address)(f"renewal_made: {account.name}"),
        )  # fmt: skip

    async def withdraw(self, by: Person, address: str, link: str) -> None:
        """Take back a link that was given out; raises NotIn, StoreTrouble."""
        line = self.line(by, address)
        try:
            name = await asyncio.to_thread(self.links.withdraw, link, lambda name: line(f"withdrawn: {name}"))
        except NotPossible as fault:
            raise NotIn(fault.key) from fault
        if name is None:
            raise NotIn("wrong_no_link")

    async def _link(self, purpose: str, **told: object) -> str:
        try:
            return await asyncio.to_thread(self.links.make, purpose, self.now(), **told)  # type: ignore[arg-type]
        except NotPossible as fault:
            raise NotIn(fault.key) from fault

    async def change(
        self, by: Person, address: str, account: Account, did: Did, *, said: str = "", site: str = ""
    ) -> None:
        """Lock, unlock or remove, and end all that it has let in; raises NotIn, StoreTrouble. `said`: in the log."""
        told = f"{said or f'account_{did}'}: {account.name}"
        try:
            line = self._line(by, address, site)
            await asyncio.to_thread(self.leaving.change, account.number, did, line, told, by=by.account)
        except NotPossible as fault:
            raise NotIn(fault.key) from fault

    def line(self, by: Person, address: str, site: str = "") -> Line:
        """What this person does now, for the transaction in which it is done: a row of the log, if their account is
        still there. The transaction raises NotPossible else."""
        row = self._line(by, address, site)

        def made(did: str) -> Note:
            def write(connection: Connection) -> None:
                still_there(connection, by.account)
                row(did)(connection)

            return write

        return made

    def _line(self, by: Person, address: str, site: str = "") -> Line:
        now, kept = self.now(), shortened(address)
        return lambda did: self.audit.row(now, did, who=by.name, role=by.role.value, site=site, address=kept)

    async def note(self, did: str, person: Person, address: str, about: str = "", *, site: str = "") -> None:
        """A line of the log. `about`: whom or what it was done to. Raises StoreTrouble."""
        said = f"{did}: {about}" if about else did
        await asyncio.to_thread(self.audit.write, self.now(), said, person, shortened(address), site=site)
