"""What to do now, in order: reach the box, ring, act on alarms, go on with the site's list, then what readiness asks.

Every word of what to do comes from the catalogues of alarms and reasons or from the site's own list; this program
words no work on electricity.
"""

from msgspec import Struct, structs

from dashboard.core.forms import entry
from dashboard.core.forms.entry import FormView, Tried
from dashboard.core.owner.sentence import Heard
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import AlarmRow
from dashboard.core.site.card import Card
from dashboard.core.site.opening import Ring

SHOWN = 5
"""More than these nobody reads in the cold; the rest is one press away."""


class Step(Struct, frozen=True, kw_only=True):
    """One thing to do. `form` does it here; `alarm` is what it is about, `more` what else is worth knowing."""

    words: str
    role: str
    do: str = ""
    more: str = ""
    form: FormView | None = None
    ring: Ring | None = None
    waiting: str = ""


class Steps(Struct, frozen=True, kw_only=True):
    """The steps that are shown, and how many more there are."""

    shown: tuple[Step, ...]
    more: int


def steps(card: Card, heard: Heard, reader: Reader, tried: Tried | None = None) -> Steps:
    """What to do now at a site."""
    standing = [one for one in card.alarms if not one.quiet and not one.cleared]
    over = [one for one in card.alarms if not one.quiet and one.cleared]
    found = [*_contact(heard, reader), *_ring(card), *(_alarm(one, reader, tried) for one in standing)]
    found += _list(card, reader, tried)
    said = {one.words for one in found}
    found += [Step(words=one.words, role=one.role, do=one.do) for one in card.verdict.reasons if one.words not in said]
    # what is over calls for nobody; it comes last, and does not read as if it stood
    found += [_over(_alarm(one, reader, tried), reader) for one in over]
    return Steps(shown=tuple(found[:SHOWN]), more=max(0, len(found) - SHOWN))


def _contact(heard: Heard, reader: Reader) -> list[Step]:
    """A box that is not heard: nothing below is of now."""
    if heard is Heard.NOW:
        return []
    return [Step(words=reader.t("owner_find_box"), role="unknown", do=reader.t("owner_find_box_do"))]


def _ring(card: Card) -> list[Step]:
    """Nobody has promised to come: whom to ring."""
    return [Step(words=card.opening.alarm, role="bad", ring=card.opening.ring)] if card.opening.alarm else []


def _over(step: Step, reader: Reader) -> Step:
    """An alarm whose fault is gone, and that nobody has acknowledged."""
    words = reader.t("owner_over", alarm=step.words)
    return structs.replace(step, words=words, role="information", do=reader.t("owner_over_do"))


def _alarm(alarm: AlarmRow, reader: Reader, tried: Tried | None) -> Step:
    forms = entry.alarm_forms(alarm, reader, tried)
    said = [alarm.device_name, alarm.since, alarm.cleared, alarm.detail, alarm.state.lower()]
    return Step(
        words=alarm.name,
        role={1: "bad", 2: "remark"}.get(alarm.priority, "information"),
        do=alarm.do,
        more=" · ".join(part for part in said if part),
        form=_bare(forms[0]) if forms and alarm.needs_ack else None,
        waiting=f"{alarm.waiting}, {reader.t('waiting')}" if alarm.waiting else "",
    )


def _bare(form: FormView) -> FormView:
    """One press: without what may be left out."""
    return structs.replace(form, fields=tuple(one for one in form.fields if one.required or one.draw == "hidden"))


def _list(card: Card, reader: Reader, tried: Tried | None) -> list[Step]:
    """The next step of the site's own list, while somebody opens the point; why it must wait, where it must."""
    if not card.opening.asked and not card.opening.alarm and card.opening.opening.value not in ("asked", "preparing"):
        return []
    one = next((step for step in card.opening.steps if not step.done), None)
    if one is None:
        return []
    said = reader.t("owner_list_step", words=one.words)
    if one.blocked:
        return [Step(words=said, role="bad", do=". ".join(part for part in (one.blocked, one.do) if part))]
    form = _bare(entry.step_form(one, reader, tried)) if reader.acts else None
    return [Step(words=said, role="information", more=card.opening.steps_count, form=form)]
