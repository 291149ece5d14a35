"""Which site needs somebody first, who needs diesel first, and one sentence for all of them."""

from collections import Counter
from collections.abc import Iterable

from contract.words import Power
from dashboard.core.overview.row import Row
from dashboard.core.reader import Reader

WORST = (Power.DEAD, Power.UNKNOWN, Power.ON_BATTERY, Power.ON_RESERVE, Power.STARTING, Power.RETURNING, Power.ON_MAINS)
NO_HOURS = 1e9


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """A call nobody answers, no power, probably no power, no contact, on reserve …; among them those whose fuel or
    battery ends soon, then alarms and readiness.
    """
    return sorted(rows, key=lambda one: (one.rank, one.place, one.id))


def overdue_risen(rows: Iterable[Row], overdue: frozenset[str]) -> list[Row]:
    """Worst first still, but among equally bad ones those first whose promised next time has passed."""
    return sorted(rows, key=lambda one: (one.rank[:2], one.id not in overdue))


def diesel_first(rows: Iterable[Row]) -> list[Row]:
    """Whose fuel ends first while it is burnt; then those of whom nobody knows it, then those that stand still."""
    return sorted(rows, key=_thirst)


def by_name(rows: Iterable[Row]) -> list[Row]:
    """As in a register."""
    return sorted(rows, key=lambda one: (one.place, one.id))


SORTS = {"worst": worst_first, "diesel": diesel_first, "name": by_name}


def _thirst(one: Row) -> tuple[int, float, tuple[int, ...], str, str]:
    group = 0 if one.burning and one.low_h is not None else 1 if one.burning or one.silent else 2
    hours = NO_HOURS if one.low_h is None else one.low_h
    return group, hours, one.rank, one.place, one.id


def summary(rows: list[Row], reader: Reader) -> str:
    """All sites in one sentence: how many, and what is not as it should be; an exercise in a sentence of its own."""
    worlds: dict[tuple[str, ...], list[Row]] = {}
    for one in rows:
        worlds.setdefault(one.frames, []).append(one)
    said = [_sentence(worlds.pop((), []), reader)] if () in worlds or not worlds else []
    said += [f"{', '.join(frames)}: {', '.join(_parts(worlds[frames], reader))}." for frames in sorted(worlds)]
    return " ".join(said)


def _sentence(rows: list[Row], reader: Reader) -> str:
    count = reader.t("count_one") if len(rows) == 1 else reader.t("count_many", n=len(rows))
    if rows and all(one.in_contact and one.power is Power.ON_MAINS and not one.call for one in rows):
        return f"{count}. {reader.t('all_well')}"
    parts = ", ".join(_parts(rows, reader))
    return f"{count}: {parts}." if parts else f"{count}."


def _parts(rows: list[Row], reader: Reader) -> list[str]:
    """How many there are of each kind, the worst first."""
    foretold = sum(bool(one.foretold) for one in rows)
    lost = sum(not one.in_contact for one in rows) - foretold
    powers = Counter(one.power for one in rows if one.in_contact)
    unanswered = sum(bool(one.call) for one in rows)
    parts = [reader.t("unanswered_some", n=unanswered)] if unanswered else []
    parts += [reader.t(f"state_{power.value}", n=powers[power]) for power in WORST if powers[power]]
    parts += [reader.t("lost_some", n=lost)] if lost else []
    told = sum(one.told_out for one in rows)
    parts += [reader.t("told_out_some", n=told)] if told else []
    parts += [reader.t("foretold_some", n=foretold)] if foretold else []
    return parts


def newest_at(rows: Iterable[Row]) -> int | None:
    """When any site was heard last, on the server's own clock."""
    return max((one.heard_at for one in rows if one.heard_at is not None), default=None)
