"""The other end of channels: a mail server and a webhook on loopback, as threads that keep what they are told."""

import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ports import free_port


class Hook:
    """A webhook. `slow_s`: how long it takes to answer; `status`: what it answers."""

    def __init__(self, status: int = 200, slow_s: float = 0.0) -> None:
        self.status, self.slow_s = status, slow_s
        self.told: list[tuple[str, str]] = []
        """(path, text) in the order of arrival."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.told.append((self.path, str(json.loads(body)["message"])))
                self._answer()

            def do_GET(self) -> None:
                outer.told.append((self.path, ""))
                self._answer()

            def _answer(self) -> None:
                time.sleep(outer.slow_s)
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def address(self, name: str) -> str:
        """The channel that ends at /name."""
        return f"json://127.0.0.1:{self.port}/{name}"

    def at(self, name: str) -> list[str]:
        """What came at /name."""
        return [text for path, text in self.told if path.strip("/") == name]

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class Mail(socketserver.ThreadingTCPServer):
    """A mail server that takes everything."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        self.letters: list[str] = []
        super().__init__(("127.0.0.1", 0), _Letter)
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


class _Letter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """As much of SMTP as a client asks for."""
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line.strip().upper()[:4]
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b""
                while not letter.endswith(b"\r\n.\r\n"):
                    letter += self.rfile.readline()
                self.server.letters.append(letter.decode("utf-8", "replace"))
            answers = {b"QUIT": b"221 bye", b"EHLO": b"250-sink\r\n250 AUTH PLAIN", b"AUTH": b"235 let in"}
            self.wfile.write(answers.get(verb, b"250 ok") + b"\r\n")
            if verb == b"QUIT":
                return


def dead_port() -> int:
    """A port where nobody answers."""
    return free_port()
