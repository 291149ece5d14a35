"""The command that seals a new code: printed as a page to fold, and nowhere else; the store keeps its hash."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard import config
from dashboard.account_commands import opened
from dashboard.core.sites import BadInput
from dashboard.io.access.passing import sealed_anew

BY = "the command line"
FOLD = "- " * 32


def seal(path: str) -> str:
    """Seal a new code for the site of the settings; the page to print. Raises BadInput, StoreTrouble."""
    settings = config.read(path)
    if settings.view.mode != "site":
        raise BadInput(f'{path}: only a site\'s own page has a sealed code; this one has [view] mode = "centre"')
    with opened(path) as (_, door, _):
        site, now = settings.site[0], door.now()
        code = sealed_anew(door, site.id, BY)
    when = None if now.wall_ms is None else datetime.fromtimestamp(now.wall_ms / 1000, ZoneInfo(settings.view.timezone))
    return sheet(site.place, code, "" if when is None else f"{when:%Y-%m-%d}")


def sheet(place: str, code: str, day: str) -> str:
    """The page: what it is outside, the code inside, to be folded along the lines."""
    outside = [
        f"  FÖRSEGLAD KOD – {place}",
        "",
        "  Öppna bara när ingen med inloggning kan nås.",
        "  Den som öppnar skriver sitt namn på platsens sida. Kommunen får larm.",
        f"  Förseglad {day or '____-__-__'} av ____________________",
    ]
    inside = [
        "  1. Anslut telefonen till butikens wifi och öppna platsens sida.",
        "  2. Tryck ”Använd den förseglade koden” och skriv ditt namn och koden:",
        "",
        f"         {code}",
        "",
        "  Koden gäller en gång och ger ägarens rättigheter i 24 timmar.",
        "  Be den som sköter dosan att försegla en ny (sotpunkt-dashboard seal).",
    ]
    blank = [""] * 6
    return "\n".join([*outside, *blank, FOLD, *blank, *inside, *blank, FOLD, *blank])
