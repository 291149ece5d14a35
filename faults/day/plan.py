"""What the authorities say in one day: the script that is played, and with it what is true at every moment.

Nothing here knows how a kiosk thinks: a message holds from when it was said until it was replaced, called off, taken
away or has run out. Each text stands in one message alone, so that a screen's words tell which message they are from.
"""

from dataclasses import dataclass
from typing import Any, Literal

Feed = Literal["vma", "smhi", "krisinformation", "municipality"]
Do = Literal["alert", "update", "cancel", "gone"]
SOURCES: tuple[Feed, ...] = ("vma", "smhi", "municipality")
"""Who warns."""
HERE, COUNTY, COUNTRY, ELSEWHERE = "2321", "23", "00", "0180"
OUTLINE = [[63.0, 12.0], [63.0, 14.5], [64.2, 14.5], [64.2, 12.0]]
"""Round the village: latitude, longitude."""
VMA_EXPIRES_H = 48.0
"""After the day: VMA end by a cancel here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that somebody says at `at_h`. `matter`: what it is about; `text`: its words, in no other message.

    `ends_h`: when it runs out. `level`: SMHI's, or the municipality's severity. `real`: False for an exercise.
    """

    at_h: float
    source: Feed
    do: Do = "alert"
    matter: str
    text: str = ""
    level: str = ""
    real: bool = True
    area: str = HERE
    ends_h: float | None = None

    @property
    def warns(self) -> bool:
        """Is it a real warning for this place?"""
        return self.real and self.here and self.level != "MESSAGE" and self.source != "krisinformation"

    @property
    def here(self) -> bool:
        """Is it meant for this place?"""
        return self.area != ELSEWHERE

    @property
    def grave(self) -> int:
        """The order in which messages come before each other on a screen."""
        if self.source == "vma":
            return 6
        return {"RED": 5, "ORANGE": 4, "YELLOW": 3, "severe": 4}.get(self.level, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of so many hours, and all that is said in it, in order."""

    hours: float
    says: tuple[Said, ...]

    def holding(self, source: Feed, at_h: float) -> frozenset[Said]:
        """What this source's list holds for this place at that hour, whether it has run out or not."""
        found: dict[str, Said] = {}
        for one in self.says:
            if one.source == source and one.at_h <= at_h:
                found.pop(one.matter, None)
                if one.do in ("alert", "update") and one.here:
                    found[one.matter] = one
        return frozenset(found.values())

    def over(self, at_h: float) -> list[Said]:
        """What was called off or taken away by that hour, as it was said then."""
        return [one for one in self.says if one.do in ("cancel", "gone") and one.at_h <= at_h]

    def of_matter(self, matter: str) -> list[Said]:
        """Every wording of one matter."""
        return [one for one in self.says if one.matter == matter and one.text]


def _smhi(at_h: float, matter: str, text: str, level: str, ends_h: float, do: Do = "alert") -> Said:
    return Said(at_h=at_h, source="smhi", do=do, matter=matter, text=text, level=level, ends_h=ends_h, area=COUNTY)


LONG = Plan(24.0, (
    Said(at_h=0.5, source="krisinformation", matter="nyhet", text="Förbered dig på oväder", area=COUNTY),
    _smhi(1.0, "vind", "Gul vind", "YELLOW", 23.5),
    Said(at_h=2.4, source="vma", matter="siren", text="Sirenprov", real=False, area=COUNTRY),
    _smhi(3.0, "vind", "Orange storm", "ORANGE", 23.5, "update"),
    Said(at_h=3.7, source="vma", do="cancel", matter="siren", real=False, area=COUNTRY),
    Said(at_h=4.2, source="vma", matter="rök", text="Giftig rök"),
    Said(at_h=5.0, source="vma", matter="annorstädes", text="Brand i Påhittstad", area=ELSEWHERE),
    Said(at_h=6.2, source="vma", do="update", matter="rök", text="Rök och explosionsrisk"),
    Said(at_h=7.2, source="municipality", matter="vatten", text="Koka vattnet", level="severe", ends_h=19.0),
    Said(at_h=8.0, source="smhi", matter="brandrisk", text="Risk för skogsbrand", level="MESSAGE", area=COUNTY,
         ends_h=23.9),
    Said(at_h=9.2, source="vma", do="cancel", matter="rök"),
    _smhi(10.5, "flöde", "Höga flöden", "RED", 17.5),
    Said(at_h=12.0, source="smhi", do="gone", matter="vind", area=COUNTY),
    Said(at_h=16.8, source="municipality", do="update", matter="vatten", text="Koka vattnet, tankbil vid affären",
         level="severe", ends_h=20.0),
    Said(at_h=18.0, source="smhi", do="gone", matter="flöde", area=COUNTY),
    Said(at_h=20.8, source="vma", matter="ammoniak", text="Utsläpp av ammoniak", area=COUNTY),
    Said(at_h=22.2, source="vma", do="cancel", matter="ammoniak"),
    Said(at_h=22.4, source="smhi", do="gone", matter="brandrisk", area=COUNTY),
))  # fmt: skip
"""Four warnings that take the screen and more, updates, cancels, an exercise, what is meant for others, and news."""

SHORT = Plan(3.4, (
    _smhi(0.2, "vind", "Gul vind", "YELLOW", 3.3),
    Said(at_h=0.5, source="vma", matter="rök", text="Giftig rök"),
    Said(at_h=0.8, source="municipality", matter="vatten", text="Koka vattnet", level="severe", ends_h=2.3),
    Said(at_h=0.9, source="vma", matter="siren", text="Sirenprov", real=False, area=COUNTRY),
    _smhi(1.0, "vind", "Orange storm", "ORANGE", 3.3, "update"),
    Said(at_h=1.2, source="vma", do="update", matter="rök", text="Rök och explosionsrisk"),
    _smhi(1.5, "flöde", "Höga flöden", "RED", 3.3),
    Said(at_h=1.7, source="vma", do="cancel", matter="siren", real=False, area=COUNTRY),
    Said(at_h=1.9, source="vma", do="cancel", matter="rök"),
    Said(at_h=2.1, source="smhi", do="gone", matter="vind", area=COUNTY),
    Said(at_h=2.4, source="smhi", do="gone", matter="flöde", area=COUNTY),
))  # fmt: skip
"""Four warnings, two updates and a cancel, in half a minute."""


def feed_steps(plan: Plan) -> list[dict[str, Any]]:
    """The plan as steps of the local feed server; the municipality speaks by another road."""
    steps: list[dict[str, Any]] = []
    newest: dict[str, str] = {}
    for number, one in enumerate(plan.says):
        step: dict[str, Any] = {"at_s": round(3600 * one.at_h, 3), "do": one.source}
        if one.source == "vma":
            name = f"{one.matter}-{number}"
            step |= {"name": name, "status": "Actual" if one.real else "Exercise", "type": one.do, "areas": [one.area]}
            step |= {"replaces": newest[one.matter]} if one.do != "alert" else {}
            step |= {} if one.do == "cancel" else _vma_words(one)
            newest[one.matter] = name
        elif one.do == "gone":
            step |= {"do": "gone", "feed": one.source, "name": one.matter}
        elif one.source == "smhi":
            first_h = next(other.at_h for other in plan.says if other.matter == one.matter)
            step |= {"name": one.matter, "level": one.level, "event": one.text, "sv": f"{one.text}."}
            step |= {"areas": [one.area], "outline": OUTLINE, "ends_h": (one.ends_h or plan.hours) - first_h}
        elif one.source == "krisinformation":
            step |= {"name": one.matter, "headline": one.text, "sv": f"<p>{one.text}.</p>", "areas": ["Jämtlands län"]}
        else:
            continue
        steps.append(step)
    return steps


def _vma_words(one: Said) -> dict[str, Any]:
    text = f"Viktigt meddelande till allmänheten.\n\n{one.text}. Gå inomhus.\n\nLyssna på Sveriges Radio P4."
    return {"event": one.text, "sv": text, "expires_h": VMA_EXPIRES_H}
