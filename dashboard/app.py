"""The wiring: store, desk, broker link and web server, joined. The only file that knows all the others."""

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar

from dashboard.config import Settings
from dashboard.core.sites import DashboardError
from dashboard.io.access import first_link
from dashboard.io.access.sign_in import SignIn
from dashboard.io.desk import Desk
from dashboard.io.historian import Historian
from dashboard.io.mqtt import Centre
from dashboard.io.page_key import given, page_key
from dashboard.io.store import store_care
from dashboard.io.store.database import Database
from dashboard.io.store.link_alarms import LinkAlarms
from dashboard.io.store.records import Records
from dashboard.io.store.shelf import Shelf
from dashboard.io.waking import Waking
from dashboard.io.web import addresses as http
from dashboard.io.web.pages import Pages
from dashboard.io.web.wire import Listener, Patient
from doors.clock import Clock
from doors.progress import Progress
from doors.systemd import Notifier

log = logging.getLogger(__name__)

GOODBYE_S = 2
EVERYWHERE = "::"
PAGES, PAGES_WITHIN_S = "pages", 60.0
"""Real seconds after which a web server that has not turned counts as stuck."""


async def run(settings: Settings, store: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Serve until a signal says stop. Raises DashboardError when it can not begin; nothing is half-started."""
    web, page = settings.web, page_key(settings, store)
    tls = given(web.certificate_file, web.key_file) if page is None and web.encrypted else None
    listener = Listener.of(listen(settings.web.host, settings.web.port), settings.web.loopback)
    try:
        with store_care.in_use(store):
            if told := await asyncio.to_thread(store_care.check, store):
                log.info("%s", told)
            database = Database(store)
            records, shelf = Records(database), Shelf(database)
            desk = Desk(settings, clock, records, shelf, LinkAlarms(database))
            desk.take_page(page)
            historian = Historian(desk, database).start()
            waking = Waking(desk, database).start()
            sign_in = SignIn(database, clock) if settings.sign_in.required else None
            if sign_in is not None and (told := first_link.at_start(sign_in, desk.settings, store)):
                log.warning("%s", told)
            await _serve(desk, sign_in, listener, tls, say)
            await waking.stop()
            await historian.stop()
            database.close()
    finally:
        listener.close()


async def _serve(
    desk: Desk, sign_in: SignIn | None, listener: Listener, tls: ssl.SSLContext | None, say: Callable[[str], None]
) -> None:
    port = listener.getsockname()[1]
    notifier, progress = Notifier.here(), Progress()
    progress.expect(PAGES, PAGES_WITHIN_S)
    host = f"[{desk.settings.web.host}]" if ":" in desk.settings.web.host else desk.settings.web.host
    link = asyncio.create_task(Centre(desk, progress).run(), name="centre")
    watch = asyncio.create_task(notifier.watch(progress, lambda: _sentence(desk)), name="watch")
    try:
        again = True
        while again:
            tls = desk.page.tls if desk.page is not None else tls
            pages = http.build(desk, Pages(desk), port, sign_in)
            server = _Server(_config(pages, tls), desk, progress)
            link.add_done_callback(server.stop_if_failed)
            say(f"dashboard: {'https' if tls else 'http'}://{host}:{port}/")
            ready = asyncio.create_task(_ready(pages), name="ready")
            await server.serve(sockets=[listener.again()])
            ready.cancel()
            again = server.encrypts
    finally:
        notifier.stopping("told to stop")
        for task in (link, watch):
            task.cancel()
        await asyncio.gather(link, watch, return_exceptions=True)
    if not link.cancelled() and link.exception() is not None:
        raise DashboardError(f"the link to the broker ended: {link.exception()}") from link.exception()


async def _ready(pages: Litestar) -> None:
    """What takes long is done before anybody asks: at the centre, where a thousand sites are to be worded."""
    if pages.state.desk.settings.view.mode == "centre":
        await asyncio.to_thread(pages.state.pages.prepare)
        await pages.state.rows.keep_warm()


def _config(pages: Litestar, tls: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        pages, log_level="error", access_log=False, lifespan="off", ws="none", http=Patient, server_header=False,
        proxy_headers=False, timeout_graceful_shutdown=GOODBYE_S,
    )  # fmt: skip
    config.load()
    config.ssl = tls
    return config


def _sentence(desk: Desk) -> str:
    """For `systemctl status`; only what seldom changes."""
    broker = "the broker is there" if desk.broker_up else "no contact with the broker"
    return f"{broker}; the store refuses" if desk.trouble else broker


class _Server(uvicorn.Server):
    """Ends the streams of the browsers when it is told to stop, else they would hold it open."""

    def __init__(self, config: uvicorn.Config, desk: Desk, progress: Progress) -> None:
        super().__init__(config)
        self._desk = desk
        self._hub = desk.hub
        self._progress = progress
        self._plain = config.ssl is None
        self.encrypts = False
        """Did it end because the first certificate is there, and the pages begin again over HTTPS?"""

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, once the pages are served."""
        self._progress.done(PAGES)
        if self._plain and not self.should_exit and self._desk.page is not None and self._desk.page.tls is not None:
            self.encrypts = self.should_exit = True
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal says stop, and all is put away before the program ends; the library's own would end it at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _stop(self, number: int) -> None:
        self.encrypts = False
        self._hub.close()
        self.handle_exit(number, None)

    def stop_if_failed(self, task: asyncio.Task[None]) -> None:
        """Half a dashboard is worse than none."""
        if not task.cancelled() and task.exception() is not None:
            self.encrypts, self.should_exit = False, True
            self._hub.close()


def listen(host: str, port: int) -> socket.socket:
    """The socket of the pages; raises DashboardError when it can not be had. `::` takes both families."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        if host == EVERYWHERE:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    except OSError:
        if host != EVERYWHERE:
            raise DashboardError(f"[web] host: this machine has no addresses like {host}; use another") from None
        host, listener = "0.0.0.0", socket.socket(socket.AF_INET, socket.SOCK_STREAM)  # noqa: S104 - no IPv6 here
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as fault:
        listener.close()
        raise DashboardError(
            f"port {port} on {host} can not be had: {fault.strerror}; choose another [web] port"
        ) from fault
    listener.setblocking(False)
    return listener
