"""The radio line of a site as the owner's page shows it, and what a line that was typed in says, in words."""

from math import floor

import msgspec
from msgspec import Struct

from contract import radio
from contract.freshness import age_ms, hours_left
from contract.messages import SiteState
from contract.orders import Report
from contract.radio import BadLine, SiteFacts
from contract.words import NeedState, Power, Status
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sites import Site

SEEN = {Power.ON_MAINS: "mains", Power.ON_RESERVE: "reserve", Power.RETURNING: "reserve", Power.DEAD: "none"}
"""What a power state is in the words of a report; of the others nobody at the shop could be sure."""
LIMITS = {"hours": radio.MOST_HOURS, "litres": radio.MOST_LITRES, "people": radio.MOST_PEOPLE}


class RadioWords(Struct, frozen=True, kw_only=True):
    """The line in its groups, how each is said, and what it means. `frame`: exercise or test."""

    line: str
    groups: tuple[str, ...]
    spoken: tuple[str, ...]
    means: tuple[str, ...]
    frame: str


def radio_words(site: str, picture: SitePicture, reader: Reader) -> RadioWords:
    """What is to be read aloud for a site now: only what it says itself, and nothing of it while it is silent."""
    facts = radio_facts(site, picture, reader)
    line = radio.encode(facts)
    return RadioWords(
        line=line,
        groups=tuple(line.split()),
        spoken=radio.spelled(line, reader.language),
        means=meaning(facts, reader),
        frame="" if facts.status is Status.ACTUAL else reader.phrase("status", facts.status),
    )


def radio_facts(site: str, picture: SitePicture, reader: Reader) -> SiteFacts:
    """The facts of the line. What is old is not said to be so now: without contact the power is unknown."""
    place, state = radio.place_code(site), picture.state
    head = picture.head
    status = head.status if head is not None else Status.ACTUAL
    if state is None or not picture.in_contact(reader.now):
        return SiteFacts(place=place, observed_ms=reader.now.wall_ms, status=status)
    report = SiteFacts(
        place=place, observed_ms=reader.now.wall_ms, status=status, power=state.power,
        hours=_hours(state, picture, reader),
    )  # fmt: skip
    needs = tuple(dict.fromkeys(one.what for one in state.needs if one.state is not NeedState.SOLVED))
    people = [one.people for one in state.needs if one.people is not None and one.state is not NeedState.SOLVED]
    return msgspec.structs.replace(report, needs=needs, people=max(people, default=None))


def _hours(state: SiteState, picture: SitePicture, reader: Reader) -> int | None:
    if state.endurance is None:
        return None
    left = hours_left(state.endurance, state.power, age_ms(state.endurance.at, picture.contact, reader.now))
    return None if left is None else floor(max(0.0, left[0]))


def meaning(facts: SiteFacts, reader: Reader) -> tuple[str, ...]:
    """The line in words, part by part; what it leaves open is left out, but the power is always told."""
    said = [
        reader.t("radio_no_time") if facts.observed_ms is None else reader.t(
            "radio_time", when=reader.when(facts.observed_ms)
        ),
        reader.phrase("power", facts.power),
    ]  # fmt: skip
    for name, most in LIMITS.items():
        value = getattr(facts, name)
        if value is not None:
            said.append(reader.t(f"radio_{name}", n=f"{value}+" if value == most else value))
    if facts.needs:
        said.append(reader.t("radio_needs", needs=", ".join(reader.phrase("need", one).lower() for one in facts.needs)))
    return tuple(said)


def typed(line: str, sites: tuple[Site, ...], reader: Reader) -> tuple[SiteFacts, tuple[Site, ...]]:
    """What was typed in, and the sites whose code it bears (mostly one); raises BadOrder with what to ask for again."""
    try:
        facts = radio.decode(line[:200], reader.now.wall_ms)
    except BadLine as fault:
        raise BadOrder(_wrong(fault, reader), "line") from fault
    found = tuple(site for site in sites if radio.place_code(site.id) == facts.place)
    if not found:
        raise BadOrder(reader.t("radio_wrong_place", parts=_parts(("place",), reader)), "line")
    return facts, found


def _wrong(fault: BadLine, reader: Reader) -> str:
    if fault.reason == "length" and fault.parts:
        return reader.t("radio_wrong_group", parts=_parts(fault.parts, reader))
    if fault.reason == "length":
        return reader.t("radio_wrong_length", n=fault.told, all=radio.LENGTH)
    parts = _parts(fault.parts or radio.PARTS[:1], reader)
    return reader.t(f"radio_wrong_{fault.reason}", parts=parts, told=fault.told)


def _parts(parts: tuple[str, ...], reader: Reader) -> str:
    named = [
        reader.t("radio_group", n=radio.PARTS.index(part) + 1, part=reader.t(f"radio_part_{part}")) for part in parts
    ]
    return named[0] if len(named) == 1 else reader.t("radio_or", a=", ".join(named[:-1]), b=named[-1])


def report_of(facts: SiteFacts, reader: Reader) -> Report:
    """The line as a witness's report. What a report has no field for stands in its words."""
    rest = []
    if facts.power not in SEEN and facts.power is not Power.UNKNOWN:
        rest.append(reader.phrase("power", facts.power))
    if facts.hours is not None:
        rest.append(reader.t("radio_hours", n=facts.hours))
    if facts.needs:
        rest.append(reader.t("radio_needs", needs=", ".join(reader.phrase("need", one).lower() for one in facts.needs)))
    told = {
        "kind": "report", "observed_ms": facts.observed_ms or reader.now.wall_ms or 0, "power": SEEN.get(facts.power),
        "set_running": facts.set_running, "load_connected": facts.load_connected, "litres": facts.litres,
        "people_present": facts.people, "needs": ", ".join(rest), "doubt_minutes": 1,
    }  # fmt: skip
    return msgspec.convert(told, Report, strict=False)
