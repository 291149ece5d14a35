"""What a page or a program sends about ownership, as what somebody wants; every wrong thing gets one sentence."""

from typing import Any

from msgspec import Struct

from dashboard.core.forms.fields import BadOrder, Field, read
from dashboard.core.reader import Reader
from dashboard.core.sending.orders import pressed, waited_ms
from dashboard.core.work.ownership import Act, Wanted

IN_MINUTES = (30, 60, 120, 240, 480, 1440)
"""How far away the next time may be chosen by one touch."""
FARTHEST_MS = 7 * 24 * 3_600_000
MOST_TEXT = 1000
MOST_NAME = 80
ASKED = {"take": Act.TAKE, "give": Act.GIVE, "note": Act.NOTE, "done": Act.DONE}
"""The last part of the address -> what it does."""
_NEXT = Field(name="next_ms", kind="when", label=("", ""), future=True)


class Said(Struct, frozen=True, kw_only=True):
    """One press. `who`: as written, where nobody signs in. `key`: the same one twice is one press."""

    who: str
    key: str
    wanted: Wanted


def asked(act: str, body: Any, reader: Reader) -> Said:
    """What somebody wants; raises BadOrder."""
    if act not in ASKED or not isinstance(body, dict):
        raise BadOrder(reader.t("wrong_body", why=act[:40]))
    did, text = ASKED[act], words(body, "text", MOST_TEXT, reader)
    if did is Act.NOTE and not text:
        raise BadOrder(reader.t("work_needs_note"), "text")
    to = words(body, "to", MOST_NAME, reader)
    if did is Act.GIVE and not to:
        raise BadOrder(reader.t("work_needs_to"), "to")
    next_ms, in_ms = _next(body, reader) if did in (Act.TAKE, Act.GIVE) else (None, None)
    if did is Act.TAKE and next_ms is None and in_ms is None:
        raise BadOrder(reader.t("work_needs_time"), "next_ms")
    wanted = Wanted(
        act=did, saw=revision(body.get("saw"), reader), to=to if did is Act.GIVE else "", next_ms=next_ms, in_ms=in_ms,
        text=text, over=body.get("over") in (True, "yes", "true"),
    )  # fmt: skip
    return Said(who=who(body, reader), key=key(body, reader), wanted=wanted)


def who(body: dict[str, Any], reader: Reader) -> str:
    """Whoever is signed in, whatever name was sent; else as written. Raises BadOrder."""
    name = reader.person.name or words(body, "who", MOST_NAME, reader)
    if not name:
        raise BadOrder(reader.t("wrong_missing"), "who")
    return name


def key(body: dict[str, Any], reader: Reader) -> str:
    """The key of the press; raises BadOrder."""
    told = body.get("idempotency_key")
    if not isinstance(told, str) or not 8 <= len(told) <= 80:
        raise BadOrder(reader.t("wrong_body", why="idempotency_key"), "idempotency_key")
    return told


def words(body: dict[str, Any], name: str, most: int, reader: Reader) -> str:
    """A text as somebody wrote it, without what stands round it; raises BadOrder."""
    told = body.get(name) or ""
    if not isinstance(told, str):
        raise BadOrder(reader.t("wrong_body", why=name), name)
    told = told.replace("\0", "").strip()
    if len(told) > most:
        raise BadOrder(reader.t("wrong_long", n=most), name)
    return told


def revision(told: Any, reader: Reader) -> int:
    """What the page showed; one that does not say has seen nothing. Raises BadOrder."""
    if told in (None, ""):
        return 0
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 16:
        return int(told)
    if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**53:
        return told
    raise BadOrder(reader.t("wrong_body", why="saw"), "saw")


def _next(body: dict[str, Any], reader: Reader) -> tuple[int | None, int | None]:
    """The next time: a moment (as a time of day, or in ms), and how long it is until then where that was said.

    Both as they were meant when it was pressed: what waited for a network may be due already.
    """
    exact, now_ms = body.get("next_ms"), reader.now.wall_ms
    if isinstance(exact, str) and exact.strip():
        if now_ms is None:
            raise BadOrder(reader.t("work_no_clock"), "next_ms")
        found = read(_NEXT, exact.strip(), pressed(body, reader))
        exact = found if isinstance(found, int) else None
    if isinstance(exact, int) and not isinstance(exact, bool):
        return _within(exact, None if now_ms is None else now_ms - waited_ms(body), reader), None
    minutes = str(body.get("next_in") or "")
    if not minutes:
        return None, None
    if minutes not in {str(one) for one in IN_MINUTES}:
        raise BadOrder(reader.t("wrong_choice"), "next_in")
    in_ms = int(minutes) * 60_000 - waited_ms(body)
    return None if now_ms is None else now_ms + in_ms, in_ms


def _within(exact: int, now_ms: int | None, reader: Reader) -> int:
    if not 0 <= exact < 2**53 or (now_ms is not None and exact - now_ms > FARTHEST_MS):
        raise BadOrder(reader.t("work_time_far"), "next_ms")
    if now_ms is not None and exact < now_ms:
        raise BadOrder(reader.t("wrong_past"), "next_ms")
    return exact
