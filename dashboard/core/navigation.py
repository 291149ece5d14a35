"""The pages that one goes to from every page, and who gets to see which of them. A new page adds one row to NAV."""

from typing import Literal

from msgspec import Struct

from dashboard.core.access.people import Access, Person

Mode = Literal["centre", "site"]


class Entry(Struct, frozen=True):
    """One page. `words`: the key of its name in the texts; `modes`: where it is there at all.

    `acts`: only for whoever may act for some site, so that no viewer is led to a page of forms.
    """

    path: str
    words: str
    access: Access = Access.READ
    modes: tuple[Mode, ...] = ("centre",)
    acts: bool = False


NAV: tuple[Entry, ...] = (
    Entry("/", "nav_overview"),
    Entry("/", "nav_site", modes=("site",)),
    Entry("/alarms", "work_alarms"),
    Entry("/handover", "work_handover"),
    Entry("/refuelling", "nav_refuelling"),
    Entry("/messages", "nav_messages"),
    Entry("/reports", "nav_reports", Access.COORDINATE),
    Entry("/notification", "nav_notification", Access.COORDINATE),
    Entry("/accounts", "nav_accounts", Access.ACCOUNTS, ("centre", "site")),
    Entry("/tokens", "nav_tokens", Access.ACCOUNTS, ("centre", "site")),
    Entry("/log", "nav_log", Access.ACCOUNTS, ("centre", "site")),
)
"""In the order in which they stand. One's own account is in the corner of the page, under one's name."""


def entries(person: Person, mode: Mode, *, signs_in: bool) -> tuple[Entry, ...]:
    """What this person is led to. `signs_in`: do people sign in here? Without it there are no accounts."""
    return tuple(one for one in NAV if mode in one.modes and _sees(one, person, signs_in=signs_in))


def _sees(one: Entry, person: Person, *, signs_in: bool) -> bool:
    if one.access in (Access.ACCOUNTS, Access.SIGNED_IN) and not signs_in:
        return False
    if signs_in and not person.account:
        return False
    if one.acts and person.role.value == "viewer":
        return False
    return person.may(one.access, None)
