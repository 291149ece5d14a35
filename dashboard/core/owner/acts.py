"""What people at a site may do from the phone: short forms behind large buttons, two presses each.

They are the forms of the entry page with fewer fields, under the same ids and addresses; a notice has its own here.
"""

from msgspec import Struct, structs

from contract.messages import NoticeNow
from dashboard.core.forms import entry, machine, own, people
from dashboard.core.forms.entry import FormView, Tried
from dashboard.core.forms.form import Form
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card


class Act(Struct, frozen=True, kw_only=True):
    """One large button, and the forms behind it. `known`: what to read first, a line each."""

    id: str
    title: str
    forms: tuple[FormView, ...]
    known: tuple[str, ...] = ()

    @property
    def opened(self) -> bool:
        """Was one of its forms just sent and not taken?"""
        return any(form.opened for form in self.forms)


def acts(card: Card, notices: tuple[NoticeNow, ...], reader: Reader, tried: Tried | None = None) -> tuple[Act, ...]:
    """All that this reader may do; nothing for one who only reads."""
    if not reader.acts:
        return ()
    said = tuple(f"{one.name}: {one.word}" for one in card.opening.services)
    point = next(group.forms for group in entry.groups(card, reader, tried) if group.id == "point")
    clock = (people.SET_CLOCK,) if card.wants_time else ()
    drawn = (
        ("clock", clock, ()),
        ("refuel", (_short(machine.DELIVERY, "litres", "product"),), ()),
        ("visit", (machine.VISIT, _short(machine.RUN, "started_ms", "minutes", "voltage", "comment")), ()),
        ("services", (people.DECLARE,), said),
        ("need", (people.NEED,), tuple(f"{one.what}: {one.word}" for one in card.needs if not one.solved)),
    )
    found = {key: Act(id=key, title=reader.t(f"owner_act_{key}"), forms=_drawn(forms, reader, tried), known=known)
             for key, forms, known in drawn if forms}  # fmt: skip
    found["point"] = Act(id="point", title=reader.t("owner_act_point"), forms=point)
    found["notice"] = _notice(notices, reader, tried)
    order = ("clock", "refuel", "visit", "point", "services", "notice", "need")
    return tuple(found[key] for key in order if key in found)


def _short(form: Form, *names: str) -> Form:
    """The same form with fewer fields; what it leaves out may be left out there, too."""
    return structs.replace(form, fields=tuple(field for field in form.fields if field.name in names))


def _drawn(forms: tuple[Form, ...], reader: Reader, tried: Tried | None) -> tuple[FormView, ...]:
    return tuple(entry.drawn_form(one, reader, tried) for one in forms)


def _notice(notices: tuple[NoticeNow, ...], reader: Reader, tried: Tried | None) -> Act:
    """A new notice, and each that hangs there, to be taken away."""
    forms = [entry.drawn_form(own.NOTICE, reader, tried)]
    known = []
    for one in notices:
        until = reader.t("owner_until", when=reader.when(one.until_ms)) if one.until_ms is not None else ""
        known.append(" · ".join(part for part in (one.sv, until, reader.t("owner_local")) if part))
        title = (own.NOTICE_AWAY.title[0].format(text=one.sv[:60]), own.NOTICE_AWAY.title[1].format(text=one.sv[:60]))
        form = structs.replace(own.NOTICE_AWAY, title=title)
        forms.append(entry.drawn_form(form, reader, tried, {"notice": one.id, "sv": one.sv[:200] or "-"}, of=one.id))
    return Act(id="notice", title=reader.t("owner_act_notice"), forms=tuple(forms), known=tuple(known))
