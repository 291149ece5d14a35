"""The forms of one site, ready to be drawn: which there are now, what stands in them, what was filled in wrong."""

from msgspec import Struct, structs

from dashboard.core.access.people import Role
from dashboard.core.forms import machine, people
from dashboard.core.forms.fields import Choices, Field, Said
from dashboard.core.forms.form import RELAY, Form
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import AlarmRow
from dashboard.core.site.card import Card
from dashboard.core.site.needs import NeedRow
from dashboard.core.site.opening import StepRow

SHOWN_CHOICES = 6
"""More than these stand in a list that opens, fewer each with a target of its own."""


class Tried(Struct, frozen=True, kw_only=True):
    """A form that was sent and not taken: what was written, where it is wrong, and the sentence."""

    form: str
    values: dict[str, str]
    field: str
    sentence: str


class Choice(Struct, frozen=True, kw_only=True):
    """One answer that can be chosen."""

    value: str
    words: str
    chosen: bool


class FieldView(Struct, frozen=True, kw_only=True):
    """One field as drawn. `draw`: hidden, line, long, number, when, radios or list."""

    id: str
    name: str
    draw: str
    label: str
    hint: str
    value: str
    required: bool
    longest: int
    choices: tuple[Choice, ...]
    error: str


class FormView(Struct, frozen=True, kw_only=True):
    """One form as drawn. `error` is a sentence about the whole of it. `signed`: who is signed in, and so sends it."""

    id: str
    address: str
    title: str
    intro: str
    button: str
    fields: tuple[FieldView, ...]
    who: str
    who_error: str
    error: str
    opened: bool
    signed: str = ""
    page_token: str = ""


class Group(Struct, frozen=True, kw_only=True):
    """Forms that belong together."""

    id: str
    title: str
    forms: tuple[FormView, ...]


GROUPS: dict[str, Said] = {
    "now": ("Så är det nu", "How it is now"),
    "point": ("Öppna och stänga punkten", "Opening and closing the point"),
    "set": ("Elverket", "The set"),
    "confirm": ("Bekräfta", "Confirm"),
}
GRAVE_S = 7200
"""What calls for somebody now rests no longer (the site refuses more)."""


_NOW = (people.POWER, people.FUEL, people.PEOPLE, people.DECLARE, people.NEED)


def groups(card: Card, reader: Reader, tried: Tried | None = None) -> tuple[Group, ...]:
    """All forms of a site's entry page, as its state is now."""
    drawn = {
        "now": [drawn_form(_relayed(one, reader), reader, tried) for one in _NOW],
        "point": _point(card, reader, tried),
        "set": _set(card, reader, tried),
        "confirm": _confirm(card, reader, tried),
    }
    if card.wants_time:
        drawn["now"].insert(0, drawn_form(people.SET_CLOCK, reader, tried))
    return tuple(Group(id=key, title=_said(GROUPS[key], reader), forms=tuple(one)) for key, one in drawn.items())


def _relayed(form: Form, reader: Reader) -> Form:
    """At the centre a report asks who told of it; at the site whoever writes has seen it."""
    if form.address != "reports" or reader.at_site:
        return form
    return structs.replace(form, fields=(*form.fields, RELAY))


def alarm_forms(alarm: AlarmRow, reader: Reader, tried: Tried | None = None) -> tuple[FormView, ...]:
    """What can be done about one alarm: acknowledge it first, else lay it aside or take it back."""
    known = {
        "key": alarm.key,
        "device": alarm.device,
        "raised_run": alarm.raised_run,
        "raised_seq": str(alarm.raised_seq),
    }
    if not reader.acts:
        return ()
    shown = [machine.ACK] if alarm.needs_ack else []
    if alarm.key == link_alarm.KEY:
        pass  # the site knows nothing of it, and can lay nothing aside
    elif alarm.shelved:
        shown.append(machine.UNSHELVE)
    elif alarm.out_of_service:
        shown.append(machine.BACK)
    else:
        shown += [_shelving(alarm), machine.OUT]
    return tuple(drawn_form(one, reader, tried, known, of=alarm.anchor) for one in shown)


def _shelving(alarm: AlarmRow) -> Form:
    """Laying aside, for no longer than the site allows."""
    if alarm.priority > 1:
        return machine.SHELVE
    times = next(one.choices for one in machine.SHELVE.fields if one.name == "for_s")
    return _choosing(machine.SHELVE, "for_s", tuple(one for one in times if int(one[0]) <= GRAVE_S))


def need_forms(need: NeedRow, reader: Reader, tried: Tried | None = None) -> tuple[FormView, ...]:
    """What can be said of one need. That it is read only the municipality can say."""
    if need.waiting or need.solved or not reader.acts:
        return ()
    owner = reader.at_site or reader.person.role is Role.OWNER
    shown = [people.NEED_SOLVED] if owner or need.read else [people.NEED_READ, people.NEED_SOLVED]
    return tuple(drawn_form(one, reader, tried, {"need": need.id}, of=need.id) for one in shown)


def _point(card: Card, reader: Reader, tried: Tried | None) -> list[FormView]:
    """Asking, answering, the next steps, opening or closing."""
    chosen = _choices(card)
    drawn = [] if card.opening.asked else [drawn_form(people.CALL_OUT, reader, tried)]
    if chosen:
        drawn.append(drawn_form(_choosing(people.ANSWER, "activator", chosen), reader, tried))
    drawn += [step_form(step, reader, tried) for step in card.opening.steps if not step.done and not step.blocked]
    return [*drawn, drawn_form(people.CLOSE if card.active else people.OPEN, reader, tried)]


def step_form(step: StepRow, reader: Reader, tried: Tried | None) -> FormView:
    """One step in the site's own words; where the list asks for it, where the switch stands."""
    form = people.STEP
    if step.stands_at:
        # the site refuses any other, and says what to do; with one answer only nobody would look
        other = reader.t("position_other")
        both = ((step.stands_at, (step.stands_at, step.stands_at)), (other, (other, other)))
        form = _choosing(people.STEP_AT, "position", both)
    form = structs.replace(form, title=(step.words, step.words))
    return drawn_form(form, reader, tried, {"step": step.id}, of=step.id)


def _set(card: Card, reader: Reader, tried: Tried | None) -> list[FormView]:
    """Fuel, runs, visits."""
    drawn = [drawn_form(one, reader, tried) for one in (machine.DELIVERY, machine.RUN)]
    if card.verdict.run:
        drawn.append(drawn_form(machine.RUN_NOTE, reader, tried, {"run_id": card.verdict.run.id}))
    return [*drawn, drawn_form(machine.VISIT, reader, tried)]


def run_note(run: str, anchor: str, reader: Reader) -> tuple[FormView, ...]:
    """Who ran it, and a comment; only for whoever acts for the site. `anchor` tells the forms of a page apart."""
    if not reader.acts:
        return ()
    named = structs.replace(machine.RUN_NOTE, title=(reader.t("run_note"), reader.t("run_note")))
    return (drawn_form(named, reader, None, {"run_id": run}, of=anchor),)


def _confirm(card: Card, reader: Reader, tried: Tried | None) -> list[FormView]:
    """Requirements, checks, people and their absences."""
    drawn = [drawn_form(machine.CONFIRM_SOT, reader, tried)]
    asked = [row.check for row in card.verdict.reasons]
    checks = sorted(machine.CHECKS, key=lambda one: one[0].removeprefix("check:") not in asked)
    drawn.append(drawn_form(_choosing(machine.CONFIRM_CHECK, "what", tuple(checks)), reader, tried))
    chosen = _choices(card)
    if chosen:
        named = tuple((f"activator:{one}", words) for one, words in chosen)
        drawn.append(drawn_form(_choosing(machine.CONFIRM_ACTIVATOR, "what", named), reader, tried))
        drawn.append(drawn_form(_choosing(machine.ABSENCE, "activator", chosen), reader, tried))
    return drawn


def _choices(card: Card) -> Choices:
    """The people who can be called."""
    return tuple((one.id, (one.name, one.name)) for one in card.activators)


def _choosing(form: Form, name: str, choices: Choices) -> Form:
    """The form with the choices that only the site knows."""
    fields = tuple(structs.replace(one, choices=choices) if one.name == name else one for one in form.fields)
    return structs.replace(form, fields=fields)


def drawn_form(
    form: Form, reader: Reader, tried: Tried | None = None, known: dict[str, str] | None = None, of: str = ""
) -> FormView:
    """A form with what stands in it. `of` tells forms of one kind apart; its id goes back with what is sent."""
    name = f"{form.id}.{of}" if of else form.id
    mine = tried if tried is not None and tried.form == name else None
    values = {**(known or {}), **(mine.values if mine else {})}
    wrong = mine.field if mine else ""
    fields = tuple(_field(one, name, values, mine, reader) for one in form.fields)
    at_a_field = wrong == "who" or wrong in [one.name for one in fields if one.draw != "hidden"]
    return FormView(
        id=name,
        address=form.address,
        title=_said(form.title, reader),
        intro=_said(form.intro, reader),
        button=_said(form.button, reader),
        fields=fields,
        who=values.get("who", ""),
        who_error=mine.sentence if mine and wrong == "who" else "",
        error=mine.sentence if mine and not at_a_field else "",
        opened=mine is not None,
        signed=reader.person.name,
        page_token=reader.page_token,
    )


def _field(field: Field, form: str, values: dict[str, str], tried: Tried | None, reader: Reader) -> FieldView:
    value = values.get(field.name, field.value)
    choices = field.choices
    if field.kind == "yesno":
        words = [("yes", reader.t("yes")), ("no", reader.t("no"))]
    else:
        words = [(one, _said(said, reader)) for one, said in choices]
    if words and not field.required and not field.value:
        words.append(("", reader.t("not_said")))
    label = _said(field.label, reader)
    return FieldView(
        id=f"{form}.{field.name}",
        name=field.name,
        draw=_drawn(field, len(words)),
        label=label,
        hint=_said(field.hint, reader),
        value=value,
        required=field.required,
        longest=field.longest,
        choices=tuple(Choice(value=one, words=said, chosen=one == value) for one, said in words),
        error=tried.sentence if tried and tried.field == field.name else "",
    )


def _drawn(field: Field, choices: int) -> str:
    if field.kind in ("choice", "yesno"):
        return "radios" if choices <= SHOWN_CHOICES else "list"
    return {"fixed": "hidden", "text": "line", "long": "long", "when": "when"}.get(field.kind, "number")


def _said(words: Said, reader: Reader) -> str:
    return words[0] if reader.language == "sv" else words[1]
