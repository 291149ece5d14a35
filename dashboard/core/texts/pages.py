"""Every text of the pages that is not in the contract's catalogues, Swedish first: key -> (sv, en).

What words the site's judgement stands in `texts_judgement.py`, what goes with forms in `texts_forms.py`,
signing in and accounts in `texts_sign_in.py`.
"""

from contract.phrases import LANGUAGES
from dashboard.core.texts.food import FOOD
from dashboard.core.texts.forms import FORMS
from dashboard.core.texts.judgement import JUDGEMENT
from dashboard.core.texts.messages import MESSAGES
from dashboard.core.texts.notify import NOTIFY
from dashboard.core.texts.overview import OVERVIEW
from dashboard.core.texts.owner import OWNER
from dashboard.core.texts.sign_in import SIGN_IN
from dashboard.core.texts.site import SITE
from dashboard.core.texts.tokens import TOKENS
from dashboard.core.texts.work import WORK

PAGE: dict[str, tuple[str, str]] = {
    # the page
    "title": ("Platserna", "The sites"),
    "back": ("Alla platser", "All sites"),
    "other_language": ("English", "Svenska"),
    "skip": ("Till innehållet", "To the content"),
    "lost_stream": (
        "Den här sidan har tappat kontakten med sin server. Det du ser är gammalt och blir äldre.",
        "This page has lost contact with its server. What you see is old and is getting older.",
    ),
    "broker_away": (
        "Ingen kontakt med meddelandeservern. Platserna kan ha det bra – vi hör dem bara inte.",
        "No contact with the message server. The sites may be well – we just do not hear them.",
    ),
    "store_trouble": (
        "Sidan visar läget nu men kan inte spara något.",
        "The page shows the present but can keep nothing.",
    ),
    "no_such_page": ("Den sidan finns inte.", "There is no such page."),
    "fault_title": ("Det gick inte", "It did not work"),
    "fault_400": (
        "Adressen eller formuläret gick inte att läsa. Gå tillbaka och försök igen.",
        "The address or the form could not be read. Go back and try again.",
    ),
    "fault_405": (
        "Den här adressen tar emot ett formulär. Gå tillbaka och tryck på knappen igen.",
        "This address takes a form. Go back and press the button again.",
    ),
    "fault_413": (
        "Det var för mycket på en gång. Korta texten och försök igen.",
        "That was too much at once. Shorten the text and try again.",
    ),
    "fault_429": (
        "För många försök på kort tid. Vänta en minut och försök igen.",
        "Too many tries in a short time. Wait a minute and try again.",
    ),
    "fault_500": (
        "Servern gjorde fel. Räkna inte med att något är sparat. Försök igen, eller ring den som sköter servern.",
        "The server made a mistake. Count on nothing being saved. Try again, or ring whoever looks after the server.",
    ),
    "fault_503": (
        "Servern har för mycket att göra. Vänta en stund och försök igen.",
        "The server has too much to do. Wait a while and try again.",
    ),
    "no_such_site": ("Den platsen finns inte här.", "There is no such site here."),
    "to_overview": ("Gå till alla platser", "Go to all sites"),
    # overview
    "all_well": ("Alla platser har el från nätet.", "All sites have mains power."),
    "count_one": ("1 plats", "1 site"),
    "count_many": ("{n} platser", "{n} sites"),
    "newest": ("Senast hört: {age}", "Last heard: {age}"),
    "nothing_heard": ("Vi har inte hört någon plats ännu.", "No site has been heard yet."),
    "link_lost": ("Platsen hörs inte", "The site is not heard"),
    "link_back": ("Platsen hörs igen", "The site is heard again"),
    "wrong_gone": ("Det larmet finns inte längre.", "That alarm is there no longer."),
    "wrong_here": (
        "Det larmet kan bara kvitteras. Det slutar när platsen hörs igen.",
        "That alarm can only be acknowledged. It ends when the site is heard again.",
    ),
    "lost_some": ("{n} utan kontakt", "{n} without contact"),
    "state_on_mains": ("{n} på nätet", "{n} on mains"),
    "state_on_battery": ("{n} på batteri", "{n} on battery"),
    "state_starting": ("{n} där reservkraften startar", "{n} starting reserve power"),
    "state_on_reserve": ("{n} på reservkraft", "{n} on reserve power"),
    "state_returning": ("{n} på väg tillbaka till nätet", "{n} going back to mains"),
    "state_dead": ("{n} utan ström", "{n} without power"),
    "state_unknown": ("{n} i okänt läge", "{n} in an unknown state"),
    "unregistered": ("Okända platser", "Unknown sites"),
    "unregistered_why": (
        "De här säger att de är platser men står inte i inställningarna. Inget från dem sparas eller räknas in.",
        "These say they are sites but are not in the settings. Nothing from them is kept or counted.",
    ),
    "messages_one": ("1 meddelande", "1 message"),
    "messages_some": ("{n} meddelanden", "{n} messages"),
    "unacked_one": ("1 okvitterat larm", "1 unacknowledged alarm"),
    "unacked_many": ("{n} okvitterade larm", "{n} unacknowledged alarms"),
    "alarms_unknown": ("Larm: vet inte", "Alarms: not known"),
    "alarms_more": ("om fler: vet inte", "whether more: not known"),
    # contact
    "contact": ("Hördes", "Heard"),
    "no_contact": ("Ingen kontakt", "No contact"),
    "unknown_state": ("Vet inte", "Unknown"),
    "as_last_heard": ("Så var det när platsen senast hördes:", "This is how it was when the site was last heard:"),
    "no_contact_since": ("Ingen kontakt sedan {when}", "No contact since {when}"),
    "no_contact_for": ("Ingen kontakt på {age}", "No contact for {age}"),
    "never_heard": ("Inte hörd sedan servern startade", "Not heard since the server started"),
    "identity_double": (
        "Två enheter sänder under den här platsens namn (kopierat minneskort?). Stäng av den ena.",
        "Two boxes send under this site's name (a copied memory card?). Switch one of them off.",
    ),
    "clock_unknown": ("Platsen vet inte vad klockan är.", "The site does not know what time it is."),
    "clock_holds_over": (
        "Ingen tidsserver har rättat platsens klocka på ett tag.",
        "No time server has corrected the clock of the site for a while.",
    ),
    "clock_later": ("fram {by}", "forward by {by}"),
    "clock_earlier": ("tillbaka {by}", "back by {by}"),
    "clock_by": ("Klockan ställd av {who} {when}.", "The clock was set by {who} {when}."),
    "clock_by_battery": (
        "Platsens tid kommer från dosans batteriklocka sedan {when}.",
        "The site has its time from the battery clock of the box since {when}.",
    ),
    "restarted": (
        "Platsen hörs men har inte sagt hur den har det sedan dosan startade",
        "The site is heard but has not said how it is since the box started",
    ),
    "silent_at": ("Tystnar {when}, batteri slut", "Falls silent {when}, battery empty"),
    "silent_soon": ("Tystnar snart, batteri slut", "Soon falls silent, battery empty"),
    "silent_as_said_at": ("Tystnade som sagt {when}, batteri slut", "Fell silent as foretold {when}, battery empty"),
    "silent_as_said": ("Tystnade som sagt, batteri slut", "Fell silent as foretold, battery empty"),
    "stopped_as_planned_at": ("Stoppad för planerat arbete {when}", "Stopped for planned work {when}"),
    "stopped_as_planned": ("Stoppad för planerat arbete", "Stopped for planned work"),
    "foretold_some": ("{n} tyst som den själv sa", "{n} silent as foretold"),
    "last_known": ("Senast känt: {state}", "Last known: {state}"),
    "nothing_known": ("Vi vet ingenting om platsen ännu.", "Nothing is known of this site yet."),
    "stay_here": ("Flyttbar. Står här till {ends}.", "Can be moved. Stands here until {ends}."),
    "stay_not_yet": (
        "Flyttbar. Ska stå här från {begins}. Räkna inte med den här nu.",
        "Can be moved. Is to stand here from {begins}. Do not count on it here now.",
    ),
    "stay_over": (
        "Flyttbar. Ska inte stå här längre än till {ends}. Räkna inte med den här nu.",
        "Can be moved. Was to stand here until {ends}. Do not count on it here now.",
    ),
    "stay_unknown": (
        "Flyttbar. Ska stå här {begins} till {ends}. Klockan är okänd, så ingen vet om det är nu.",
        "Can be moved. Is to stand here {begins} until {ends}. The time is unknown, so nobody knows if that is now.",
    ),
    "not_started": ("Inte i drift än", "Not in service yet"),
    "refused_one": (
        "1 meddelande från platsen gick inte att läsa: {why}.",
        "1 message of the site could not be read: {why}.",
    ),
    "refused_some": (
        "{n} meddelanden från platsen gick inte att läsa. Senast: {why}.",
        "{n} messages of the site could not be read. Last: {why}.",
    ),
    # card
    "since": ("sedan {when}", "since {when}"),
    "since_unknown": ("vet inte sedan när", "not known since when"),
    "fuel": ("Bränsle", "Fuel"),
    "load": ("Last", "Load"),
    "witnesses": ("Vad läget bygger på", "What the state rests on"),
    "contradictions": ("Uppgifter som säger emot varandra", "Facts that contradict each other"),
    "no_witnesses": ("Platsen har inte sagt vad läget bygger på.", "The site has not said what the state rests on."),
    "missing": ("saknas", "missing"),
    "unknown": ("vet inte", "not known"),
    "old": ("gammalt", "old"),
    "age_unknown": ("ålder okänd", "age unknown"),
    # values
    "values": ("Värden", "Values"),
    "value": ("Värde", "Value"),
    "signal": ("Signal", "Signal"),
    "no_values": ("Inga värden har kommit ännu.", "No values have come yet."),
    "not_fitted_some": ("Värden som inte finns på den här enheten: {n}", "Values that are not fitted here: {n}"),
    "conditions_some": ("Styrsystemets larmvillkor: {n}", "Alarm conditions of the controller: {n}"),
    "experimental": ("oprövat", "experimental"),
    # events, history, bulletins
    "events": ("Händelser", "Events"),
    "no_events": ("Inga händelser har kommit ännu.", "No events have come yet."),
    "late": ("kom i efterhand", "came late"),
    "time_unknown": ("tid okänd", "time unknown"),
    "time_after": ("efter {when}", "after {when}"),
    "time_before": ("före {when}", "before {when}"),
    "gap_one": ("1 post saknas: {why}", "1 record is missing: {why}"),
    "gap_some": ("{n} poster saknas: {why}", "{n} records are missing: {why}"),
    "history": ("Bränsle och effekt, senaste dygnet", "Fuel and power, last 24 hours"),
    "bulletins": ("Meddelanden till skärmarna", "Bulletins to the screens"),
    "no_bulletins": ("Inga meddelanden har skickats ut.", "No bulletins are out."),
    "shown_on": ("Första sidan visades på {screen} {when}", "First page shown on {screen} {when}"),
    "headline_shown_on": ("Rubriken visades på {screen} {when}", "Headline shown on {screen} {when}"),
    "not_shown_on": ("Visades inte på {screen}: {why}", "Not shown on {screen}: {why}"),
    "feed_message": ("{source} {id}", "{source} {id}"),
    "feed_shown_on": ("{what} visades på {screen} {when}", "{what} was shown on {screen} {when}"),
    "feed_not_shown_on": ("{what} visades inte på {screen}: {why}", "{what} was not shown on {screen}: {why}"),
    "why_not_cancelled": ("det drogs tillbaka innan", "it was withdrawn before"),
    "why_not_all_clear": ("faran var över innan", "the danger was over before"),
    "why_not_expired": ("tiden gick ut innan", "its time ran out before"),
    "why_not_left": ("avsändaren tog bort det innan", "the sender took it away before"),
    "why_not_replaced": ("ett nyare kom innan", "a newer one came before"),
    "why_not_elsewhere": ("det gällde inte den platsen", "it was not meant for that place"),
    "no_receipts": ("Ingen skärm har bekräftat ännu.", "No screen has confirmed yet."),
    "expires": ("gäller till {when}", "valid until {when}"),
    "bulletin_alert": ("Varning", "Alert"),
    "bulletin_update": ("Uppdatering", "Update"),
    "bulletin_cancel": ("Upphävt", "Cancelled"),
}


TEXTS = PAGE | JUDGEMENT | FORMS | SIGN_IN | OVERVIEW | WORK | SITE | MESSAGES | OWNER | NOTIFY | TOKENS | FOOD


def text(key: str, language: str = "sv", **parts: object) -> str:
    """The text in a language, its parts filled in; KeyError for a key that nobody has written."""
    return TEXTS[key][LANGUAGES.index(language)].format(**parts)


def language_of(asked: str | None) -> str:
    """The language asked for, Swedish when it is none of ours."""
    return asked if asked in LANGUAGES else LANGUAGES[0]
