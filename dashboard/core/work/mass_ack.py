"""Acknowledging all alarms of an incident in one press: one order for each alarm that the person has seen."""

import hashlib
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from contract.messages import Alarm
from contract.orders import AckAlarm, Order
from contract.words import Event
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import UNACKED, acked_here
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.work.ownership import AckTried

MOST = 500
"""In one press; more is no list that anybody has read."""


class Named(Struct, frozen=True, kw_only=True):
    """One alarm as a page names it."""

    site: str
    key: str
    device: str
    run: str
    seq: int

    @property
    def text(self) -> str:
        """As it stands in the form."""
        return "|".join((self.site, self.key, self.device, self.run, str(self.seq)))

    def order(self, comment: str) -> AckAlarm:
        """What goes to the site."""
        return AckAlarm(
            key=self.key, device=self.device, raised_run=self.run, raised_seq=self.seq, comment=comment
        )  # fmt: skip


class TriedRow(Struct, frozen=True, kw_only=True):
    """What came of one. `role`: good done, unknown waits, bad not done."""

    site: str
    place: str
    alarm: str
    words: str
    role: str


def open_alarms(
    alarms: Mapping[str, Iterable[Alarm]], pending: Mapping[str, tuple[Order, ...]]
) -> list[Named]:  # fmt: skip
    """Those that wait for somebody to acknowledge them, the most urgent first. `pending`: what is on its way to a site
    is done here, and waits there.
    """
    found = [
        (one.priority, Named(site=site, key=one.key, device=one.device, run=one.raised_run, seq=one.raised_seq))
        for site, told in alarms.items()
        for one in told
        if one.state in UNACKED and one.raised_seq >= 1 and not acked_here(one, pending.get(site, ()))
    ]
    return [named for _, named in sorted(found, key=lambda one: one[0])]


def named(text: str) -> list[Named] | None:
    """The alarms that a form names; None when that is no such list."""
    found = []
    for line in text.split():
        parts = line.split("|")
        if len(parts) != 5 or not (parts[4].isascii() and parts[4].isdigit() and len(parts[4]) < 16):
            return None
        found.append(Named(site=parts[0], key=parts[1], device=parts[2], run=parts[3], seq=int(parts[4])))
    return found if len(found) <= MOST else None


def order_key(press: str, one: Named) -> str:
    """The key of one order of a press: the same press again is the same orders."""
    return f"m-{hashlib.sha256(f'{press}|{one.text}'.encode()).hexdigest()[:40]}"


def tried_rows(
    tried: Iterable[AckTried], answers: Mapping[str, str | None], place: Callable[[str], str],
    silent: Callable[[str], bool], reader: Reader,
) -> list[TriedRow]:  # fmt: skip
    """What came of each so far, what failed first. `answers`: of an order, None while it waits, else the event or why
    the site refused it."""
    order = {"bad": 0, "unknown": 1, "good": 2}
    rows = [_row(one, answers, place, silent, reader) for one in tried]
    return sorted(rows, key=lambda row: (order[row.role], row.place, row.alarm))


def _row(
    one: AckTried, answers: Mapping[str, str | None], place: Callable[[str], str], silent: Callable[[str], bool],
    reader: Reader,
) -> TriedRow:  # fmt: skip
    words, role = _came_of(one, answers, silent, reader)
    name = alarm_name(one.alarm, reader.language)
    return TriedRow(site=one.site, place=place(one.site), alarm=name, words=words, role=role)


def _came_of(
    one: AckTried, answers: Mapping[str, str | None], silent: Callable[[str], bool], reader: Reader
) -> tuple[str, str]:
    if one.fault:
        return reader.t("work_ack_failed", why=reader.t(f"work_ack_fault_{one.fault}")), "bad"
    if one.order == "here":
        return reader.t("work_ack_here"), "good"
    answer = answers.get(one.order)
    if answer is None:
        return reader.t("work_ack_waits_silent" if silent(one.site) else "work_ack_waits"), "unknown"
    if answer == Event.ORDER_DONE:
        return reader.t("work_ack_here"), "good"
    return reader.t("work_ack_failed", why=answer), "bad"
