"""Text as a speech program has to be given it: abbreviations in full, numbers to call digit by digit, no addresses."""

import re
import unicodedata
from collections.abc import Callable

MOST_LETTERS = 1500
"""Of one text that is spoken in one go; what is longer is divided between sentences."""

DIGITS = {
    "sv": ["noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "fi": ["nolla", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan", "yhdeksän"],
    "ar": ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"],
}

IN_FULL: dict[str, dict[str, str]] = {
    "sv": {
        "kl.": "klockan", "tel.": "telefon", "tfn": "telefon", "ca": "cirka", "t.ex.": "till exempel",
        "bl.a.": "bland annat", "m.m.": "med mera", "dvs.": "det vill säga", "nr": "nummer", "tim": "timmar",
        "min": "minuter", "km/h": "kilometer i timmen", "m/s": "meter per sekund", "km": "kilometer",
        "MHz": "megahertz", "kr": "kronor", "VMA": "V M A", "SMHI": "S M H I", "QR": "Q R", "SOS": "S O S",
        "mån": "måndag",
        "tis": "tisdag", "ons": "onsdag", "tor": "torsdag", "fre": "fredag", "lör": "lördag", "sön": "söndag",
        "jan.": "januari", "feb.": "februari", "aug.": "augusti", "sep.": "september", "okt.": "oktober",
        "nov.": "november", "dec.": "december", "°C": "grader", "%": "procent", "mm": "millimeter", "rv": "riksväg",
    },
    "en": {
        "tel.": "telephone", "approx.": "approximately", "e.g.": "for example", "no.": "number", "h": "hours",
        "min": "minutes", "km/h": "kilometres per hour", "m/s": "metres per second", "km": "kilometres",
        "MHz": "megahertz", "VMA": "V M A", "SMHI": "S M H I", "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday",
        "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday", "Jan": "January", "Feb": "February",
        "Aug": "August", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
        "°C": "degrees", "%": "percent", "mm": "millimetres",
    },
    "fi": {
        "klo": "kello", "puh.": "puhelin", "esim.": "esimerkiksi", "n.": "noin", "ma": "maanantai", "ti": "tiistai",
        "ke": "keskiviikko", "to": "torstai", "pe": "perjantai", "la": "lauantai", "su": "sunnuntai",
        "km/h": "kilometriä tunnissa", "m/s": "metriä sekunnissa", "MHz": "megahertsiä", "VMA": "V M A",
        "SMHI": "S M H I", "%": "prosenttia", "°C": "astetta", "min": "minuuttia", "t": "tuntia",
    },
}  # fmt: skip
ADDRESS_WORDS = {"sv": "webbadressen står på skärmen", "en": "the web address is on the screen",
                 "fi": "verkko-osoite on näytöllä", "ar": "العنوان على الشاشة"}  # fmt: skip
RANGE_WORDS = {"sv": "till", "en": "to"}
ZERO_WORDS = {"sv": "noll", "en": "oh", "fi": "nolla"}

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)]+|\b[\w-]+(?:\.[\w-]+)*\.(?:se|com|org|net|eu|nu)(?:/[^\s)]*)?\b")
_TIME = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b(?![.:]?\d)")
_ROAD = re.compile(r"\b([ER])(\d{1,3})\b")
_RADIO = re.compile(r"\bP([1-4])\b")
_PHONE = re.compile(r"(?<![\d,.])(?:\+\d{1,3}[ -]?\d|0\d)\d*(?:[ -]\d{2,})+(?![\d,])|(?<![\d,.])0\d{7,}(?!\d)")
_SHORT = re.compile(r"(?<![\d,.:–-])(112|113[  ]?13|114[  ]?14|1177)(?![\d:]|[,.]\d)")
_RANGE = re.compile(r"(?<=\d)[  ]?[–−][  ]?(?=\d)")
_SHOUTED = re.compile(r"\b[A-ZÅÄÖ]{5,}\b")
_COMMANDS = "[]<>{}|\\_*#"
_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")


def pronounce(text: str, language: str) -> str:
    """`text` for a voice of `language` ("sv", "en", "fi", "ar"; others are only cleaned)."""
    text = _calm(unicodedata.normalize("NFC", text))
    text = _ADDRESS.sub(ADDRESS_WORDS.get(language, " "), text)
    if language in DIGITS:
        by_digit = _speller(DIGITS[language])
        text = _SHORT.sub(by_digit, _PHONE.sub(by_digit, text))
    text = _TIME.sub(lambda found: _time(found, ZERO_WORDS.get(language, "")), text)
    text = _RADIO.sub(r"P \1", _ROAD.sub(r"\1 \2", text))
    text = _in_full(text, IN_FULL.get(language, {}))
    text = _RANGE.sub(f" {RANGE_WORDS[language]} " if language in RANGE_WORDS else " – ", text)
    text = _SHOUTED.sub(lambda found: found.group().lower(), text)
    return re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", text)).strip()


def _calm(text: str) -> str:
    """No control characters, and nothing that the program would take for phonemes or commands."""
    text = text.replace("\n", ". ").replace("·", ",").replace("..", ".")
    return "".join(" " if letter in _COMMANDS or unicodedata.category(letter)[0] == "C" else letter for letter in text)


def _speller(names: list[str]) -> Callable[[re.Match[str]], str]:
    def spelt(found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found.group())
        return ", ".join(" ".join(names[int(digit)] for digit in group) for group in groups)

    return spelt


def _time(found: re.Match[str], zero: str) -> str:
    hour, minute = int(found.group(1)), int(found.group(2))
    if not minute:
        return str(hour)
    return f"{hour} {zero} {minute}" if minute < 10 else f"{hour} {minute}"


def _in_full(text: str, table: dict[str, str]) -> str:
    """Whole words only; "%" and "°C" also where they stand at a number."""
    for short in sorted(table, key=len, reverse=True):
        before = r"(?<!\w)" if short[0].isalpha() else ""
        after = r"(?!\w)" if short[-1].isalpha() else ""
        text = re.sub(f"{before}{re.escape(short)}{after}", f" {table[short]}" if not before else table[short], text)
    return text


def portions(text: str) -> list[str]:
    """A long text in portions of at most `MOST_LETTERS`, divided between sentences, else between words."""
    found = [""]
    for sentence in _ENDS.split(text):
        for piece in _short_enough(sentence):
            if found[-1] and len(found[-1]) + len(piece) >= MOST_LETTERS:
                found.append("")
            found[-1] = f"{found[-1]} {piece}".strip()
    return [portion for portion in found if portion]


def _short_enough(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > MOST_LETTERS:
        cut = sentence.rfind(" ", 1, MOST_LETTERS)
        cut = cut if cut > 0 else MOST_LETTERS
        pieces.append(sentence[:cut])
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]
