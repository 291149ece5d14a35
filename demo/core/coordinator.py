"""What the coordinator's pages must say at a moment of the days: a judge that shares no code with the dashboard.

It reads the row of the overview as JSON and as words, and the parts of the site's page as words. Its own words are
those of the Swedish catalogue, written here once more: a page that changes them says so here first.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from contract.phrases import phrase
from contract.words import Power
from demo.core import reading
from demo.core.known import Fuel, Ground, Known, hours_fault
from demo.core.page_text import Part
from demo.core.settings import SITE

SHORT = {
    Power.ON_MAINS: "El från nätet",
    Power.ON_BATTERY: "På batteri",
    Power.STARTING: "Startar",
    Power.ON_RESERVE: "På reservkraft",
    Power.RETURNING: "Åter till nätet",
    Power.DEAD: "Strömlös",
    Power.UNKNOWN: "Vet inte",
}
COLOURS = {
    Power.ON_MAINS: "good",
    Power.ON_BATTERY: "remark",
    Power.STARTING: "remark",
    Power.ON_RESERVE: "reserve",
    Power.RETURNING: "reserve",
    Power.DEAD: "bad",
    Power.UNKNOWN: "unknown",
}
CARRIED = (Power.ON_RESERVE, Power.RETURNING)
NO_CONTACT, LAST_KNOWN, UNKNOWN = "Ingen kontakt", "Senast känt", "vet inte"
AS_HEARD = "Så var det när platsen senast hördes"
BROKER_AWAY = "Ingen kontakt med meddelandeservern"
FRAME = "SIMULERING"
NO_POWER, MAINS_LOST = "Strömlöst på platsen", "Strömmen från nätet är borta"
SETTLED_S = 2400.0
"""An alarm waits before it calls, and a site polls: so long after a change nothing is asked of the alarms."""


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """What was got: the row of `/api/overview`, the parts of `/` and of the site's page."""

    row: Mapping[str, Any]
    overview: Mapping[str, Part]
    site: Mapping[str, Part]

    @property
    def words(self) -> str:
        """The row in a table: the state, and since when."""
        row = self.overview.get(f"row-{SITE}")
        state = self.overview.get(".row-state")
        if row is None or state is None:
            return "no row"
        return state.text if row.contact == "yes" else f"{state.text} (senast: {self.row['word']})"


def faults(pages: Pages, known: Known, ground: Ground) -> list[str]:
    """A sentence for each thing that is not as it must be."""
    names = (f"row-{SITE}", ".row-state", ".row-fuel", "panel-state", "panel-alarms", "panel-readiness", "panel-needs")
    gone = [name for name in names if name not in {**pages.site, **pages.overview}]
    if gone:
        return [f"the page has no {name}" for name in gone]
    found = [
        *_state(pages, known),
        *_since(pages, known, ground),
        *_fuel(pages, known, ground.fuel),
        *_alarms(pages, known),
        *_silence(pages, known, ground.late_s),
        *_readiness(pages, known),
        *_point(pages, known),
        *_frames(pages),
    ]
    return [f"coordinator: {one}" for one in found]


def _state(pages: Pages, known: Known) -> list[str]:
    """The state as a badge on both pages; without contact its own badge, what was known last, and an estimate."""
    row, panel = pages.overview[f"row-{SITE}"], pages.site["panel-state"]
    badge = pages.overview[".row-state"]
    if known.reachable:
        here = ((badge, SHORT[known.power]), (panel, phrase("power", known.power)))
        found = _unsaid(here) + _said(((row, NO_CONTACT), (panel, NO_CONTACT)))
        colour = COLOURS[known.power]
        return found + ([] if badge.roles[:1] == [colour] else [f"the row is painted {badge.roles[:1]}, not {colour}"])
    heard = known.heard or known
    wanted = (
        (badge, NO_CONTACT), (row, f"{LAST_KNOWN}: {SHORT[heard.power]}"), (panel, NO_CONTACT),
        (panel, f"{LAST_KNOWN}: {phrase('power', heard.power)}"), (row, "Beräknat nu:"),
    )  # fmt: skip
    found = _unsaid(wanted)
    if badge.roles != ["unknown"]:
        found.append(f"the row is painted {badge.roles} without contact")
    if heard.power is Power.DEAD and known.by_hand:
        found += _unsaid(((row, "troligen utan ström"), (row, "startas för hand")))
    told = pages.overview.get(".summary")
    return found + ([] if told and "1 utan kontakt" in told.text else ["the summary does not count it as lost"])


def _since(pages: Pages, known: Known, ground: Ground) -> list[str]:
    """Since when: not before it was so, and not later than the site could see it."""
    then = known if known.reachable else known.heard or known
    said = str(pages.row["since"])
    if then.since_s is None or "okänd" in said:
        return []
    seen_s = then.box_since_s + ground.boot_s if then.box_since_s > then.since_s else then.since_s
    latest_s = seen_s + ground.late_s
    if reading.between(said, ground.begins_wall_ms, then.since_s - 60, latest_s):
        return []
    return [f"“{said}”, but it is so since {then.since_s / 3600:.2f} h"]


def _fuel(pages: Pages, known: Known, fuel: Fuel) -> list[str]:
    """The interval holds the truth at the load it names; without contact that of when it was heard, and says so."""
    part, told = pages.overview[".row-fuel"], pages.row["fuel"]
    if told is None or not told["between"]:
        return _unsaid(((part, UNKNOWN),))
    then = known if known.reachable else known.heard or known
    fault = hours_fault(str(told["between"]), pages.site["panel-state"].text, then.hours, fuel)
    wrong = [fault] if fault else []
    if not known.reachable and not any(one in part.text for one in (LAST_KNOWN, "Beräknat")):
        wrong.append("fuel stands as if of now, without contact")
    return wrong


def _alarms(pages: Pages, known: Known) -> list[str]:
    """What stands: no power, no mains. What is over says so. Nobody has acknowledged anything in these days."""
    then = known if known.reachable else known.heard or known
    row, panel = pages.overview[f"row-{SITE}"], pages.site["panel-alarms"]
    found = _said(((row, "Inga larm"),)) if then.since_s is not None else []
    if not known.reachable:
        found += _unsaid(((panel, AS_HEARD), (row, "om fler: vet inte")))
    elif AS_HEARD in panel.text:
        found.append("the alarms are said to be old")
    if then.since_s is None or then.at_s - max(then.since_s, then.box_since_s) < SETTLED_S:
        return found
    standing = {NO_POWER: then.power is Power.DEAD, MAINS_LOST: then.power is not Power.ON_MAINS}
    for name, stands in standing.items():
        rows = [part.text for key, part in pages.site.items() if key.startswith("alarm-")]
        there = any(text.startswith(name) and "borta" not in text.removeprefix(name) for text in rows)
        if there is not stands:
            found.append(f"the alarm “{name}” {'stands' if there else 'does not stand'}")
    if int(pages.row["unacked"]) < sum(standing.values()):
        found.append(f"{pages.row['unacked']} alarms wait for somebody, too few")
    return found


def _silence(pages: Pages, known: Known, late_s: float) -> list[str]:
    """How long ago it was heard, and whether the centre's own broker is there."""
    notice = pages.overview.get("panel-notices")
    said = bool(notice and BROKER_AWAY in notice.text)
    wrong = [] if said is not known.link else [f"“{BROKER_AWAY}” {'stands' if said else 'does not stand'} there"]
    part = pages.overview.get(".row-heard")
    age_s = reading.age_s(part.text) if part else None
    if age_s is None:
        return [*wrong, "no age of contact"]
    true_s = 0.0 if known.heard_s is None else known.at_s - known.heard_s
    # an age of a day and more is told in whole hours
    if not true_s - late_s - 3600 * (true_s > 86_400) <= age_s <= true_s + late_s:
        wrong.append(f"heard {age_s / 3600:.1f} h ago, true are {true_s / 3600:.1f} h")
    return wrong


def _readiness(pages: Pages, known: Known) -> list[str]:
    """Nobody has promised to come and start this set, so it is never ready; without contact it is not known.

    While the set carries the site nobody has to come, and it is the rest that is remarked on.
    """
    row, panel = pages.overview[f"row-{SITE}"], pages.site["panel-state"]
    if not known.reachable:
        return _unsaid(((row, "Beredskap: vet inte"), (panel, "Beredskap vet inte")))
    if not known.by_hand:
        return []
    if known.power in CARRIED:
        return [] if row.says("Anmärkning") or row.says("Inte redo") else ["the row says that the site is ready"]
    return _unsaid(((row, "Inte redo"), (panel, "Inte redo")))


def _point(pages: Pages, known: Known) -> list[str]:
    """Nobody has asked for the crisis point; what people at the site need is known when it could come here."""
    opening, needs = pages.site.get("panel-opening"), pages.site["panel-needs"]
    wrong = [] if opening and "Inte öppnad" in opening.text else ["the point is not said to be closed"]
    if known.reachable:
        wrong += _unsaid(tuple((needs, one) for one in known.needs))
        wrong += [f"{pages.row['needs']} needs in the row, told are {len(known.needs)}"] * (
            pages.row["needs"] != len(known.needs)
        )
    return wrong + ([] if known.reachable or AS_HEARD in needs.text else ["needs stand as if of now"])


def _frames(pages: Pages) -> list[str]:
    parts = ((pages.overview[f"row-{SITE}"], FRAME), (pages.site["panel-state"], FRAME))
    return _unsaid(parts)


def _unsaid(wanted: tuple[tuple[Part, str], ...]) -> list[str]:
    return [f"{part.name} does not say “{words}”" for part, words in wanted if not part.says(words)]


def _said(barred: tuple[tuple[Part, str], ...]) -> list[str]:
    return [f"{part.name} says “{words}”" for part, words in barred if part.says(words)]
