"""Cards and lists as HTML: every page and panel is a template under pages/."""

import asyncio
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract.words import Stream
from dashboard.core import navigation
from dashboard.core.forms import entry
from dashboard.core.forms.entry import Tried
from dashboard.core.hearing import link_alarm
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sending import bulletins, orders
from dashboard.core.site import events
from dashboard.core.site.periods import Period
from dashboard.core.site.radio_line import radio_words
from dashboard.core.site.reported import reported_rows
from dashboard.core.sites import Site
from dashboard.core.work.store_words import store_words
from dashboard.io import site_past
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble

FOLDER = Path(str(files("dashboard").joinpath("pages")))
SHOWN_EVENTS = 100
SHOWN_ANSWERS = 5
PANELS = (
    "state", "alarms", "readiness", "opening", "needs", "requirements", "orders", "values", "events", "bulletins",
    "timeline", "runs", "contacts", "ownership",
)  # fmt: skip
"""Parts of a site's page that are fetched again when the site changes; the curve fetches its own points."""


class Pages:
    """The pages of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._jinja = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._jinja.globals["idempotency_key"] = lambda: secrets.token_hex(16)
        self._jinja.globals["navigation"] = navigation.entries
        self._jinja.globals["store_words"] = store_words
        self._jinja.globals |= {"radio_words": radio_words, "reported_rows": reported_rows}

    def prepare(self) -> None:
        """Read every template now, which takes a while, and not when the first asks for it."""
        for name in self._jinja.list_templates():
            self._jinja.get_template(name)

    async def site(self, site: Site, reader: Reader, period: Period = Period.DAY) -> str:
        """One site in full; `period`: how far back."""
        context = await self._one(site, reader) | await self._past(site, reader, period)
        return self._render("site.html", reader, **context)

    async def panels(self, site: Site, reader: Reader, period: Period = Period.DAY) -> dict[str, str]:
        """The panels of a site's page."""
        context = await self._one(site, reader) | await self._past(site, reader, period)
        panels = {name: self._render(f"panels/{name}.html", reader, **context) for name in PANELS}
        return {"notices": self._render("panels/notices.html", reader), **panels}

    async def enter(self, site: Site, reader: Reader, tried: Tried | None = None) -> str:
        """Everything that can be entered about a site; `tried`: what was just sent and not taken."""
        context = await self._one(site, reader)
        groups = entry.groups(context["card"], reader, tried)
        return self._render("enter.html", reader, **context, groups=groups, tried=tried)

    async def not_taken(self, site: Site, reader: Reader, tried: Tried) -> str:
        """The form again, with its sentence; one that stands on another page is answered by the sentence alone."""
        groups = entry.groups(self._desk.card(site, reader), reader, tried)
        if any(form.opened for group in groups for form in group.forms):
            return await self.enter(site, reader, tried)
        return self._render("not_taken.html", reader, site=site, tried=tried)

    def fault(self, reader: Reader, title: str, words: str) -> str:
        """A page that says in one sentence why there is none."""
        return self._render("fault.html", reader, title=title, words=words)

    def plain(self, template: str, reader: Reader, **context: Any) -> str:
        """A page that shows no site."""
        return self._render(template, reader, **context)

    async def _past(self, site: Site, reader: Reader, period: Period) -> dict[str, Any]:
        """What lies behind; nothing of it when the store does not answer, which the page says above."""
        if self._desk.asked is not None:
            await self._desk.asked.freshen()
        return await asyncio.to_thread(site_past.panels_of, self._desk, self._desk.pictures[site.id], period, reader)

    async def _one(self, site: Site, reader: Reader) -> dict[str, Any]:
        card = self._desk.card(site, reader)
        picture = self._desk.pictures[site.id]
        happened, (bulletin_list, of_feeds), answered = await asyncio.to_thread(self._stored, picture, reader)
        return {
            "card": card,
            "events": happened,
            "bulletins": bulletin_list,
            "feed_receipts": of_feeds,
            "orders": orders.sent(self._desk.pending[site.id], answered, reader),
            "refusals": self._desk.refused.get(site.id),
            "alarm_forms": entry.alarm_forms,
            "ownership": await self._desk.work.site_panel(site.id, reader),
            "need_forms": entry.need_forms,
        }

    def _stored(self, picture: SitePicture, reader: Reader) -> tuple[Any, Any, Any]:
        """Events, bulletins, answers; empty when the store does not answer, which the page says above."""
        site = picture.site
        try:
            stored = site_past.events_of(self._desk, site, SHOWN_EVENTS)
            receipts = self._desk.records.newest(site, Stream.RECEIPT, 1000)
            signed = self._desk.shelf.bulletins(site)
            answered = tuple(self._desk.shelf.lately(site, SHOWN_ANSWERS))
        except StoreTrouble as fault:
            self._desk.trouble = str(fault)
            return (), ((), ()), ()
        stored = link_alarm.merged(stored, link_alarm.lines(self._desk.losses[site]))
        shown = bulletins.bulletin_rows(signed, receipts, reader), bulletins.feed_rows(receipts, reader)
        return events.event_rows(stored, reader, picture), shown, answered

    def _render(self, template: str, reader: Reader, **context: Any) -> str:
        return self._jinja.get_template(template).render(
            t=reader.t, reader=reader, language=reader.language, desk=self._desk, rate=self._desk.clock.rate, **context
        )
