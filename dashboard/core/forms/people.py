"""Forms about people and the point: how it is, what is open, what is needed, who comes, which step is done.

Electrical steps are never worded here: they come from the site's own list.
"""

from contract.words import Declared, NeedKind, Service
from dashboard.core.forms.fields import Field
from dashboard.core.forms.form import NOTE, SEEN, Form, phrased

LEAVE = ("Fyll i det du har sett. Lämna resten tomt.", "Fill in what you have seen. Leave the rest empty.")
POWER = Form(
    id="report-power",
    address="reports",
    title=("Ström och elverk", "Power and the set"),
    intro=LEAVE,
    fields=(
        Field(
            name="power", kind="choice", label=("Finns det ström i butiken?", "Is there power in the shop?"),
            choices=(
                ("mains", ("Ja, från nätet", "Yes, from the mains")),
                ("reserve", ("Ja, från elverket", "Yes, from the set")),
                ("none", ("Nej", "No")),
            ),
        ),
        Field(name="set_running", kind="yesno", label=("Går elverket?", "Does the set run?")),
        Field(
            name="load_connected", kind="yesno",
            label=("Är butiken inkopplad på elverket?", "Is the shop connected to the set?"),
        ),
        SEEN,
        Field(
            name="doubt_minutes", kind="choice", label=("Hur säker är tiden?", "How sure is the time?"), value="0",
            choices=(
                ("0", ("På någon minut", "Within a minute")),
                ("15", ("På en kvart", "Within a quarter of an hour")),
                ("60", ("På en timme", "Within an hour")),
            ),
        ),
    ),
)  # fmt: skip
FUEL = Form(
    id="report-fuel",
    address="reports",
    title=("Bränsle i tankarna", "Fuel in the tanks"),
    intro=LEAVE,
    fields=(
        Field(
            name="litres", kind="number", high=100_000,
            label=("Liter i elverkets tank", "Litres in the set's tank"),
        ),
        Field(
            name="dipstick_cm", kind="number", high=1000,
            label=("Eller mätstickan, cm", "Or the dipstick, cm"),
        ),
        Field(
            name="station_litres", kind="number",
            label=("Liter i mackens tank", "Litres in the fuel station's tank"),
        ),
        SEEN,
    ),
)  # fmt: skip
PEOPLE = Form(
    id="report-people",
    address="reports",
    title=("Folk på plats", "People there"),
    fields=(
        Field(
            name="people_present", kind="whole", high=100_000,
            label=("Hur många är där?", "How many people are there?"),
        ),
        Field(name="needs", kind="long", label=("Hur har de det?", "How are they?")),
        SEEN,
    ),
)  # fmt: skip
DECLARE = Form(
    id="declare",
    address="declarations",
    title=("Vad är öppet?", "What is open?"),
    intro=(
        "Vid avbrott: säg det igen var fjärde timme, annars visar skärmen ”Vet inte, fråga personalen”.",
        "In an outage: say it again every four hours, else the screen shows “Unknown, ask the staff”.",
    ),
    fields=(
        Field(
            name="service", kind="choice", required=True, label=("Vad?", "What?"),
            choices=phrased("service", list(Service)),
        ),
        Field(
            name="declared", kind="choice", required=True, label=("Hur är det?", "How is it?"),
            choices=phrased("declared", list(Declared)),
        ),
        Field(
            name="until_ms", kind="when", future=True, label=("Till när?", "Until when?"),
            hint=("Tomt betyder tills vidare.", "Empty means until further notice."),
        ),
    ),
)  # fmt: skip
NEED = Form(
    id="need",
    address="needs",
    title=("Säg till kommunen", "Tell the municipality"),
    intro=(
        "Det här är inte 112. Vid fara för liv: ring 112.",
        "This is not the emergency number. In danger to life: ring 112.",
    ),
    button=("Skicka till kommunen", "Send to the municipality"),
    fields=(
        Field(
            name="what", kind="choice", required=True, label=("Vad behövs?", "What is needed?"),
            choices=phrased("need", list(NeedKind)),
        ),
        Field(
            name="people", kind="whole", high=100_000, label=("Hur många gäller det?", "How many people?"),
        ),
        Field(
            name="text", kind="long", longest=300, label=("Berätta kort", "Tell briefly"),
            hint=("Högst 300 tecken.", "At most 300 characters."),
        ),
    ),
)  # fmt: skip
CALL_OUT = Form(
    id="call-out",
    address="calls",
    title=("Be att punkten öppnas", "Ask for the point to be opened"),
    intro=(
        "Sidan visar sedan vem som ska ringas. Ingen rings upp av sig själv.",
        "The page then shows whom to ring. Nobody is rung by itself.",
    ),
    button=("Be att punkten öppnas", "Ask to open"),
    fields=(Field(name="reason", kind="text", label=("Varför?", "Why?")),),
)
ANSWER = Form(
    id="answer",
    address="calls/answer",
    title=("Svar från den du ringde", "Answer of whom you rang"),
    fields=(
        Field(name="activator", kind="choice", required=True, label=("Vem svarade?", "Who answered?")),
        Field(
            name="coming", kind="yesno", required=True, label=("Kommer personen?", "Is he or she coming?"),
        ),
        Field(
            name="in_minutes", kind="whole", high=1440, label=("Om hur många minuter?", "In how many minutes?"),
        ),
        Field(
            name="note", kind="text", label=("Anteckning", "Note"),
            hint=("Till exempel: lovat per telefon 18:20.", "For example: promised by telephone 18:20."),
        ),
    ),
)  # fmt: skip
STEP = Form(
    id="step",
    address="calls/step",
    title=("Steg", "Step"),
    button=("Steget är klart", "The step is done"),
    fields=(Field(name="step", kind="fixed", required=True), NOTE),
)
STEP_AT = Form(
    id="step-at",
    address="calls/step",
    title=("Steg", "Step"),
    button=("Steget är klart", "The step is done"),
    fields=(
        Field(name="step", kind="fixed", required=True),
        Field(
            name="position",
            kind="choice",
            required=True,
            label=("I vilket läge står den nu?", "At which position does it stand now?"),
        ),
        NOTE,
    ),
)
OPEN = Form(
    id="open",
    address="activation",
    title=("Punkten är öppen", "The point is open"),
    button=("Säg att punkten är öppen", "Say that the point is open"),
    fields=(
        Field(name="active", kind="fixed", value="true"),
        Field(name="reason", kind="text", label=("Varför?", "Why?")),
    ),
)
CLOSE = Form(
    id="close",
    address="activation",
    title=("Stäng punkten", "Close the point"),
    button=("Säg att punkten är stängd", "Say that the point is closed"),
    fields=(
        Field(name="active", kind="fixed", value="false"),
        Field(name="reason", kind="text", label=("Varför?", "Why?")),
    ),
)
SET_CLOCK = Form(
    id="set-clock",
    address="clock",
    title=("Ställ dosans klocka", "Set the clock of the box"),
    intro=(
        "Dosan vet inte säkert vad klockan är. Den kan få tiden av din telefon. Det du sparar visas med ditt namn.",
        "The box does not know for sure what time it is. It can have your phone's time. Your name is shown with it.",
    ),
    button=("Ställ klockan", "Set the clock"),
    fields=(
        Field(
            name="wall_ms", kind="when", required=True,
            label=("Vad är klockan nu?", "What time is it now?"),
            hint=("Datum och tid, som telefonen visar.", "Date and time, as your phone shows."),
        ),
    ),
)  # fmt: skip
NEED_READ = Form(
    id="need-read",
    address="needs/mark",
    title=("Läst", "Read"),
    button=("Jag har läst det", "I have read it"),
    fields=(Field(name="need", kind="fixed", required=True), Field(name="state", kind="fixed", value="read"), NOTE),
)
NEED_SOLVED = Form(
    id="need-solved",
    address="needs/mark",
    title=("Löst", "Solved"),
    button=("Det är löst", "It is solved"),
    fields=(Field(name="need", kind="fixed", required=True), Field(name="state", kind="fixed", value="solved"), NOTE),
)
