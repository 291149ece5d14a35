"""A site whose centre is told by exception, played second by second."""

from typing import Any

from contract import topics
from contract.messages import Value, decode
from gateway.core import telling
from gateway.core.announce import Message
from gateway.core.facts import Facts
from gateway.core.telling import Told

from .conftest import Story, at, facts, genset, volts

STATUS, STATE = topics.status("are-kall"), topics.state("are-kall")
SET, METER = topics.device("are-kall", "genset"), topics.device("are-kall", "meter")


def quiet(**changes: Any) -> Facts:
    """The site of the tests without rules of alarms, at the paces of the product."""
    paces: dict[str, Any] = {"rules": {}, "snapshot_every_s": 43_200.0, "snapshot_active_every_s": 900.0}
    return facts(**(paces | changes))


class Line:
    """A site and what its centre is told, second by second."""

    def __init__(self, of: Facts | None = None) -> None:
        self.story = Story(of or quiet())
        self.told = Told()
        self.sent: list[tuple[float, str, bytes]] = []

    def poll(self, second: float, name: str, values: dict[str, Value]) -> None:
        """One poll of a device."""
        self.story.poll(at(second), name, values)

    def connect(self, second: float) -> list[Message]:
        """The link comes up."""
        self.told, messages = telling.afresh(self.told, self.story.site, self.story.facts, at(second))
        return self._keep(second, messages)

    def look(self, second: float, *, judged: bool = False) -> list[str]:
        """What is due; its topics."""
        site, of = self.story.site, self.story.facts
        self.told, messages = telling.due(self.told, site, of, at(second), judged=judged)
        return [topic for topic, _ in self._keep(second, messages)]

    def _keep(self, second: float, messages: list[Message]) -> list[Message]:
        self.sent += [(second, topic, payload) for topic, payload in messages]
        return messages

    def last(self, topic: str, kind: type[Any]) -> Any:
        """The newest message of a topic."""
        return decode(next(payload for _, name, payload in reversed(self.sent) if name == topic), kind)


def connected() -> Line:
    """A site on mains, connected since second 10."""
    line = Line()
    line.poll(1, "genset", genset(1))
    line.poll(2, "meter", volts("meter", 230, 2))
    line.connect(10)
    return line
