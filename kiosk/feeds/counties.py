"""The 21 counties: one table between the forms in which the sources name them. Codes are SCB's, always as text.

SR says "23", SMHI and Trafikverket say 23 (and 3 for "03"), Krisinformation says "Jämtlands län".
"""

import unicodedata

WHOLE_COUNTRY = "00"

NAMES: dict[str, tuple[str, str]] = {
    "01": ("Stockholms län", "Stockholm"),
    "03": ("Uppsala län", "Uppsala"),
    "04": ("Södermanlands län", "Södermanland"),
    "05": ("Östergötlands län", "Östergötland"),
    "06": ("Jönköpings län", "Jönköping"),
    "07": ("Kronobergs län", "Kronoberg"),
    "08": ("Kalmar län", "Kalmar"),
    "09": ("Gotlands län", "Gotland"),
    "10": ("Blekinge län", "Blekinge"),
    "12": ("Skåne län", "Skåne"),
    "13": ("Hallands län", "Halland"),
    "14": ("Västra Götalands län", "Västra Götaland"),
    "17": ("Värmlands län", "Värmland"),
    "18": ("Örebro län", "Örebro"),
    "19": ("Västmanlands län", "Västmanland"),
    "20": ("Dalarnas län", "Dalarna"),
    "21": ("Gävleborgs län", "Gävleborg"),
    "22": ("Västernorrlands län", "Västernorrland"),
    "23": ("Jämtlands län", "Jämtland"),
    "24": ("Västerbottens län", "Västerbotten"),
    "25": ("Norrbottens län", "Norrbotten"),
}
"""Code: full name, and the name of the land."""

_COUNTRY = ("sverige", "hela sverige", "hela landet", "sweden")


def folded(name: str) -> str:
    """A name without regard to case, spaces and how its letters were composed."""
    return " ".join(unicodedata.normalize("NFC", name[:200]).casefold().split())


_CODES = {folded(form): code for code, (full, land) in NAMES.items() for form in (full, land, f"{land} county")} | {
    folded(full.removesuffix(" län")): code for code, (full, _land) in NAMES.items()
}


def code_of_name(name: str) -> str:
    """ "Jämtlands län", "Jämtland", "Jämtland County" → "23"; "Sverige" → "00"; "" for a name that is none of them."""
    wanted = folded(name)
    return WHOLE_COUNTRY if wanted in _COUNTRY else _CODES.get(wanted, "")


def code_of_number(number: int) -> str:
    """23 → "23", 3 → "03", 0 → "00"; Trafikverket's old 2 for Stockholm → "01"; "" for what is no county."""
    code = "01" if number == 2 else f"{number:02d}"
    return code if code in NAMES or code == WHOLE_COUNTRY else ""
