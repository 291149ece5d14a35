"""Accounts from the command line, for whoever has the machine: where no page can be reached, or nobody can sign in."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from dashboard import config
from dashboard.core.access import passwords
from dashboard.core.access.people import Role, municipalities, scope_fault
from dashboard.core.sites import BadInput, DashboardError
from dashboard.core.texts.pages import text
from dashboard.io.access import codes, first_link
from dashboard.io.access.accounts import Account, NotPossible
from dashboard.io.access.at_machine import somebody
from dashboard.io.access.leaving import Did
from dashboard.io.access.links import INVITE, RENEW
from dashboard.io.access.sign_in import SignIn
from dashboard.io.store.database import Database
from doors.clock import Clock

DONE = {"lock": "locked and signed out", "unlock": "may sign in again", "remove": "removed"}


def setup_link(file: str, interface: str = "", *, qr: bool = False) -> str:
    """A new link for the first account; it also lies beside the store."""
    with opened(file) as (settings, sign_in, store):
        link = first_link.make(sign_in, settings, interface)
        first_link.write(store.parent / first_link.FILE, link)
        _note(sign_in, "setup_link")
        return _shown(link, "Opens once, within three days; the one before is void.", qr)


def listed(file: str) -> str:
    """Every account in a line."""
    with opened(file) as (_, sign_in, _):
        rows = [
            f"{one.name}: {one.role.value}{f' of {one.scope}' if one.scope else ''}{', locked' if one.locked else ''}"
            for one in sign_in.accounts.all()
        ]
        return "\n".join(rows) or "nobody has an account yet; `sotpunkt-dashboard setup-link --settings FILE` begins"


def invited(file: str, name: str, role: str, scope: str, interface: str = "", *, qr: bool = False) -> str:
    """A link by which somebody makes an account."""
    with opened(file) as (settings, sign_in, _):
        if key := passwords.name_fault(name):
            raise BadInput(f"NAME: {text(key, 'en')}")
        if sign_in.accounts.named(name) is not None:
            raise BadInput(f"{name}: {text('wrong_name_taken', 'en')}")
        sites, chosen = tuple(site.id for site in settings.site), Role(role)
        if not scope and len(sites) == 1 and chosen is not Role.ADMINISTRATOR:
            scope = municipalities(sites)[0] if chosen is Role.COORDINATOR else sites[0]
        if key := scope_fault(chosen, scope, sites):
            raise BadInput(f"--for {scope!r}: {text(key, 'en')} Sites: {', '.join(sites)}")
        said = passwords.spoken(name)
        token = sign_in.links.make(INVITE, sign_in.now(), name=said, role=chosen, scope=scope, issuer="sotpunkt")
        _note(sign_in, f"invited_{role}: {said}", scope)
        return _shown(first_link.address(settings, token, interface), "Opens once, within a week.", qr)


def renewed(file: str, name: str, interface: str = "", *, qr: bool = False) -> str:
    """A link by which somebody chooses a new password."""
    with opened(file) as (settings, sign_in, _):
        one = _named(sign_in, name)
        token = sign_in.links.make(
            RENEW, sign_in.now(), name=one.name, role=one.role, scope=one.scope, issuer="sotpunkt", account=one.number
        )
        _note(sign_in, f"renewal_made: {one.name}")
        return _shown(first_link.address(settings, token, interface), "Opens once, within a day.", qr)


def changed(file: str, act: str, name: str) -> str:
    """Lock, unlock or remove an account; all its sessions end, and what it has let others in by."""
    with opened(file) as (_, sign_in, _):
        one, done = _named(sign_in, name), DONE[act]
        ended = sign_in.leaving.change(
            one.number, Did(act), sign_in.line(somebody(), ""), f"account_{act}: {one.name}", last=True
        )  # fmt: skip
        kinds = {"tokens": ended.tokens, "cards": ended.cards, "invitations": ended.links}
        lines = [f"ended with it, {kind}: {', '.join(names)}" for kind, names in kinds.items() if names]
        return "\n".join([f"{one.name}: {done}", *lines])


def _named(sign_in: SignIn, name: str) -> Account:
    found = sign_in.accounts.named(name)
    if found is None:
        there = ", ".join(one.name for one in sign_in.accounts.all()) or "nobody"
        raise BadInput(f"{name}: there is no such account; there are: {there}")
    return found


def _shown(link: str, how_long: str, qr: bool) -> str:
    return f"{codes.on_terminal(link) if qr else ''}{link}\n{how_long}"


def _note(sign_in: SignIn, did: str, site: str = "") -> None:
    """In the log it stands as done at the machine itself, by the account of the system."""
    sign_in.audit.write(sign_in.now(), did, somebody(), "", site=site)


@contextlib.contextmanager
def opened(file: str) -> Iterator[tuple[config.Settings, SignIn, Path]]:
    """The store, also while the dashboard runs; as its owner, so that nothing in it becomes root's."""
    settings = config.read(file)
    if not settings.sign_in.required:
        raise BadInput(f"{file}: [sign_in] required is false, so nobody signs in here")
    store = config.store_path(file, settings)
    try:
        clock = Clock()
        clock.read()  # while we may read everything: what is loaded late may lie where only root reads
        _become_owner(store)
        os.umask(0o077)
        database = Database(store)
        try:
            yield settings, SignIn(database, clock), store
        finally:
            database.close()
    except NotPossible as fault:
        raise BadInput(text(fault.key, "en")) from fault


def _become_owner(store: Path) -> None:
    """root becomes whoever the store (or its folder) belongs to, for good."""
    if os.geteuid() != 0:
        return
    there = store if store.exists() else store.parent
    try:
        told = there.stat()
    except OSError as fault:
        raise DashboardError(f"{there}: {fault.strerror}; check [store] path, or install first") from fault
    if told.st_uid != 0:
        os.setgroups([])
        os.setgid(told.st_gid)
        os.setuid(told.st_uid)
