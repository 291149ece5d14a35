"""“Läget nu” on one sheet of paper: only what a visitor may know, with the time it was true, for the notice board.

What stands on paper cannot be taken back, so it says its own time and until when it is worth reading; "until when" of
a service is what a person declared and nothing else.
"""

from msgspec import Struct

from contract.words import Declared, Opening, Power
from dashboard.core.owner.board import Board
from dashboard.core.reader import Reader
from dashboard.core.site.opening import service_name

MOST_SERVICES, MOST_NOTICES, MOST_NUMBERS = 8, 2, 4
"""As many as one sheet holds at 18 pt; a longer list ends with a line that says so."""
MOST_LETTERS = 100
WORTH_H = 4
"""After so many hours somebody should print it anew: a declaration counts no longer in an outage either."""


class ServiceLine(Struct, frozen=True, kw_only=True):
    """One service as declared."""

    name: str
    word: str


class Sheet(Struct, frozen=True, kw_only=True):
    """The sheet. `old`: the site is not heard, so that nothing here can be printed as true now."""

    place: str
    printed: str
    until: str
    power: str
    point: str
    services: tuple[ServiceLine, ...]
    notices: tuple[str, ...]
    numbers: tuple[str, ...]
    more: bool
    frames: tuple[str, ...]
    old: bool


def sheet(board: Board, place: str, frames: tuple[str, ...], reader: Reader) -> Sheet:
    """What the sheet says now."""
    picture, now, holds = board.picture, reader.now.wall_ms, board.holds(reader.now)
    services = tuple(
        ServiceLine(name=service_name(one.service, reader.language), word=_word(one.declared, one.until_ms, reader))
        for one in (picture.services if picture and holds else ())
        if one.declared is not Declared.UNKNOWN
    )
    notices = tuple(
        _short(one.sv if reader.language == "sv" or not one.en else one.en) for one in board.notices(reader.now)
    )
    numbers = _numbers(board, reader)
    power = picture.power if picture and holds else Power.UNKNOWN
    opened = picture is not None and holds and (picture.active or picture.opening is Opening.OPEN)
    return Sheet(
        place=place,
        printed=reader.when(now),
        until=reader.t("sheet_until", when=reader.when(now + WORTH_H * 3_600_000)) if now is not None else "",
        power=reader.t(f"sheet_power_{power.value}"),
        point=reader.t("sheet_open") if opened else "",
        services=services[:MOST_SERVICES],
        notices=notices[:MOST_NOTICES] if holds else (),
        numbers=numbers[:MOST_NUMBERS],
        more=len(services) > MOST_SERVICES or len(notices) > MOST_NOTICES,
        frames=frames,
        old=not holds,
    )


def _word(declared: Declared, until_ms: int | None, reader: Reader) -> str:
    word = reader.phrase("declared", declared)
    if until_ms is None or declared is Declared.CLOSED:
        return word
    return f"{word} {reader.t('service_until', when=reader.when(until_ms))}"


def _numbers(board: Board, reader: Reader) -> tuple[str, ...]:
    """The municipality's own list as it was published; before one came, those of the whole country."""
    contacts = board.contacts
    if contacts is None:
        return (reader.t("sheet_112"), reader.t("sheet_11313"), reader.t("sheet_1177"))
    rows = contacts.rows_sv if reader.language == "sv" or not contacts.rows_en else contacts.rows_en
    radio = reader.t("sheet_radio", mhz=contacts.p4_mhz)
    return tuple(_short(one) for one in (*rows[: MOST_NUMBERS - 1], radio))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MOST_LETTERS else f"{plain[: MOST_LETTERS - 1]}…"
