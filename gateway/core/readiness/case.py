"""What a check of the readiness is given to look at, and the words in which it answers."""

import msgspec

from contract.judgement import Endurance
from contract.words import Basis, Power, Quality
from gateway.core.facts import Facts
from gateway.core.moments import believed_ms
from gateway.core.power.evidence import Evidence
from gateway.core.readiness.found import Checked, Finding, Outcome
from gateway.core.remembered import Memory
from gateway.core.set_words import AT_REST
from gateway.core.site import Now, Site

DAY_MS = 86_400_000
HOLDING_WORDS = ("warning", "shutdown", "trip", "controlled_shutdown", "indication_active")
CLEAR_WORDS = ("inactive", "indication_inactive")
"""Of a controller's own alarms; `disabled` says nothing of the condition."""


class Said(msgspec.Struct, frozen=True):
    """What instruments or records say. A check that cannot tell says None, or MISSING with a reason of its own."""

    outcome: Outcome
    reason: str = ""
    detail: str = ""
    basis: Basis = Basis.MEASURED


OK = Said(Outcome.OK)
OK_REPORTED = Said(Outcome.OK, basis=Basis.REPORTED)


def remark(reason: str, detail: str = "", basis: Basis = Basis.MEASURED) -> Said:
    """Not as it should be; the site may still carry itself."""
    return Said(Outcome.REMARK, reason, detail, basis)


def fail(reason: str, detail: str = "", basis: Basis = Basis.MEASURED) -> Said:
    """With this the site does not carry itself."""
    return Said(Outcome.FAIL, reason, detail, basis)


def missing(reason: str, detail: str = "") -> Said:
    """Nobody knows, and this is why."""
    return Said(Outcome.MISSING, reason, detail, Basis.MISSING)


class Case(msgspec.Struct, frozen=True):
    """The site in one step, as the checks see it."""

    site: Site
    facts: Facts
    now: Now
    was: Checked

    @property
    def memory(self) -> Memory:
        """What survives a restart."""
        return self.site.memory

    @property
    def evidence(self) -> Evidence:
        """What is known of the power."""
        return self.site.evidence

    @property
    def endurance(self) -> Endurance | None:
        """How long the fuel lasts."""
        return self.site.endurance

    @property
    def outage(self) -> bool:
        """Is the site without mains, or not yet back on them?"""
        return self.evidence.mains is False or self.memory.judged.outage

    @property
    def carrying(self) -> bool:
        """Does it turn and carry the site? Then the question is whether it can go on, not whether it starts."""
        return self.memory.judged.power in (Power.ON_RESERVE, Power.RETURNING) and not self.standing

    @property
    def standing(self) -> bool:
        """Nothing says that the set turns."""
        return self.evidence.engine is None or self.evidence.engine in AT_REST

    @property
    def wall_ms(self) -> int | None:
        """The wall clock, where it can be believed."""
        return believed_ms(self.now)

    def numbers(self, key: str) -> list[float | None]:
        """A signal of every device that has it, as numbers; None where it is fitted and missing."""
        found = self._fitted(key)
        return [None if value is None or isinstance(value, str) else float(value) for value in found]

    def lowest(self, key: str) -> float | None:
        """The lowest of all devices that have the signal; None when one of them is missing, or none has it."""
        found = self.numbers(key)
        known = [number for number in found if number is not None]
        return min(known) if known and len(known) == len(found) else None

    def flag(self, key: str) -> list[bool | None]:
        """A flag of every device that has it; None where it is fitted and missing."""
        return [None if number is None else number != 0 for number in self.numbers(key)]

    def alarm(self, key: str) -> list[bool | None]:
        """A condition that a controller names itself; one that it does not watch is left out."""
        found = self._fitted(f"alarm.{key}")
        watched = [word for word in found if word is None or word in HOLDING_WORDS or word in CLEAR_WORDS]
        return [None if word is None else word in HOLDING_WORDS for word in watched]

    def last(self, check: str) -> Finding | None:
        """What a check measured at the last look; None when it did not."""
        found = self.was.found.get(check)
        return found if found is not None and found.basis is Basis.MEASURED else None

    def stands_at(self, check: str, reason: str) -> bool:
        """Did this reason stand at the last look? A limit is left further out than it was entered."""
        found = self.was.found.get(check)
        return found is not None and found.reason == reason

    def _fitted(self, key: str) -> list[float | int | str | None]:
        values = []
        for device in self.facts.devices:
            value = self.site.values.get(device.name, {}).get(key)
            if value is not None and value.quality is not Quality.NOT_FITTED:
                values.append(value.value)
            elif value is None and key in device.signals:
                values.append(None)
        return values


def any_holds(said: list[bool | None]) -> bool | None:
    """True when one says so; None when none does and one is missing, or nobody was asked."""
    if any(said):
        return True
    return None if not said or None in said else False
