"""The commands at the centre for certificates of the sites' own pages: who needs one, its request, delivery.

What a page asks for lies retained at the broker; what is sent is kept in the store, and sent again by the running
dashboard after every connect.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import Struct, structs

from contract import topics
from contract.page import CERTIFICATE, PageNow, PageWish
from dashboard import config
from dashboard.config import Settings
from dashboard.core.hearing import intake
from dashboard.core.sending import page_certificates
from dashboard.core.sites import BadInput, DashboardError
from dashboard.io.access import at_machine
from dashboard.io.store.database import Database
from dashboard.io.store.shelf import Shelf
from dashboard.publishing import send
from doors.broker import Link
from doors.clock import Clock

QUIET_S = 1.0
"""Real seconds without a message after which all that lies at the broker has come."""
MAX_BYTES = 1024 * 1024
_NO_CLOCK = (
    "the clock of this computer is not known to be right, so nobody can tell which certificates end; let it ask a time "
    "server, or look at a calendar and give --day. What stands above has none at all and needs one whatever the day"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What `certificate list` says. `doubts`: a sentence each that somebody must read, for stderr; `failed`: is one of
    them that the answer is not whole?"""

    said: str
    doubts: tuple[str, ...] = ()
    failed: bool = False


class Row(Struct, frozen=True, kw_only=True):
    """One page. `due` None: the clock of this computer is not known to be right; `delivered`: the end of one that was
    sent and is not in use yet."""

    site: str
    name: str
    ends: str | None
    days_left: int | None
    due: bool | None
    delivered: str | None
    trouble: str


def listed(settings_file: str, day: date | None, clock: Clock, *, due: bool, as_json: bool, ids: bool) -> Listed:
    """`certificate list`, as on a day (None: now); raises BadInput, DashboardError."""
    now = clock.wall_ms()
    if day is not None:
        now = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    settings = config.read(settings_file)
    sent = _sent(settings_file, settings)
    found = [_row(site, one, sent.get(site), now) for site, one in sorted(_asked(settings).items())]
    rows = [one for one in found if one.due or not due]
    unknown = due and any(one.due is None for one in found)
    doubts = [f"{one.site}: the last certificate was refused: {one.trouble}" for one in found if due and one.trouble]
    doubts += [_NO_CLOCK] if unknown else []
    if as_json:
        said = json.dumps([structs.asdict(one) for one in rows])
    elif ids:
        said = "\n".join(one.site for one in rows)
    else:
        lines = [f"{one.site:<24} {one.name:<40} {_words(one)}" for one in rows]
        nothing = "no page needs a certificate now" if found else "no page has asked for a certificate"
        said = "\n".join(lines) or ("" if unknown else nothing)
    return Listed(said=said, doubts=tuple(doubts), failed=unknown)


def _row(site: str, wish: PageWish, sent: bytes | None, now: int | None) -> Row:
    coming = None if sent is None else page_certificates.delivered_ends_ms(sent, wish)
    return Row(
        site=site, name=wish.name, ends=_day(wish.ends_ms), days_left=page_certificates.days_left(wish, now),
        due=page_certificates.is_due(wish, now, coming), delivered=_day(None if coming == wish.ends_ms else coming),
        trouble=wish.trouble,
    )  # fmt: skip


def request(settings_file: str, site: str) -> str:
    """`certificate request`: the request as PEM; raises BadInput, DashboardError."""
    return _wish(config.read(settings_file), site, settings_file).request.strip()


def deliver(settings_file: str, site: str, file: Path, clock: Clock) -> str:
    """`certificate deliver`: what to tell the user; raises BadInput, DashboardError."""
    settings = config.read(settings_file)
    wish = _wish(settings, site, settings_file)
    reference, body, _ = page_certificates.document(_read(file), wish, clock.wall_ms(), file.name)
    database = Database(config.store_path(settings_file, settings))
    shelf, note = Shelf(database), at_machine.line(database, clock, f"certificate: {wish.name}", site)
    try:
        shelf.change_document(site, reference, body, note=note)
    except BadInput as fault:
        raise BadInput(f"{file.name}: one that counts from the same day or later was delivered before") from fault
    asyncio.run(send(settings, shelf, (site,)))
    return f"{site}: sent for {wish.name}; `certificate list` shows its end when the page uses it"


def _wish(settings: Settings, site: str, source: str) -> PageWish:
    if settings.find(site) is None:
        raise BadInput(f"{site!r} is not in {Path(source).name}")
    found = _asked(settings).get(site)
    if found is None:
        raise BadInput(f"{site}: its page has not asked for a certificate; give it [web] certificate_name at the site")
    return found


def _asked(settings: Settings) -> dict[str, PageWish]:
    return asyncio.run(_hear(settings))


async def _hear(settings: Settings) -> dict[str, PageWish]:
    """What lies at the broker, by site. Raises DashboardError when the broker is not reached."""
    found: dict[str, PageWish] = {}
    up, came = asyncio.Event(), asyncio.Event()

    def take(topic: str, payload: bytes, _retained: bool) -> None:
        message = intake.read(topic, payload)
        if isinstance(message, PageNow):
            found[message.head.site] = message.page
            came.set()

    async def greet() -> None:
        up.set()

    asked = tuple(topics.page(one.id) for one in settings.site)
    link = Link(settings.broker, name="the", client_id=f"dashboard-{secrets.token_hex(6)}", subscribe=asked,
                on_message=take, on_up=greet)  # fmt: skip
    began_s = asyncio.get_running_loop().time()
    task = asyncio.create_task(link.run())
    try:
        await asyncio.wait_for(up.wait(), settings.broker.answer_within_s)
        quiet_s = QUIET_S + asyncio.get_running_loop().time() - began_s  # a slow link is slow with what lies there, too
        while len(found) < len(asked):
            came.clear()
            await asyncio.wait_for(came.wait(), quiet_s)
    except TimeoutError as fault:
        if not up.is_set():
            raise DashboardError(f"the broker {settings.broker.url} was not reached; try again when it is") from fault
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"{path}: cannot be read: {fault.strerror}; check the path") from fault
    if len(body) > MAX_BYTES:
        raise BadInput(f"{path.name}: is larger than {MAX_BYTES} bytes and no certificate")
    return body


def _sent(settings_file: str, settings: Settings) -> dict[str, bytes]:
    """The certificate that was delivered last, by site."""
    store = config.store_path(settings_file, settings)
    if not store.exists():
        return {}
    shelf, found = Shelf(Database(store)), {}
    for site in settings.site:
        manifest, bodies = shelf.content(site.id) or (None, {})
        for one in manifest.documents if manifest is not None else ():
            if one.name == CERTIFICATE:
                found[site.id] = bodies.get(one.sha256, b"")
    return found


def _day(ends_ms: int | None) -> str | None:
    return None if ends_ms is None else f"{datetime.fromtimestamp(ends_ms / 1000, tz=UTC):%Y-%m-%d}"


def _words(row: Row) -> str:
    if row.ends is None:
        told = "waits for its first certificate"
    else:
        left = "" if row.days_left is None else f", {row.days_left} days left"
        told = f"until {row.ends}{left}{', renew' if row.due else ''}"
    told = f"{told}; delivered, not in use yet: until {row.delivered}" if row.delivered else told
    return f"{told}; refused: {row.trouble}" if row.trouble else told
