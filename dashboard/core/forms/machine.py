"""Forms about the set, its alarms, and what people confirm: deliveries, runs, visits, shelving, confirmations."""

from contract.words import Sot
from dashboard.core.forms.fields import Choices, Field
from dashboard.core.forms.form import NOTE, NOW_IF_EMPTY, SEEN, Form, phrased

DELIVERY = Form(
    id="delivery",
    address="deliveries",
    title=("Bränsle levererat", "Fuel delivered"),
    fields=(
        Field(name="litres", kind="number", required=True, low=1, label=("Liter", "Litres")),
        Field(
            name="product", kind="choice", required=True, label=("Vilket bränsle?", "Which fuel?"),
            choices=(
                ("diesel", ("Diesel", "Diesel")),
                ("diesel-fame-free", ("Diesel utan FAME", "Diesel without FAME")),
                ("hvo", ("HVO", "HVO")),
            ),
        ),
        Field(name="delivered_ms", kind="when", past=True, label=("När?", "When?"), hint=NOW_IF_EMPTY),
        Field(name="summer", kind="yesno", label=("Är det sommarbränsle?", "Is it summer fuel?")),
        Field(
            name="cfpp_c", kind="number", low=-60, high=20,
            label=("Filtrerbarhet (CFPP), °C", "Filter plugging point (CFPP), °C"),
        ),
        NOTE,
    ),
)  # fmt: skip
RUN = Form(
    id="run",
    address="runs",
    title=("Provkörning som dosan inte såg", "Test run that the box did not see"),
    fields=(
        Field(
            name="started_ms", kind="when", required=True, past=True,
            label=("När startade den?", "When did it start?"),
        ),
        Field(
            name="minutes", kind="whole", required=True, high=10_000,
            label=("Hur många minuter?", "How many minutes?"),
        ),
        Field(
            name="voltage", kind="yesno", required=True, label=("Gav elverket spänning?", "Did the set give voltage?"),
        ),
        Field(
            name="load_percent", kind="number", high=150,
            label=("Last, % av märkeffekten", "Load, % of rated power"),
        ),
        Field(name="comment", kind="text", label=("Kommentar", "Comment")),
    ),
)  # fmt: skip
RUN_NOTE = Form(
    id="run-note",
    address="runs/note",
    title=("Kommentar till senaste körningen", "Note on the last run"),
    fields=(
        Field(name="run_id", kind="fixed", required=True),
        Field(name="ran_by", kind="text", longest=80, label=("Vem körde elverket?", "Who ran the set?")),
        Field(name="comment", kind="text", label=("Kommentar", "Comment")),
    ),
)
VISIT = Form(
    id="visit",
    address="visits",
    title=("Servicebesök", "Service visit"),
    intro=(
        "Under besöket larmar inte det som beror på arbetet. När tiden är ute larmar det som vanligt igen.",
        "During the visit, what comes of the work gives no alarm. When the time is over it does so again.",
    ),
    fields=(
        Field(
            name="for_s", kind="choice", required=True, label=("Hur länge?", "How long?"),
            choices=(
                ("3600", ("1 timme", "1 hour")),
                ("14400", ("4 timmar", "4 hours")),
                ("43200", ("12 timmar", "12 hours")),
                ("0", ("Besöket är slut", "The visit is over")),
            ),
        ),
        NOTE,
    ),
)  # fmt: skip
CONFIRM_SOT = Form(
    id="confirm-sot",
    address="confirmations",
    title=("Bekräfta ett SOT-krav", "Confirm a SOT requirement"),
    fields=(
        Field(
            name="what", kind="choice", required=True, label=("Vilket krav?", "Which requirement?"),
            choices=phrased("sot", list(Sot), "sot:"),
        ),
        Field(name="ok", kind="yesno", required=True, label=("Är det uppfyllt?", "Is it met?")),
        Field(name="responsible", kind="text", longest=80, label=("Vem är ansvarig?", "Who is responsible?")),
        NOTE,
        SEEN,
    ),
)  # fmt: skip
CONFIRM_ACTIVATOR = Form(
    id="confirm-activator",
    address="confirmations",
    title=("Bekräfta vem som kan öppna", "Confirm who can open"),
    intro=(
        "Fråga minst en gång i månaden: vill och kan personen öppna punkten?",
        "Ask at least once a month: is the person willing and able to open the point?",
    ),
    fields=(
        Field(name="what", kind="choice", required=True, label=("Vem?", "Who?")),
        Field(name="ok", kind="yesno", required=True, label=("Vill och kan personen?", "Willing and able?")),
        NOTE,
        SEEN,
    ),
)
CHECKS: Choices = (
    ("check:mode", ("Elverket står i läge AUTO", "The set is in AUTO")),
    ("check:shutdown", ("Inget stopplarm på styrsystemet", "No shutdown on the controller")),
    ("check:estop", ("Nödstoppet är inte intryckt", "The emergency stop is not pressed")),
    ("check:battery", ("Startbatteriet", "The start battery")),
    ("check:charger", ("Underhållsladdaren", "The battery charger")),
    ("check:heater", ("Motorvärmaren", "The coolant heater")),
    ("check:fuel", ("Bränslet räcker", "There is fuel enough")),
    ("check:fuel_age", ("Bränslets ålder", "Age of the fuel")),
    ("check:fuel_cold", ("Bränslet tål kylan", "The fuel stands the cold")),
    ("check:test", ("Provkörningen", "The test run")),
    ("check:service", ("Servicen är gjord i tid", "Service is done in time")),
    ("check:contact", ("Kontakten med styrsystemet", "Contact with the controller")),
    ("check:ups", ("Reservbatteriet (UPS)", "The UPS")),
    ("check:breaker", ("Elverkets huvudbrytare", "The main breaker of the set")),
    ("check:transport", ("Fordon som kan köra hit elverket", "A vehicle to bring the set here")),
    ("check:road", ("Vägen till platsen", "The road to the site")),
)
"""What a person may confirm of the readiness; the site knows for how long each word counts."""
CONFIRM_CHECK = Form(
    id="confirm-check",
    address="confirmations",
    title=("Bekräfta en kontroll", "Confirm a check"),
    intro=("Det du själv har sett vid elverket.", "What you have seen yourself at the set."),
    fields=(
        Field(name="what", kind="choice", required=True, label=("Vad?", "What?")),
        Field(name="ok", kind="yesno", required=True, label=("Är det som det ska?", "Is it as it should be?")),
        NOTE,
        SEEN,
    ),
)
ABSENCE = Form(
    id="absence",
    address="absences",
    title=("Borta", "Away"),
    intro=(
        "Skriv samma tid i båda fälten för att ta bort frånvaron.",
        "Write the same time in both to take the absence away.",
    ),
    fields=(
        Field(name="activator", kind="choice", required=True, label=("Vem är borta?", "Who is away?")),
        Field(name="from_ms", kind="when", label=("Från", "From"), hint=NOW_IF_EMPTY),
        Field(name="until_ms", kind="when", required=True, label=("Till", "Until")),
    ),
)
KEY = Field(name="key", kind="fixed", required=True)
DEVICE = Field(name="device", kind="fixed", required=True)
WHY = Field(name="comment", kind="text", required=True, label=("Varför?", "Why?"))
ACK = Form(
    id="ack",
    address="alarms/ack",
    title=("Kvittera", "Acknowledge"),
    button=("Kvittera", "Acknowledge"),
    fields=(
        KEY,
        DEVICE,
        Field(name="raised_run", kind="fixed", required=True),
        Field(name="raised_seq", kind="fixed", required=True),
        Field(name="comment", kind="text", label=("Kommentar", "Comment")),
    ),
)
SHELVE = Form(
    id="shelve",
    address="alarms/shelve",
    title=("Låt larmet vila en stund", "Let the alarm rest for a while"),
    button=("Låt vila", "Let it rest"),
    fields=(
        KEY,
        DEVICE,
        Field(
            name="for_s", kind="choice", required=True, label=("Hur länge?", "How long?"),
            choices=(
                ("1800", ("30 min", "30 min")),
                ("7200", ("2 timmar", "2 hours")),
                ("28800", ("8 timmar", "8 hours")),
            ),
        ),
        WHY,
    ),
)  # fmt: skip
UNSHELVE = Form(
    id="unshelve",
    address="alarms/shelve",
    title=("Låt larmet gälla igen", "Let the alarm stand again"),
    button=("Låt gälla igen", "Let it stand again"),
    fields=(KEY, DEVICE, Field(name="for_s", kind="fixed", value="0"), WHY),
)
OUT = Form(
    id="out",
    address="alarms/service",
    title=("Ta ur drift", "Take out of service"),
    intro=("Larmet tiger tills någon tar det i drift igen.", "The alarm is silent until somebody takes it back."),
    button=("Ta ur drift", "Take out of service"),
    fields=(KEY, DEVICE, Field(name="out", kind="fixed", value="true"), WHY),
)
BACK = Form(
    id="back",
    address="alarms/service",
    title=("Ta i drift igen", "Take back into service"),
    button=("Ta i drift", "Take into service"),
    fields=(KEY, DEVICE, Field(name="out", kind="fixed", value="false"), WHY),
)
