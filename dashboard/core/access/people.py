"""Who may do what: roles, and the sites that somebody's role is for."""

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """From the one who reads to the one who looks after the accounts; each may do what those before it may."""

    VIEWER = "viewer"
    OWNER = "owner"
    """Of one site: acts for it."""
    COORDINATOR = "coordinator"
    """Of a municipality: acts for its sites."""
    ADMINISTRATOR = "administrator"
    """Looks after accounts, sees the log, and acts for all sites."""
    PROGRAM = "program"
    """Another system, which comes with a token: reads, and enters about sites if it was given that; nothing else."""


OF_PEOPLE = tuple(role for role in Role if role is not Role.PROGRAM)
"""Roles that an account can have."""

NEEDS_CODE = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""These sign in with a code of the minute beside the password."""


class Access(StrEnum):
    """What an address asks of whoever comes. Every address has one; a test goes through all of them."""

    OPEN = "open"
    """Nothing: the way in itself, style sheets, the sign of life."""
    SIGNED_IN = "signed-in"
    READ = "read"
    """One site, of those that the person sees; without a site: all that the person sees."""
    READ_ALL = "read-all"
    """What is about all sites at once."""
    ACT = "act"
    """One site, of those that the person acts for."""
    ORDER = "order"
    """The same, and the one thing that a program may do when it was given that: enter something about a site."""
    COORDINATE = "coordinate"
    """Looks after several sites: a coordinator or an administrator; which sites, the handler looks itself."""
    ACCOUNTS = "accounts"


class Person(Struct, frozen=True, kw_only=True):
    """Who reads or acts. `name` is empty where nobody needs to sign in.

    `scope`: a site's id, a municipality (the beginning of the ids of its sites), or "" for all sites. A program has no
    account but a `token` (its number), and `orders`: may it enter anything?
    """

    name: str = ""
    role: Role = Role.COORDINATOR
    scope: str = ""
    account: int = 0
    token: int = 0
    orders: bool = False

    @property
    def is_known(self) -> bool:
        """Has it been proven who this is?"""
        return bool(self.account or self.token)

    @property
    def number(self) -> int:
        """One number for each account and each token; 0 for whoever is not known."""
        return self.account or -self.token

    def sees(self, site: str) -> bool:
        """May this person read about the site?"""
        return covers(self.role, self.scope, site)

    def acts(self, site: str) -> bool:
        """May this person act for the site?"""
        if self.role is Role.PROGRAM:
            return self.orders and self.sees(site)
        return self.role is not Role.VIEWER and self.sees(site)

    @property
    def sees_all(self) -> bool:
        """No site is kept from this person."""
        return not self.scope or self.role is Role.ADMINISTRATOR

    @property
    def manages(self) -> bool:
        """May this person look after accounts?"""
        return self.role is Role.ADMINISTRATOR

    @property
    def coordinates(self) -> bool:
        """Does this person look after several sites?"""
        return self.role in (Role.COORDINATOR, Role.ADMINISTRATOR)

    def may(self, access: Access, site: str | None) -> bool:
        """May this person come here? `site`: the one that the address names."""
        if self.role is Role.PROGRAM and access not in OF_PROGRAMS:
            return False
        if access is Access.ACCOUNTS:
            return self.manages
        if access is Access.COORDINATE:
            return self.coordinates and (site is None or self.acts(site))
        if access is Access.READ_ALL:
            return self.sees_all
        if access in (Access.ACT, Access.ORDER):
            return site is not None and self.acts(site)
        if access is Access.READ:
            return site is None or self.sees(site)
        return access in (Access.OPEN, Access.SIGNED_IN)


OF_PROGRAMS = (Access.OPEN, Access.READ, Access.READ_ALL, Access.ORDER)
"""What a token opens at most: never accounts, the log, messages, cards, or whom to wake."""
ANYBODY = Person()
"""Whoever comes where nobody signs in: named by what they write."""


def covers(role: Role, scope: str, site: str) -> bool:
    """Is this site among those that the role is for?"""
    if role is Role.ADMINISTRATOR:
        return True
    if role is Role.OWNER:
        return scope == site
    return not scope or scope == site or site.startswith(f"{scope}-")


def municipalities(sites: tuple[str, ...]) -> tuple[str, ...]:
    """What the ids of sites begin with (`are` of `are-kall`), each once."""
    return tuple(dict.fromkeys(site.split("-", 1)[0] for site in sites))


def scope_fault(role: Role, scope: str, sites: tuple[str, ...]) -> str:
    """The key of the sentence about a scope that cannot be used, or ""."""
    if role is Role.ADMINISTRATOR:
        return "" if not scope else "wrong_scope_all"
    if role is Role.OWNER:
        return "" if scope in sites else "wrong_scope_site"
    if role is Role.COORDINATOR and not scope:
        return "wrong_scope_municipality"
    return "" if any(covers(role, scope, site) for site in sites) else "wrong_scope_municipality"
