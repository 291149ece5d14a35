"""The commands at the centre for certificates of the sites' own pages: who needs one, its request, delivery.

What a page asks for lies retained at the broker; what is sent is kept in the store, and sent again by the running
dashboard after every connect.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from contract import topics
from contract.page import PageNow, PageWish
from dashboard import config
from dashboard.config import Settings
from dashboard.core.hearing import intake
from dashboard.core.sending import page_certificates
from dashboard.core.sites import BadInput, DashboardError
from dashboard.io.store.database import Database
from dashboard.io.store.shelf import Shelf
from dashboard.publishing import send
from doors.broker import Link
from doors.clock import Clock

QUIET_S = 1.0
"""Real seconds without a message after which all that lies at the broker has come."""
MAX_BYTES = 1024 * 1024


def listed(settings_file: str, day: date | None, clock: Clock, *, due: bool, as_json: bool) -> str:
    """`certificate list`, as on a day (None: now); raises BadInput, DashboardError."""
    now = clock.wall_ms()
    if day is not None:
        now = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    if due and now is None:
        raise BadInput("the clock of this computer is not known to be right; look at a calendar and give --day")
    found = _asked(config.read(settings_file))
    wishes = {site: one for site, one in sorted(found.items()) if not due or page_certificates.is_due(one, now)}
    rows = [
        {"site": site, "name": one.name, "ends": _day(one), "days_left": page_certificates.days_left(one, now),
         "due": page_certificates.is_due(one, now), "trouble": one.trouble}
        for site, one in wishes.items()
    ]  # fmt: skip
    if as_json:
        return json.dumps(rows)
    lines = [f"{row['site']:<24} {row['name']:<40} {_words(row)}" for row in rows]
    return "\n".join(lines) or ("no page needs a certificate now" if found else "no page has asked for a certificate")


def request(settings_file: str, site: str) -> str:
    """`certificate request`: the request as PEM; raises BadInput, DashboardError."""
    return _wish(config.read(settings_file), site, settings_file).request.strip()


def deliver(settings_file: str, site: str, file: Path, clock: Clock) -> str:
    """`certificate deliver`: what to tell the user; raises BadInput, DashboardError."""
    settings = config.read(settings_file)
    wish = _wish(settings, site, settings_file)
    reference, body, _ = page_certificates.document(_read(file), wish, clock.wall_ms(), file.name)
    shelf = Shelf(Database(config.store_path(settings_file, settings)))
    try:
        shelf.change_document(site, reference, body)
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
    task = asyncio.create_task(link.run())
    try:
        await asyncio.wait_for(up.wait(), settings.broker.answer_within_s)
        while len(found) < len(asked):
            came.clear()
            await asyncio.wait_for(came.wait(), QUIET_S)
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


def _day(wish: PageWish) -> str | None:
    return None if wish.ends_ms is None else f"{datetime.fromtimestamp(wish.ends_ms / 1000, tz=UTC):%Y-%m-%d}"


def _words(row: Mapping[str, object]) -> str:
    if row["ends"] is None:
        told = "waits for its first certificate"
    else:
        left = "" if row["days_left"] is None else f", {row['days_left']} days left"
        told = f"until {row['ends']}{left}{', renew' if row['due'] else ''}"
    return f"{told}; refused: {row['trouble']}" if row["trouble"] else told
