"""The forms of a site as drawn: what can be chosen where only the site knows."""

from typing import Any

import pytest

from contract.judgement import CallNow, StepNow
from contract.words import Opening
from dashboard.core.forms.entry import FieldView, groups


def _position(kall: Any, read: Any) -> FieldView:
    steps = (StepNow(id="s1", sv="Ställ omkopplaren", en="Set it", electrical=True, position="RESERV"),)
    card = kall.card(call=CallNow(opening=Opening.PREPARING, id="c", steps=steps))
    forms = {form.id: form for group in groups(card, read) for form in group.forms}
    return next(field for field in forms["step-at.s1"].fields if field.name == "position")


@pytest.mark.parametrize(("language", "other"), [("sv", "Något annat"), ("en", "Something else")])
def test_a_step_asks_where_the_switch_stands(kall: Any, reader: Any, language: str, other: str) -> None:
    """The position of the list and another one, which the site refuses: with one answer only nobody would look."""
    field = _position(kall, reader(language))

    assert ("radios", ["RESERV", other], [False, False]) == (
        field.draw, [one.words for one in field.choices], [one.chosen for one in field.choices],
    )  # fmt: skip
