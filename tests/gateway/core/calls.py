"""A site whose people are called out: activators, a checklist, and a story that gives orders."""

import msgspec

from contract.judgement import Activator, CallNow
from contract.orders import CallOut, What
from contract.records import BODIES
from gateway.core.facts import CallFacts, StepFacts
from gateway.core.pipeline import Tick
from gateway.core.remembered import Memory
from gateway.core.site import Now

from .conftest import Story, at, facts, order

PEOPLE = tuple(Activator(id=name, name=name.title(), phone="070") for name in ("kim", "lo", "mika"))
LIST = (
    StepFacts(id="tell", sv="Ring kommunen", en="Ring the municipality"),
    StepFacts(id="switch", sv="Omkopplaren", en="The switch", electrical=True, position="Läge ELVERK"),
    StepFacts(id="cold", sv="Kylar", en="Coolers", electrical=True),
    StepFacts(id="pumps", sv="Pumpar", en="Pumps", electrical=True),
    StepFacts(id="sign", sv="Ställ ut skylten", en="Put out the sign"),
)
APPROVED = CallFacts(activators=PEOPLE, approved_by="Elfirman, behörig 1", approved_on="2026-03-01", steps=LIST)
MINE = ("called_out", "call_answered", "step_confirmed", "activation_changed", "entered", "order_done", "order_refused")


class Call(Story):
    """A story with a call-out at second 0."""

    def __init__(self, call: CallFacts = APPROVED, memory: Memory | None = None, *, asked: bool = True) -> None:
        super().__init__(facts(controller=None, devices=(), call=call), memory)
        self.number = 0
        if asked:
            self.say(at(0), CallOut(reason="Storm"))

    def say(self, now: Now, what: What, who: str = "Kim") -> list[str]:
        """One order; the kinds that it told."""
        self.number += 1
        told = self.step(now, order(self.number, what, entered_ms=now.wall_ms or 0, who=who))
        for one in told:
            msgspec.convert(msgspec.json.decode(msgspec.json.encode(one.body)), BODIES[one.kind])
        return [one.kind for one in told if one.kind in MINE]

    def wait(self, now: Now) -> CallNow:
        """Time passes until then; the call as it stands."""
        self.step(now, Tick())
        return self.call

    def refusal(self, now: Now, what: What) -> str:
        """The sentence with which an order is refused."""
        assert ["order_refused"] == self.say(now, what)
        return next(str(one.body["detail"]) for one in reversed(self.told) if one.kind == "order_refused")

    @property
    def call(self) -> CallNow:
        """The call now."""
        return self.site.memory.call

    def next(self, now: Now) -> str | None:
        """Whom to ring then."""
        turn = self.wait(now).call_next
        return None if turn is None else turn.id

    def awake(self) -> "Call":
        """The same site after a restart of the program."""
        again = Call(self.facts.call, self.restarted().site.memory, asked=False)
        again.number = self.number + 100
        return again


def blocked(story: Call) -> dict[str, str]:
    """What stands in the way of each step."""
    return {step.id: step.blocked for step in story.call.steps}
