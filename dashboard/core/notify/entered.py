"""What somebody entered on the page of notification: understood, or one sentence at the field it is about."""

import re
from collections.abc import Mapping
from typing import Any

from contract.phrases import LANGUAGES
from dashboard.core.access.people import Person

LONGEST = 60
TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?::00)?")
HOME = re.compile(r"https?://[A-Za-z0-9.-]{1,60}(:\d{1,5})?/?")


class BadEntry(Exception):
    """It can not be taken. `key`: the sentence's; `field`: where it belongs."""

    def __init__(self, key: str, field: str) -> None:
        self.key, self.field = key, field
        super().__init__(key)


def key(told: Mapping[str, str]) -> str:
    """What makes two sendings one; raises BadEntry."""
    found = told.get("idempotency_key", "")
    if not 8 <= len(found) <= 80:
        raise BadEntry("notify_wrong_key", "form")
    return found


def person(told: Mapping[str, str], by: Person, scopes: Mapping[str, str]) -> dict[str, Any]:
    """A person of the list; raises BadEntry. Nobody adds people for more sites than their own."""
    name = " ".join(told.get("name", "").split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise BadEntry("notify_wrong_name", "name")
    scope = told.get("scope", own_scope(by))
    if scope not in scopes or not reaches(by, scope):
        raise BadEntry("notify_wrong_scope", "scope")
    language = told.get("language", LANGUAGES[0])
    since, until = (_minute(told.get(name_of, ""), name_of) for name_of in ("quiet_from", "quiet_until"))
    if (since is None) is not (until is None):
        raise BadEntry("notify_wrong_quiet", "quiet_from" if since is None else "quiet_until")
    return {
        "name": name, "scope": scope, "language": language if language in LANGUAGES else LANGUAGES[0],
        "quiet_from": since, "quiet_until": until,
    }  # fmt: skip


def _minute(text: str, field: str) -> int | None:
    if not text.strip():
        return None
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise BadEntry("notify_wrong_time", field)
    return int(match[1]) * 60 + int(match[2])


def label(told: Mapping[str, str]) -> str:
    """What a channel is called; raises BadEntry."""
    found = " ".join(told.get("label", "").split())
    if not found or len(found) > LONGEST or not found.isprintable():
        raise BadEntry("notify_wrong_label", "label")
    return found


def home(text: str) -> str:
    """The server's own address as messages may name it; "" for none. Raises BadEntry."""
    told = text.strip().rstrip("/")
    if told and HOME.fullmatch(told) is None:
        raise BadEntry("notify_wrong_home", "home")
    return told


def own_scope(by: Person) -> str:
    """For which sites somebody looks after the list."""
    return "" if by.sees_all else by.scope


def reaches(by: Person, scope: str) -> bool:
    """May this person look after people of that scope?"""
    return by.sees_all or scope == by.scope or scope.startswith(f"{by.scope}-")


def clock(minute: int | None) -> str:
    """A minute of the day as people write it."""
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
