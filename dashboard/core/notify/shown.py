"""What is being notified now, as the page says it. Acknowledged is never shown as handled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from contract.waking import Matter, Person, State
from contract.waking_step import caller, concerns
from dashboard.core.notify.own import OwnCall, of_matter
from dashboard.core.notify.people import Woken, persons
from dashboard.core.notify.several import led
from dashboard.core.reader import Reader
from dashboard.core.work.incidents import Incident


class MatterRow(Struct, frozen=True, kw_only=True):
    """One matter. `role`: what colour and shape it has; `mark`: what stands first when it is not for real; `own`: what
    its sites have done themselves."""

    what: str
    state: str
    role: str
    link: str
    mark: str
    own: tuple[str, ...] = ()


def matter_rows(
    state: State, people: list[Woken], reader: Reader, incidents: Iterable[Incident] = (),
    calls: Sequence[OwnCall] = (), named: Iterable[int] | None = None,
) -> list[MatterRow]:  # fmt: skip
    """What stands now, the gravest first, of what the reader may see; what is an incident leads to its page.

    `people`: all, also those that the reader does not look after; `named`: whose names are shown, None: all.
    """
    known = persons(people)
    shown = {one.number for one in people} if named is None else set(named)
    names = {str(one.number): one.name if one.number in shown else reader.t("notify_other") for one in people}
    standing = [one for one in state.matters if one.ended_ms is None and one.active and _sees(one, reader)]
    standing.sort(key=lambda one: one.worst.priority)
    rows = [(one, _row(led(one, incidents), names, known, reader)) for one in standing]
    return [replace(row, own=of_matter(one, calls, reader)) for one, row in rows]


def _minute(reader: Reader) -> int | None:
    if reader.now.wall_ms is None:
        return None
    here = datetime.fromtimestamp(reader.now.wall_ms / 1000, UTC).astimezone(reader.zone)
    return here.hour * 60 + here.minute


def _sees(matter: Matter, reader: Reader) -> bool:
    return any(reader.person.sees(cause.site) for cause in matter.causes)


def _row(matter: Matter, names: Mapping[str, str], known: tuple[Person, ...], reader: Reader) -> MatterRow:
    minute, worst = _minute(reader), matter.worst
    what = worst.sv if reader.language == "sv" else worst.en
    key = "notify_causes" if matter.sites > 1 else "notify_cause"
    asked = ", ".join(dict.fromkeys(names.get(one.person, reader.t("notify_gone")) for one in matter.asked))
    if matter.acked_ms is not None:
        role, told = "information", reader.t("notify_acked")
    elif asked:
        role, told = "bad", reader.t("notify_asked", names=asked)
    elif not any(concerns(one, matter) for one in known):
        role, told = "bad", reader.t("notify_away")
    elif not caller(known, matter, minute):
        role, told = "remark", reader.t("notify_asleep")
    else:
        role, told = "remark", reader.t("notify_holds")
    mark = "" if matter.status.value == "actual" else reader.phrase("waking", matter.status.value)
    return MatterRow(
        what=reader.t(key, n=matter.sites, place=worst.place, what=what),
        state=told,
        role=role,
        link=worst.link,
        mark=mark,
    )
