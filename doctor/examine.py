"""All checks, one after the other: look, then judge. A check that itself fails is a finding like any other."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from contract import topics
from contract.freshness import Contact, Now, age_ms
from contract.messages import DevicePicture, PublicPicture, decode
from contract.wire import Refused
from doctor.config import Known
from doctor.core import box, calling, certificates, clock, contact, disk, feeds, links, page_certificate, serial_lines
from doctor.core.contact import ContactLook
from doctor.core.finding import Finding, Why, fault
from doctor.core.links import Stage
from doctor.io import calling as callers
from doctor.io import certificates as files
from doctor.io import host, mqtt, services, stores
from doctor.io import page_certificate as page_files
from doctor.io import serial_lines as lines
from doors.clock import Clock

SCREEN = "box.kiosk_silent"
BOX = "box"


class Doctor:
    """One look at one box. `root` is where its file system begins."""

    def __init__(self, known: Known, own: Clock, root: Path = Path("/")) -> None:
        self._known = known
        self._clock = own
        self._root = root
        self._heard: dict[str, bytes] = {}
        self._broker_why_not: Why | None = Why("not_asked")

    def findings(self) -> list[Finding]:
        """Everything, in the order in which one looks for a cause: power and time first, links last."""
        checks: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
            ("settings", self._settings), ("supply", self._supply), ("clock", self._time), ("disk", self._disk),
            ("line", self._lines), ("calling", self._calling), ("services", self._services),
            ("watchdog", self._watchdog), ("certificate", self._certificates), ("site_broker", self._site_broker),
            ("central_broker", self._central_broker), ("contact", self._contact), ("screen", self._screen),
            ("feeds", self._feeds), ("owner_page", self._owner_page), ("page_certificate", self._page_certificate),
        )  # fmt: skip
        found: list[Finding] = []
        for name, check in checks:
            try:
                found += check()
            except Exception as trouble:
                found.append(
                    fault("check", "broke", name=name, why=Why("said", f"{type(trouble).__name__}: {trouble}"))
                )
        return found

    def _settings(self) -> list[Finding]:
        return [fault("settings", "wrong", path=path, why=why) for path, why in self._known.faults]

    def _supply(self) -> list[Finding]:
        return [box.supply(*host.supply(self._root))]

    def _time(self) -> list[Finding]:
        return clock.judge(host.clock(self._clock, self._root))

    def _disk(self) -> list[Finding]:
        kept = (self._known.store, self._known.kiosk_cache)
        folders = tuple(str(Path(path).parent) for path in kept if path)
        return disk.judge(host.spaces((str(self._root), *folders)), host.card_wear(self._root))

    def _lines(self) -> list[Finding]:
        return [serial_lines.judge(lines.look(line.path, self._root / "proc")) for line in self._known.lines]

    def _calling(self) -> list[Finding]:
        wake, found = self._known.wake, list[Finding]()
        if wake.calls:
            found.append(calling.modem(callers.modem(wake.command, wake.modem, self._root)))
        if wake.lamp:
            found.append(calling.lamp(callers.lamp(wake.lamp, self._root)))
        return found

    def _services(self) -> list[Finding]:
        names = services.wanted(self._known.programs)
        running = self._root / services.RUNNING.relative_to("/")
        return box.services(box.ServicesLook(services.states(names, running), names))

    def _watchdog(self) -> list[Finding]:
        return [box.watchdog(host.watchdogs(self._root))]

    def _certificates(self) -> list[Finding]:
        brokers = tuple(one for one in (self._known.central_broker, self._known.site_broker) if one is not None)
        secrets = files.secrets(self._known.secrets)
        stores_open = files.open_stores((self._known.store, self._known.kiosk_cache, self._known.page_store))
        told = certificates.judge_stores(stores_open)
        return told + certificates.judge(files.look(brokers), secrets, self._clock.wall_ms())

    def _site_broker(self) -> list[Finding]:
        if self._known.site_broker is None:
            return []
        wanted: tuple[str, ...] = ()
        if topics.valid_level(self._known.site):
            wanted = topics.public_picture(self._known.site), topics.device(self._known.site, BOX)
        look, self._heard = asyncio.run(mqtt.look(self._known.site_broker, "site_broker", topics=wanted))
        self._broker_why_not = None if look.stage is Stage.IN else Why("broker_failed")
        return [links.judge(look)]

    def _central_broker(self) -> list[Finding]:
        if self._known.central_broker is None:
            return []
        proc = self._root / "proc"
        look, _ = asyncio.run(mqtt.look(self._known.central_broker, "central_broker", spare=True, proc=proc))
        return [links.judge(look)]

    def _contact(self) -> list[Finding]:
        if self._known.central_broker is None:
            return contact.judge(ContactLook(central=False if self._known.alone else None))
        waiting, store_why_not = stores.waiting(self._known.store)
        picture, why_not = self._picture()
        told_ms = heard_ms = None
        if picture is not None:
            up_ms, wall_ms = self._clock.up_ms(), self._clock.wall_ms()
            now = Now(up_ms, wall_ms, self._clock.quality())
            here = Contact(self._clock.boot, up_ms, up_ms)
            told_ms = age_ms(picture.head.moment(), here, now)
            heard_ms = None if picture.centre_heard is None else age_ms(picture.centre_heard, here, now)
        return contact.judge(
            ContactLook(
                central=True, age_ms=heard_ms, told_ms=told_ms, why_not=why_not,
                waiting=waiting, store_why_not=store_why_not,
            )
        )  # fmt: skip

    def _feeds(self) -> list[Finding]:
        if "kiosk" not in self._known.programs:
            return []
        found, why_not = stores.feeds(self._known.kiosk_cache)
        look = feeds.FeedsLook(wanted=self._known.feeds, feeds=found, why_not=why_not)
        now = Now(self._clock.up_ms(), self._clock.wall_ms(), self._clock.quality())
        return feeds.judge(look, now, self._clock.boot)

    def _owner_page(self) -> list[Finding]:
        if "dashboard" not in self._known.programs:
            return []
        count, why_not = stores.accounts(self._known.page_store)
        return [box.owner_page(signs_in=self._known.page_signs_in, accounts=count, why_not=why_not)]

    def _page_certificate(self) -> list[Finding]:
        if "dashboard" not in self._known.programs:
            return []
        look = page_files.look(self._known.page_name, self._known.page_files, self._known.page_store)
        return page_certificate.judge(look, self._clock.wall_ms())

    def _picture(self) -> tuple[PublicPicture | None, Why | None]:
        """The gateway's newest word for the screens: from the broker, else from what the kiosk has kept."""
        if not topics.valid_level(self._known.site):
            return None, Why("no_site")
        topic = topics.public_picture(self._known.site)
        body = self._heard.get(topic) or (
            stores.newest(self._known.kiosk_cache, topic) if self._known.kiosk_cache else None
        )
        if body is None:
            return None, self._broker_why_not or Why("gateway_silent")
        try:
            return decode(body, PublicPicture), None
        except (Refused, msgspec.MsgspecError) as trouble:
            return None, Why("no_sense", str(trouble))

    def _screen(self) -> list[Finding]:
        if not self._known.screens:
            return [box.screen(expected=False, silent_s=None, why_not=None)]
        body = self._heard.get(topics.device(self._known.site, BOX)) if topics.valid_level(self._known.site) else None
        if body is None:
            why_not = self._broker_why_not or Why("gateway_silent")
            return [box.screen(expected=True, silent_s=None, why_not=why_not)]
        try:
            value = decode(body, DevicePicture).values.get(SCREEN)
        except (Refused, msgspec.MsgspecError) as trouble:
            return [box.screen(expected=True, silent_s=None, why_not=Why("no_sense", str(trouble)))]
        if value is None or not isinstance(value.value, int | float):
            told = Why("told", value.reason) if value is not None and value.reason else Why("never_heard")
            return [box.screen(expected=True, silent_s=None, why_not=told)]
        return [box.screen(expected=True, silent_s=float(value.value), why_not=None)]
