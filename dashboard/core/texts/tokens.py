"""Texts of the page of tokens, and of what a program with one is told."""

TOKENS: dict[str, tuple[str, str]] = {
    "nav_tokens": ("Andra system", "Other systems"),
    "tokens_title": ("Andra system", "Other systems"),
    "tokens_why": (
        (
            "Ett annat system kommer in med en nyckel, utan konto. Det läser, och skriver in om platser om du vill. "
            "Det sköter aldrig konton, ser aldrig loggen och skickar aldrig meddelanden till skärmarna."
        ),
        (
            "Another system comes in with a token, without an account. It reads, and enters about sites if you like. "
            "It never looks after accounts, never sees the log and never sends messages to the screens."
        ),
    ),
    "tokens_none": ("Inga nycklar är gjorda.", "No tokens are made."),
    "token_new": ("Ny nyckel", "New token"),
    "token_name": ("Systemets namn", "Name of the system"),
    "token_name_hint": ("Står i loggen vid allt som systemet gör.", "Stands in the log at all that the system does."),
    "token_rights": ("Får göra", "May do"),
    "token_rights_read": ("Läsa", "Read"),
    "token_rights_orders": (
        "Läsa och skriva in om platser (kvittera, rapportera, öppna)",
        "Read, and enter about sites (acknowledge, report, open)",
    ),
    "token_days": ("Hur länge?", "For how long?"),
    "token_days_7": ("1 vecka", "1 week"),
    "token_days_30": ("30 dygn", "30 days"),
    "token_days_90": ("90 dygn", "90 days"),
    "token_days_365": ("Ett år", "A year"),
    "token_days_400": ("400 dygn, det längsta", "400 days, the longest"),
    "token_code_hint": (
        "Sex siffror från appen: en sida som står öppen räcker inte för en nyckel.",
        "Six digits from the app: a page left open is not enough for a token.",
    ),
    "token_make": ("Gör nyckeln", "Make the token"),
    "token_made": ("Nyckel för {name}", "Token for {name}"),
    "token_made_why": (
        "Visas bara nu. Kopiera den till systemets inställningar. Den som har den får det som du valde.",
        "Shown only now. Copy it to the system's settings. Whoever has it may do what you chose.",
    ),
    "token_how": (
        (
            "Systemet skickar den i varje fråga: Authorization: Bearer följt av nyckeln. Vad det kan fråga om står i "
            "/api/openapi.json."
        ),
        (
            "The system sends it with each request: Authorization: Bearer followed by the token. What it can ask "
            "stands in /api/openapi.json."
        ),
    ),
    "token_by": (
        "Gjord av {by}. Den slutar gälla om kontot för {by} låses eller tas bort.",
        "Made by {by}. It ends when the account of {by} is locked or removed.",
    ),
    "token_used": ("Användes senast {day}.", "Last used {day}."),
    "token_unused": ("Inte använd än.", "Not used yet."),
    "token_left": ("Gäller i {age} till.", "Good for {age} more."),
    "token_over": ("Tiden är ute", "Its time is out"),
    "token_revoke": ("Ta tillbaka nyckeln", "Revoke the token"),
    "token_sure": (
        "Systemet får inget mer från och med nu. Det går inte att ångra.",
        "The system gets nothing more from now on. This cannot be undone.",
    ),
    "token_wrong": (
        "Nyckeln är okänd, återtagen eller för gammal. Be en administratör om en ny.",
        "The token is unknown, revoked or too old. Ask an administrator for a new one.",
    ),
    "token_wait": (
        "För många fel nycklar kom från den här adressen. Vänta så länge som Retry-After säger.",
        "Too many wrong tokens came from this address. Wait for as long as Retry-After says.",
    ),
    "wrong_many_tokens": (
        "Det finns redan hundra nycklar. Ta tillbaka en som inte används.",
        "There are a hundred tokens already. Revoke one that is not used.",
    ),
    "wrong_token_name_taken": (
        "Namnet är taget av ett annat system eller ett konto. Välj ett annat.",
        "Another system or an account has that name. Choose another.",
    ),
    "wrong_no_token": ("Den nyckeln finns inte längre.", "That token is there no longer."),
    "role_program": ("annat system", "other system"),
    "did_token": ("kom med en nyckel", "came with a token"),
    "did_token_made_read": ("gjorde en nyckel som får läsa för", "made a token that may read for"),
    "did_token_made_orders": (
        "gjorde en nyckel som får läsa och skriva in för",
        "made a token that may read and enter for",
    ),
    "did_token_revoked": ("tog tillbaka nyckeln för", "revoked the token of"),
    "result_wrong_token": ("okänd nyckel", "unknown token"),
}
