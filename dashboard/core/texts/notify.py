"""Texts of notification: who is woken, over which ways, and what came of it."""

NOTIFY: dict[str, tuple[str, str]] = {
    "nav_notification": ("Vem larmas", "Who is called"),
    "notify_title": ("Vem larmas", "Who is called"),
    "notify_how": (
        "Den första på listan larmas först, nästa efter 10 minuter och alla efter 30, tills någon har kvitterat.",
        "The first is notified first, the next after 10 minutes and all after 30, until somebody has acknowledged.",
    ),
    "notify_nobody": (
        "Ingen larmas ännu. Lägg till någon, och minst ett sätt att nå dem.",
        "Nobody is notified yet. Add somebody, and at least one way to reach them.",
    ),
    "notify_unreachable": (
        "Kan inte nås: lägg till ett sätt att nå {name}.",
        "Cannot be reached: add a way to reach {name}.",
    ),
    "notify_now": ("Just nu", "Now"),
    "notify_calm": ("Ingenting larmas just nu.", "Nothing is being notified."),
    "notify_holds": ("Väntar en stund för att se om det går över.", "Waits a moment to see whether it passes."),
    "notify_asked": ("Larmade: {names}. Ingen har kvitterat.", "Notified: {names}. Nobody has acknowledged."),
    "notify_other": ("någon utanför din kommun", "somebody outside your municipality"),
    "notify_gone": ("någon som inte längre står på listan", "somebody no longer on the list"),
    "notify_acked": (
        "Kvitterat. Det betyder inte att det är åtgärdat.",
        "Acknowledged. That does not mean that it is dealt with.",
    ),
    "notify_asleep": ("Väntar: alla har tysta timmar.", "Waits: everybody has quiet hours."),
    "notify_away": ("Ingen kan larmas.", "Nobody can be notified."),
    "notify_cause": ("{place}: {what}", "{place}: {what}"),
    "notify_causes": ("{n} platser, värst {place}: {what}", "{n} sites, worst {place}: {what}"),
    "notify_overdue": ("Ingen har sett till det som utlovat", "Nobody has looked to it as promised"),
    "notify_twice": (
        "När kontakten med en plats bryts kan platsen och kommunen larma om samma sak. Hellre två gånger än ingen.",
        "When contact with a site is lost, site and municipality may both call about it. Rather twice than not at all.",
    ),
    "notify_trouble": (
        "Lagringen tar inte emot något, så ingen larmas härifrån. Ring själv dem som behöver veta.",
        "The store takes nothing, so nobody is notified from here. Ring those who must know yourself.",
    ),
    "notify_order": ("I den här ordningen", "In this order"),
    "notify_add": ("Lägg till en person", "Add a person"),
    "notify_person_sure": (
        "Personen larmas inte längre. Loggen finns kvar.",
        "The person is not notified any more. The log stays.",
    ),
    "notify_scope": ("Larmas för", "Notified for"),
    "notify_language": ("Språk", "Language"),
    "notify_language_sv": ("Svenska", "Swedish"),
    "notify_language_en": ("Engelska", "English"),
    "notify_quiet": ("Tysta timmar {since}–{until}", "Quiet hours {since}–{until}"),
    "notify_quiet_from": ("Tyst från", "Quiet from"),
    "notify_quiet_until": ("Tyst till", "Quiet until"),
    "notify_quiet_hint": (
        "Lämna tomt för aldrig. Det som måste åtgärdas genast larmas ändå.",
        "Leave empty for never. What must be acted on at once is notified all the same.",
    ),
    "notify_up": ("Flytta upp", "Move up"),
    "notify_change": ("Ändra", "Change"),
    "notify_save": ("Spara", "Save"),
    "notify_remove": ("Ta bort", "Remove"),
    "notify_test": ("Prova", "Test"),
    "notify_test_of": ("Prova {label}", "Test {label}"),
    "notify_remove_of": ("Ta bort {label}", "Remove {label}"),
    "notify_channel_add": ("Lägg till ett sätt att nå {name}", "Add a way to reach {name}"),
    "notify_label": ("Namn på sättet", "Name of the way"),
    "notify_label_hint": ("Till exempel: sms till jourtelefonen", "For example: text to the duty phone"),
    "notify_address": ("Adress", "Address"),
    "notify_address_hint": (
        "Som Apprise skriver den, till exempel mailtos://…, twilio://… eller jsons://… Den visas aldrig igen.",
        "As Apprise writes it, for example mailtos://…, twilio://… or jsons://… It is never shown again.",
    ),
    "notify_exercises": ("Även övningar", "Exercises too"),
    "notify_tests": ("Även test", "Tests too"),
    "notify_kind_email": ("E-post", "E-mail"),
    "notify_kind_sms": ("Sms", "Text message"),
    "notify_kind_push": ("Notis i telefonen", "Push"),
    "notify_kind_room": ("Chattrum", "Chat room"),
    "notify_kind_webhook": ("Annat system", "Webhook"),
    "notify_outside": ("Adresser", "Addresses"),
    "notify_home": ("Adressen hit", "The address of this page"),
    "notify_home_hint": (
        "Så att meddelandena kan länka hit, till exempel https://kris.kommunen.se. Tomt: ingen länk.",
        "So that messages can link here, for example https://kris.kommunen.se. Empty: no link.",
    ),
    "notify_beat": ("Livstecken till", "Sign of life to"),
    "notify_beat_hint": (
        (
            "En adress hos en tjänst som larmar när den inte hör något på en kvart. Tecknet skickas var femte minut, "
            "så länge allt är väl. Den visas aldrig igen; tomt ändrar inget, ett - tar bort den."
        ),
        (
            "An address at a service that raises the alarm when it hears nothing for a quarter of an hour. The sign "
            "is sent every five minutes while all is well. It is never shown again; empty changes nothing, a - takes "
            "it away."
        ),
    ),
    "notify_beat_none": (
        "Ingen utanför märker om den här servern tystnar. Ange vart livstecken ska skickas.",
        "Nobody outside notices when this server falls silent. Say where signs of life are to be sent.",
    ),
    "notify_beat_well": ("Livstecknet togs emot", "The sign of life was received"),
    "notify_beat_waits": (
        "Inget livstecken har tagits emot sedan programmet startade.",
        "No sign of life has been received since the program started.",
    ),
    "notify_log": ("Vad som har skickats härifrån", "What was sent from here"),
    "notify_log_more": ("Visa {n} till", "Show {n} more"),
    "notify_log_none": ("Ingenting har skickats ännu.", "Nothing has been sent yet."),
    "notify_state_waiting": ("väntar", "waiting"),
    "notify_state_sending": ("skickas", "being sent"),
    "notify_state_accepted": ("mottaget av tjänsten", "taken by the service"),
    "notify_state_failed": ("gick inte fram", "did not get through"),
    "notify_state_dropped": ("skickades inte", "not sent"),
    "notify_why_refused": ("tjänsten nekade eller svarade inte", "the service refused or did not answer"),
    "notify_why_no_answer": ("inget svar i tid", "no answer in time"),
    "notify_why_wrong_address": ("adressen går inte att använda", "the address cannot be used"),
    "notify_why_unknown": ("programmet avbröts under sändningen", "the program was interrupted while sending"),
    "notify_why_no_longer": ("behövdes inte längre", "no longer needed"),
    "notify_why_removed": ("sättet togs bort", "the way was removed"),
    "notify_tries": ("{n} försök", "{n} tries"),
    "notify_wrong_key": (
        "Sidan var för gammal. Ladda om den och försök igen.",
        "The page was too old. Load it again and try once more.",
    ),
    "notify_wrong_name": ("Skriv ett namn på högst 60 tecken.", "Enter a name of at most 60 characters."),
    "notify_wrong_label": ("Ge sättet ett namn på högst 60 tecken.", "Give the way a name of at most 60 characters."),
    "notify_wrong_scope": ("Välj bland dina egna platser.", "Choose among your own sites."),
    "notify_wrong_time": ("Skriv tiden som 22:00.", "Enter the time as 22:00."),
    "notify_wrong_quiet": ("Skriv både från och till, eller inget av dem.", "Enter both from and until, or neither."),
    "notify_wrong_address": (
        "Adressen går inte att använda. Den ska se ut som i Apprises beskrivning av tjänsten.",
        "The address cannot be used. It must look as in Apprise's description of the service.",
    ),
    "notify_wrong_scheme": (
        (
            "Den sortens adress används inte här. E-post, sms-tjänster, notiser, Teams, Matrix, andra system med flera "
            "går bra; listan finns i docs/notification.md."
        ),
        (
            "That kind of address is not used here. E-mail, text services, push, Teams, Matrix, webhooks and others "
            "will do; the list is in docs/notification.md."
        ),
    ),
    "notify_wrong_part": (
        "Adressen innehåller en inställning som inte är tillåten efter frågetecknet. Ta bort den.",
        "The address has a setting after the question mark that is not allowed. Take it away.",
    ),
    "notify_wrong_home": (
        "Skriv adressen som https://namn, utan något efter.",
        "Enter the address as https://name, with nothing after it.",
    ),
    "notify_wrong_gone": ("Den finns inte längre. Ladda om sidan.", "It is no longer there. Load the page again."),
    "notify_own": ("Vad platserna själva har larmat", "What the sites themselves have called"),
    "notify_own_none": ("Ingen plats har berättat att den larmat själv.", "No site has told of a call of its own."),
    "notify_own_matter": ("Platsen har själv larmat:", "The site itself called:"),
    "called": ("Sms till {who} togs emot av nätet.", "Text to {who} taken by the network."),
    "called_over": (
        "Sms till {who} om att det är över togs emot av nätet.",
        "Text to {who} that it is over was taken.",
    ),
    "called_not": ("Sms till {who} kom inte iväg: {why}.", "Text to {who} did not go out: {why}."),
    "called_unknown": (
        "Sms till {who}: inget svar i tid, ingen vet om det kom fram.",
        "Text to {who}: no answer in time, nobody knows whether it got through.",
    ),
    "unsent_no_manager": ("dosans modemprogram är inte igång", "the box's modem program does not run"),
    "unsent_no_access": ("dosan får inte använda modemet", "the box may not use the modem"),
    "unsent_no_modem": ("det finns inget modem", "there is no modem"),
    "unsent_sim_locked": ("sim-kortet är låst med PIN-kod", "the SIM card is locked with a PIN"),
    "unsent_modem_failed": ("modemet fungerar inte", "the modem does not work"),
    "unsent_not_ready": ("modemet höll på att starta", "the modem was being started"),
    "unsent_no_network": ("modemet har inget mobilnät", "the modem has no mobile network"),
    "unsent_not_taken": ("nätet tog inte emot det", "the network did not take it"),
    "unsent_no_answer": ("inget svar i tid", "no answer in time"),
    "did_notification": ("ändrade larmningen:", "changed notification:"),
}
