"""The dashboard as a program meets it: JSON over HTTP on this machine."""

import asyncio
import http.client
import json
from collections.abc import Callable
from typing import Any

HOST = "127.0.0.1"
ANSWERS_WITHIN_S = 8.0


class NoAnswer(ConnectionError):
    """The page did not answer, or refused; the sentence says what."""


class Web:
    """One dashboard."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://{HOST}:{port}"

    async def get(self, path: str) -> Any:
        """The JSON at a path; raises NoAnswer."""
        return await asyncio.to_thread(self._ask, "GET", path, None)

    async def text(self, path: str) -> str:
        """The page at a path, as a browser gets it; raises NoAnswer."""
        return (await asyncio.to_thread(self._fetch, "GET", path, None, "text/html")).decode("utf-8", "replace")

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and take the answer; raises NoAnswer."""
        return await asyncio.to_thread(self._ask, "POST", path, json.dumps(body, ensure_ascii=False).encode("utf-8"))

    async def answers(self, path: str, within_s: float, worth_it: Callable[[], bool]) -> bool:
        """Wait until there is an answer, as long as it is worth it."""
        try:
            async with asyncio.timeout(within_s):
                while worth_it():
                    try:
                        await self.get(path)
                    except NoAnswer:
                        await asyncio.sleep(0.1)
                    else:
                        return True
        except TimeoutError:
            pass
        return False

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        said = self._fetch(method, path, body, "application/json")
        try:
            return json.loads(said or b"null")
        except ValueError as fault:
            raise NoAnswer(f"{path}: answered no JSON") from fault

    def _fetch(self, method: str, path: str, body: bytes | None, kind: str) -> bytes:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request(method, path, body, {"Accept": kind, "Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            raise NoAnswer(f"{path}: {fault or type(fault).__name__}") from fault
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise NoAnswer(f"{path}: {answer.status} {said.decode('utf-8', 'replace').strip()[:200]}")
        return said
