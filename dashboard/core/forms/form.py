"""What a form is: where it is sent, its fields, its words. The forms themselves: `forms_people.py`, `forms_machine.py`.

A field has the name that the order has in `contract/orders.py`; programs may send the same orders without a form.
"""

from msgspec import Struct

from contract.phrases import phrase
from dashboard.core.forms.fields import Choices, Field, Said


class Form(Struct, frozen=True, kw_only=True):
    """One form. `address`: the end of where it is sent, a key of `orders.KINDS`."""

    id: str
    address: str
    title: Said
    intro: Said = ("", "")
    button: Said = ("Spara", "Save")
    fields: tuple[Field, ...] = ()


def phrased(group: str, words: list[str], prefix: str = "") -> Choices:
    """The words of one list of the contract, as choices."""
    return tuple((f"{prefix}{word}", (phrase(group, word, "sv"), phrase(group, word, "en"))) for word in words)


NOW_IF_EMPTY = ("Tomt betyder nu.", "Empty means now.")
SEEN = Field(name="observed_ms", kind="when", label=("När var det?", "When was it?"), hint=NOW_IF_EMPTY, past=True)
NOTE = Field(name="note", kind="text", label=("Anteckning", "Note"))
LONGEST_RELAY = 60
RELAY = Field(
    name="relay", kind="text", longest=LONGEST_RELAY, label=("Vem berättade det?", "Who told you?"),
    hint=("Lämna tomt om du har sett det själv.", "Leave empty if you saw it yourself."),
)  # fmt: skip
"""Of a report that is typed in at the centre: the witness is whoever saw it."""
