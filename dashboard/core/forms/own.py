"""Forms of the site's own page that no other page has: a local notice for the screen, and taking it away again."""

from dashboard.core.forms.fields import Field
from dashboard.core.forms.form import Form

LONGEST_NOTICE = 200
NOTICE = Form(
    id="notice",
    address="notices",
    title=("Anslag på skärmen", "Notice on the screen"),
    intro=(
        "Står på skärmen i butiken, märkt lokalt, och tas bort när tiden är ute.",
        "Stands on the screen in the shop, marked as local, and goes when its time is over.",
    ),
    button=("Visa på skärmen", "Show on the screen"),
    fields=(
        Field(
            name="sv", kind="long", required=True, longest=LONGEST_NOTICE, label=("Text", "Text in Swedish"),
            hint=("Högst 200 tecken. Skriv inga namn på personer.", "At most 200 characters. Name nobody."),
        ),
        Field(name="en", kind="long", longest=LONGEST_NOTICE, label=("På engelska", "Text in English")),
        Field(
            name="for_h", kind="choice", required=True, value="4", label=("Hur länge?", "How long?"),
            choices=(
                ("1", ("1 timme", "1 hour")),
                ("4", ("4 timmar", "4 hours")),
                ("12", ("12 timmar", "12 hours")),
                ("24", ("24 timmar", "24 hours")),
            ),
        ),
    ),
)  # fmt: skip
NOTICE_AWAY = Form(
    id="notice-away",
    address="notices",
    title=("Ta bort ”{text}”", "Take away “{text}”"),
    button=("Ta bort anslaget", "Take the notice away"),
    fields=(
        Field(name="notice", kind="fixed", required=True),
        Field(name="sv", kind="fixed", required=True),
        Field(name="withdrawn", kind="fixed", value="true"),
    ),
)
