"""Texts of the messages to the screens, and of what comes back by radio. `kiosk_…` are the kiosk's own words."""

MESSAGES: dict[str, tuple[str, str]] = {
    "nav_messages": ("Meddelanden", "Messages"),
    "messages": ("Meddelanden till skärmarna", "Messages to the screens"),
    "message_new": ("Nytt meddelande", "New message"),
    "message_update": ("Uppdatera meddelandet", "Update the message"),
    "message_cancel": ("Avsluta meddelandet", "End the message"),
    "message_do_update": ("Uppdatera", "Update"),
    "message_do_cancel": ("Avsluta", "End"),
    "messages_now": ("Gäller nu", "In force now"),
    "messages_before": ("Tidigare", "Earlier"),
    "messages_none": ("Inget meddelande gäller nu.", "No message is in force."),
    "messages_here": (
        "Meddelanden skickas från kommunens krisöversikt, inte från platsens egen sida.",
        "Messages are sent from the municipality's dashboard, not from the site's own page.",
    ),
    "messages_no_key": (
        (
            "Meddelanden kan inte skrivas under här. Gör en nyckel med sotpunkt-dashboard bulletin keys, skriv "
            "key_file under [bulletins] i inställningarna och lägg den öppna nyckeln på platserna."
        ),
        (
            "Messages cannot be signed here. Make a key with sotpunkt-dashboard bulletin keys, name it as key_file "
            "under [bulletins] in the settings, and put the public key on the sites."
        ),
    ),
    "messages_read_only": (
        "Du kan läsa meddelandena. Samordnaren skickar dem.",
        "You can read the messages. The coordinator sends them.",
    ),
    "bulletins_one": ("Meddelande", "Message"),
    "message_now": ("Gäller nu", "In force"),
    "message_over": ("Tiden har gått ut", "Its time has run out"),
    "message_ended": ("Avslutat", "Ended"),
    "message_replaced": ("Ersatt", "Replaced"),
    "message_ended_at": ("avslutat {when}", "ended {when}"),
    "message_over_at": ("gällde till {when}", "was valid until {when}"),
    "message_open_end": ("gäller tills vidare", "valid until further notice"),
    "message_others": ("och {n} som du inte ser", "and {n} that you do not see"),
    "message_by": ("skickat {when} av {who}", "sent {when} by {who}"),
    "message_sent": ("skickat {when}", "sent {when}"),
    "message_command": ("kommandoraden", "the command line"),
    "message_sites": ("Platser", "Sites"),
    "message_site": ("Plats", "Site"),
    "message_state": ("Läge", "State"),
    "message_chain": ("Hur det har ändrats", "How it has changed"),
    "message_not_all": (
        "Meddelandet går också till platser som inte är dina. Be en administratör ändra det.",
        "The message also goes to sites that are not yours. Ask an administrator to change it.",
    ),
    "message_gone_on": (
        "Det här är inte längre det senaste. Läs det nya först.",
        "This is not the newest any more. Read the new one first.",
    ),
    # the form
    "message_which_sites": ("Vilka platser?", "Which sites?"),
    "message_all": ("Alla platser ({n})", "All sites ({n})"),
    "message_all_in": ("Alla i {region} ({n})", "All in {region} ({n})"),
    "message_fixed_sites": (
        "Går till samma platser som förut: {names}.",
        "Goes to the same sites as before: {names}.",
    ),
    "message_choices": ("Vad och hur länge", "What and for how long"),
    "message_texts": ("Vad ska stå på skärmen?", "What shall the screen say?"),
    "message_english": ("På engelska", "In English"),
    "message_look": ("Se hur det blir", "See how it looks"),
    "message_back": ("Ändra", "Change"),
    "message_cap": (
        "I varningsformatet CAP: urgency {urgency}, severity {severity}, certainty {certainty}, category {category}.",
        (
            "In the warning format CAP: urgency {urgency}, severity {severity}, certainty {certainty}, "
            "category {category}."
        ),
    ),
    "message_preview": ("Så här blir det på skärmen", "How the screen will show it"),
    "message_preview_line": (
        "Tar inte hela skärmen. Rubriken står som en rad tills någon trycker på den.",
        "Does not take the whole screen. The headline stands as a line until somebody touches it.",
    ),
    "message_preview_end": (
        "Skärmen säger att meddelandet inte gäller längre och går tillbaka till sina vanliga sidor.",
        "The screen says that the message is no longer in force and goes back to its usual pages.",
    ),
    "message_in_sv": ("På svenska", "In Swedish"),
    "message_in_en": ("På engelska", "In English"),
    "message_doubts": ("Tänk på det här", "Think of this"),
    "message_send": ("Skicka nu", "Send now"),
    "message_send_end": ("Avsluta nu", "End it now"),
    "message_confirm": ("Stämmer det?", "Is this right?"),
    "message_code": ("Koden från appen", "The code from the app"),
    "message_code_hint": (
        "Sex siffror, eller en återställningskod. Varje kod gäller en gång.",
        "Six digits, or a recovery code. Each counts once.",
    ),
    "message_real": ("PÅ RIKTIGT", "FOR REAL"),
    "message_status_exercise": (
        "ÖVNING: skärmarna ramar in meddelandet och säger att det är en övning.",
        "EXERCISE: the screens frame the message and say that it is an exercise.",
    ),
    "message_status_test": (
        "PROV: bara en rad på skärmarna, märkt som prov.",
        "TEST: only a line on the screens, marked as a test.",
    ),
    "message_draft_kept": ("Utkastet finns kvar i den här webbläsaren.", "The draft is kept in this browser."),
    "message_draft_drop": ("Släng utkastet", "Throw the draft away"),
    "message_no_site": ("Välj minst en plats.", "Choose at least one site."),
    "message_foreign_site": (
        "En av platserna är inte din. Välj bland dem som står här.",
        "One of the sites is not yours. Choose among those that stand here.",
    ),
    "message_no_headline": ("Skriv en rubrik också.", "Write a headline too."),
    "message_no_clock": (
        "Servern vet inte vad klockan är. Skriv vad klockan är nu.",
        "The server does not know the time. Write what the time is now.",
    ),
    "message_clock_wrong": (
        "Den tiden kan inte stämma. Skriv dagens datum och klockslag.",
        "That time cannot be right. Write the date of today and the time.",
    ),
    "message_clock_typed": (
        "Du har skrivit att klockan är {when}. Är den fel slutar meddelandet gälla vid fel tid.",
        "You have written that the time is {when}. If it is wrong, the message ends at the wrong time.",
    ),
    "message_typed": ("{when} (tiden skrevs in för hand)", "{when} (the time was typed in)"),
    "message_sent_already": (
        "Det här meddelandet är redan skickat med en annan text. Öppna det och uppdatera det.",
        "This message was sent already with another text. Open it and update it.",
    ),
    "message_too_long": (
        "Texterna är för långa tillsammans. Korta dem.",
        "The texts are too long together. Shorten them.",
    ),
    "message_no_form": (
        "Sidan är inte hel. Öppna Nytt meddelande igen.",
        "The page is not whole. Open New message again.",
    ),
    # what it says in one sentence
    "sentence": (
        "Skickas till {where}, {how} och gäller {until}.",
        "Is sent to {where}, {how} and holds {until}.",
    ),
    "sentence_end": (
        "Meddelandet avslutas på {where}.",
        "The message is ended at {where}.",
    ),
    "sentence_one": ("1 plats: {name}", "1 site: {name}"),
    "sentence_many": ("{n} platser: {names}", "{n} sites: {names}"),
    "sentence_more": ("{names} och {n} till", "{names} and {n} more"),
    "sentence_whole": ("tar hela skärmen", "takes the whole screen"),
    "sentence_line": ("står som en rad", "stands as a line"),
    "sentence_until": ("till {when}", "until {when}"),
    "sentence_open": ("tills vidare", "until further notice"),
    # doubts: warned of, never stopped
    "doubt_no_instruction": (
        "Det står inte vad folk ska göra. Skriv det under Gör så här.",
        "It does not say what people shall do. Write it under Do this.",
    ),
    "doubt_information": (
        "Det kallas information men är allvarligt. Välj vad det gäller.",
        "It is called information but is serious. Choose what it is about.",
    ),
    "doubt_no_english": (
        "Den engelska texten saknas. Den som väljer engelska får läsa på svenska.",
        "The English text is missing. Whoever chooses English has to read Swedish.",
    ),
    "doubt_no_english_instruction": (
        "På engelska står det inte vad folk ska göra.",
        "In English it does not say what people shall do.",
    ),
    "doubt_open_end": (
        "Det gäller tills vidare. Någon måste komma ihåg att avsluta det.",
        "It holds until further notice. Somebody must remember to end it.",
    ),
    "doubt_long": (
        "Det står kvar länge, till {when}. Ett gammalt meddelande gör att folk slutar läsa.",
        "It stays long, until {when}. An old message makes people stop reading.",
    ),
    "doubt_headline": (
        "Rubriken har {n} tecken. Högst {most} kan läsas på håll.",
        "The headline has {n} letters. At most {most} can be read from afar.",
    ),
    "doubt_text": (
        "Texten är lång och delas på flera sidor. Skriv det viktigaste först.",
        "The text is long and takes several pages. Write what matters most first.",
    ),
    "doubt_capitals": (
        "Bara stora bokstäver är svårt att läsa, och läses upp bokstav för bokstav.",
        "Capitals alone are hard to read, and are read aloud letter by letter.",
    ),
    "doubt_link": (
        "Ingen kan trycka på en länk på skärmen, och nätet kan vara borta. Skriv det som står där.",
        "Nobody can follow a link on the screen, and the net may be down. Write what it says there.",
    ),
    "doubt_go": (
        "Det står att folk ska gå eller åka någonstans. Skriv vart och när, och om vägen är öppen.",
        "It tells people to go somewhere. Write where and when, and whether the road is open.",
    ),
    "doubt_ring": ("Det står ring, men inget nummer.", "It says call, but gives no number."),
    "doubt_phone": (
        "Telefonen kan vara borta vid ett elavbrott. Skriv också vart man kan gå.",
        "Telephones may be down in a power cut. Write where to go as well.",
    ),
    "doubt_electric": (
        "Texten ser ut som en elinstruktion. Elinstruktioner ska komma från platsens egen lista.",
        "The text looks like electrical instructions. Those have to come from the site's own list.",
    ),
    "doubt_exercise_word": (
        "Rubriken säger övning, men meddelandet är på riktigt. Välj ÖVNING om det är en övning.",
        "The headline says exercise, but the message is for real. Choose EXERCISE if it is one.",
    ),
    "message_until_far": (
        "Slutet ligger mer än ett år bort. Kontrollera året, eller välj Tills vidare.",
        "The end is more than a year away. Check the year, or choose Until further notice.",
    ),
    # what came back
    "receipt_refused": ("Avvisat: {why}", "Refused: {why}"),
    "receipt_unsent": (
        "Inte skickat än: servern har ingen kontakt med vägen ut till platserna.",
        "Not sent yet: the server has no contact with the way out to the sites (broker).",
    ),
    "receipt_silent": ("Inte framme: platsen hörs inte{silence}.", "Not there: the site is not heard{silence}."),
    "receipt_silent_for": (", tyst i {silence}", ", silent for {silence}"),
    "receipt_silent_more": ("Det kommer fram när platsen hörs igen.", "It arrives when the site is heard again."),
    "receipt_sent": ("Skickat. Platsen har inte svarat än.", "Sent. The site has not answered yet."),
    "receipt_taken": ("Mottaget och kontrollerat{when}.", "Received and verified{when}."),
    "receipt_taken_more": (
        "Ingen skärm har visat det än, och ingen har sagt varför.",
        "No screen has shown it yet, and none has said why.",
    ),
    "receipt_asleep": (
        "Mottaget och kontrollerat{when}, men skärmen är släckt.",
        "Received and verified{when}, but the screen is dark.",
    ),
    "receipt_asleep_more": (
        "Det visas när någon rör vid skärmen. Riktiga varningar tänder den själva.",
        "It is shown when somebody touches the screen. Real warnings light it by themselves.",
    ),
    "receipt_asleep_silent": (
        "Så var det när platsen senast hördes{silence}.",
        "So it was when the site was last heard{silence}.",
    ),
    "receipt_dark": (
        "Mottaget och kontrollerat{when}, men skärmen visar inget nytt.",
        "Received and verified{when}, but the screen shows nothing new.",
    ),
    "receipt_dark_more": (
        "Platsen har larm för skärmen. Be någon gå dit.",
        "The site has an alarm for its screen. Ask somebody to go there.",
    ),
    "receipt_not_shown": ("Visades aldrig.", "Was never shown."),
    "receipt_shown": ("På skärmen.", "On the screen."),
    "receipt_shown_end": ("Borta från skärmen.", "Gone from the screen."),
    "receipt_screen": ("{screen}: sedan {when}", "{screen}: since {when}"),
    "receipt_screen_end": ("{screen}: borta sedan {when}", "{screen}: gone since {when}"),
    "receipt_screen_asleep": ("{screen}: släckt, {why}", "{screen}: dark, {why}"),
    "why_not_asleep_closed": ("platsen är stängd och strömmen sparas", "the place is closed and power is saved"),
    "why_not_asleep_last_hour": ("strömmen är på sista timmen", "the power is in its last hour"),
    "why_not_asleep_saving": ("för att spara ström", "to save power"),
    "receipt_screen_not": ("{screen}: visades inte, {why}", "{screen}: not shown, {why}"),
    "counted_shown": ("På skärmen {n} av {all}", "On the screen {n} of {all}"),
    "counted_end": ("Borta från skärmen {n} av {all}", "Gone from the screen {n} of {all}"),
    "counted_refused": ("{n} har avvisat", "{n} refused"),
    "counted_unsent": ("inte skickat till {n}", "not sent to {n}"),
    "counted_silent": ("{n} hörs inte", "{n} not heard"),
    "counted_sent": ("{n} har inte svarat", "{n} not answered"),
    "counted_dark": ("{n} har en skärm som står still", "{n} with a screen that stands still"),
    "counted_asleep": ("{n} med släckt skärm", "{n} with a dark screen"),
    "counted_taken": ("{n} har tagit emot, okänt på skärmen", "{n} received, unknown on the screen"),
    "counted_not_shown": ("{n} visade det aldrig", "{n} never showed it"),
    # the kiosk's own words; a test holds them against its catalogue
    "kiosk_kind": ("Meddelande från kommunen", "Message from the municipality"),
    "kiosk_sender": ("Från {sender}, {when}", "From {sender}, {when}"),
    "kiosk_until": ("Gäller till {when}", "In force until {when}"),
    "kiosk_open_end": ("Gäller tills vidare", "In force until further notice"),
    "kiosk_do": ("Gör så här", "What to do"),
    "kiosk_only_swedish": ("Texten finns bara på svenska.", "This text is only in Swedish."),
    "kiosk_today": ("kl. {clock}", "{clock}"),
    "kiosk_near": ("{day} {clock}", "{day} {clock}"),
    "kiosk_far": ("{day} {month} kl. {clock}", "{day} {month} at {clock}"),
    "kiosk_summer": ("sommartid", "summer time"),
    "kiosk_winter": ("vintertid", "winter time"),
    "kiosk_weekdays": ("mån tis ons tor fre lör sön", "Mon Tue Wed Thu Fri Sat Sun"),
    "kiosk_months": (
        "jan. feb. mars april maj juni juli aug. sep. okt. nov. dec.",
        "Jan Feb March April May June July Aug Sept Oct Nov Dec",
    ),
    # radio
    "radio": ("Radiorad", "Radio line"),
    "radio_why": (
        "Läs upp tecknen grupp för grupp om nätet är borta. Den som lyssnar skriver in dem hos kommunen.",
        (
            "Read the characters aloud, group by group, if the net is down. Whoever listens types them in at the "
            "municipality."
        ),
    ),
    "radio_says": ("Raden säger:", "The line says:"),
    "radio_spoken": ("Så säger du den", "How to say it"),
    "radio_time": ("läget {when}", "as of {when}"),
    "radio_no_time": ("okänd tid", "time unknown"),
    "radio_hours": ("räcker minst {n} h", "lasts at least {n} h"),
    "radio_litres": ("{n} liter i elverkets tank", "{n} litres in the set's tank"),
    "radio_people": ("antal på plats: {n}", "people there: {n}"),
    "radio_needs": ("behöver: {needs}", "needs: {needs}"),
    "radio_part_place": ("platsen", "the place"),
    "radio_part_time": ("tiden", "the time"),
    "radio_part_power": ("strömmen och timmarna", "power and hours"),
    "radio_part_fuel": ("bränslet", "the fuel"),
    "radio_part_people": ("folk och behov", "people and needs"),
    "radio_part_check": ("kontrolltecknen", "the check characters"),
    "radio_group": ("grupp {n} ({part})", "group {n} ({part})"),
    "radio_or": ("{a} eller {b}", "{a} or {b}"),
    "radio_wrong_length": (
        "Raden har {n} tecken och ska ha {all}. Be om raden igen.",
        "The line has {n} characters and must have {all}. Ask for the line again.",
    ),
    "radio_wrong_group": (
        "Det är fel antal tecken i {parts}. Be om den gruppen igen.",
        "The number of characters is wrong in {parts}. Ask for that group again.",
    ),
    "radio_wrong_letter": (
        "Tecknet {told} finns inte i någon radiorad. Be om {parts} igen.",
        "The character {told} stands in no radio line. Ask for {parts} again.",
    ),
    "radio_wrong_swapped": (
        "Två tecken har bytt plats. Be om raden igen.",
        "Two characters have changed places. Ask for the line again.",
    ),
    "radio_wrong_check": (
        "Något tecken är fel, troligast i {parts}. Be om det igen.",
        "A character is wrong, most likely in {parts}. Ask for it again.",
    ),
    "radio_wrong_newer": (
        "Raden kommer från ett nyare program. Be om läget i vanliga ord.",
        "The line is of a newer program. Ask how it is in plain words.",
    ),
    "radio_wrong_place": (
        "Raden gäller ingen plats som du ser här. Be om {parts} igen.",
        "The line is about no site that you see here. Ask for {parts} again.",
    ),
    "radio_wrong_status": (
        "Raden säger {line}, men platsen visar {site}. Fråga vad som gäller.",
        "The line says {line}, but the site shows {site}. Ask which it is.",
    ),
    # reports of people
    "nav_reports": ("Rapporter", "Reports"),
    "reports": ("Rapporter från folk", "Reports of people"),
    "reports_why": (
        "Skriv in det någon har sett på en plats. Det syns här direkt och skickas till platsen när den hörs.",
        "Enter what somebody has seen at a site. It shows here at once and is sent to the site when it is heard.",
    ),
    "report_line": ("Skriv in en radiorad", "Enter a radio line"),
    "report_line_label": ("Tecknen, grupp för grupp", "The characters, group by group"),
    "report_line_hint": ("22 tecken. Mellanslag spelar ingen roll.", "22 characters. Spaces do not matter."),
    "report_line_read": ("Läs av raden", "Read the line"),
    "report_line_keep": ("Spara rapporten", "Save the report"),
    "report_relayed": ("Vem gav raden vidare?", "Who passed it on?"),
    "report_form": ("Skriv in i vanliga ord", "Enter in plain words"),
    "report_saved": ("Sparat. Väntar på platsen.", "Saved. Waiting for the site."),
    "reported_from": ("rapporterat av {who}", "reported by {who}"),
    "reported_relayed": ("{who}, från {relay}", "{who}, from {relay}"),
    "reported_radio": ("via radio", "by radio"),
    "reported_waits": ("väntar på platsen", "waiting for the site"),
    # the log
    "did_message alert": ("skickade meddelandet", "sent the message"),
    "did_message update": ("uppdaterade med meddelandet", "updated by the message"),
    "did_message cancel": ("upphävde med meddelandet", "cancelled by the message"),
    "order_report by radio": ("en rapport över radio", "a report by radio"),
}
