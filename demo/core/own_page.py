"""What the site's own page must say at a moment of the days: the sentence, its colour, the first thing to do.

As `coordinator.py`, it shares no code with the dashboard; its words are those of the Swedish catalogue, once more.
"""

import re
from collections.abc import Mapping

from contract.words import Power
from demo.core import reading
from demo.core.coordinator import FRAME, MAINS_LOST, NO_POWER, SETTLED_S
from demo.core.known import Known
from demo.core.page_text import Part

Parts = Mapping[str, Part]
SENTENCES = {
    Power.DEAD: ("bad", "Det finns ingen ström på platsen."),
    Power.ON_BATTERY: ("remark", "Platsen går på batteri."),
    Power.STARTING: ("remark", "Elverket startar."),
    Power.ON_RESERVE: ("reserve", "Platsen går på elverket."),
    Power.RETURNING: ("reserve", "Platsen är på väg tillbaka till nätet."),
    Power.ON_MAINS: ("bad", "Elverket är inte redo."),
}
"""On mains: nobody has promised to come and start this set, so it is not ready."""
NOT_HEARD = ("Vi vet inte hur det är nu. Dosan hörs inte.", "Vi vet inte hur det är. Dosan har inte hörts.",
             "Vi vet inte hur det är än. Dosan har just startat.")  # fmt: skip
NO_CLOCK = "Platsen vet inte vad klockan är."
FIRST_DEAD = (NO_POWER, "Ring den som ska öppna punkten. Åk dit om ingen svarar.")
FIND_BOX = "Dosan hörs inte"


def faults(page: Parts | None, known: Known, late_s: float) -> list[str]:
    """A sentence for each thing that is not as it must be. `page`: None where nothing answers."""
    if not known.box:
        return [] if page is None else ["owner: the page answers from a box without power"]
    if page is None:
        return ["owner: the page does not answer"]
    gone = [name for name in ("panel-owner-now", "panel-owner-steps", ".sentence") if name not in page]
    found = [f"the page has no {name}" for name in gone]
    if not gone:
        found = _silent(page) if not known.broker else _heard(page, known, late_s)
        found += [] if page["content"].says(FRAME) else [f"does not say “{FRAME}”"]
    return [f"owner: {one}" for one in found]


def words(page: Parts | None) -> str:
    """The sentence, for a table."""
    if page is None:
        return "dark"
    return page[".sentence"].text if ".sentence" in page else "no sentence"


def _silent(page: Parts) -> list[str]:
    """The box is there, but nothing on it speaks: nothing may be shown as of now."""
    said, steps = page[".sentence"], page["panel-owner-steps"]
    found = [] if any(one in said.text for one in NOT_HEARD) else [f"says “{said.text}” while nothing speaks to it"]
    if said.roles[:1] != ["unknown"]:
        found.append(f"is painted {said.roles[:1]} while nothing speaks to it")
    return found if steps.says(FIND_BOX) else [*found, f"the first thing to do is not “{FIND_BOX}”"]


def _heard(page: Parts, known: Known, late_s: float) -> list[str]:
    now, said = page["panel-owner-now"], page[".sentence"]
    role, sentence = SENTENCES[known.power]
    found = [] if said.says(sentence) else [f"says “{said.text}”, right is “{sentence}”"]
    if said.roles[:1] != [role]:
        found.append(f"is painted {said.roles[:1]}, right is {role}")
    found += _fuel(said, known)
    if now.says(NO_CLOCK) is known.clock:
        found.append(f"“{NO_CLOCK}” {'stands' if known.clock else 'does not stand'} there")
    age_s = reading.age_s(now.text)
    if age_s is None or age_s > late_s:
        found.append(f"heard {'never' if age_s is None else f'{age_s:.0f} s ago'}, though the box speaks")
    return found + _first(page, known)


def _fuel(said: Part, known: Known) -> list[str]:
    """The least hours are true ones, and of use."""
    least = re.search(r"Bränsle för minst (\d+) timmar", said.text)
    if least is None:
        return [] if said.says("Hur länge bränslet räcker vet vi inte") else ["says nothing of how long the fuel lasts"]
    hours = float(least[1])
    if 0.5 * known.hours <= hours <= known.hours * (1 + reading.NEAR) + 1:
        return []
    return [f"fuel for at least {hours:.0f} h, true are {known.hours:.0f}"]


def _first(page: Parts, known: Known) -> list[str]:
    """What to do first is about what is so: a site without power, else no alarm that is over as if it stood."""
    steps = page["panel-owner-steps"]
    if known.at_s - max(known.since_s or 0.0, known.box_since_s) < SETTLED_S:
        return []
    if known.power is Power.DEAD:
        return [f"the first thing to do is not “{one}”" for one in FIRST_DEAD if not steps.says(one)]
    first = page[".what"].text if ".what" in page else ""
    over = [NO_POWER] if known.power is not Power.ON_MAINS else [NO_POWER, MAINS_LOST]
    return [f"the first thing to do is “{first}”, which is over" for name in over if first == name]
