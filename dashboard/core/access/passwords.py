"""Rules for names and passwords: length alone, and not one of those that everybody tries first."""

import re
import unicodedata

SHORTEST, LONGEST = 10, 200
LONGEST_NAME = 60

COMMON = frozenset({
    "1234567890", "0123456789", "0987654321", "12345678910", "1234567891", "123456789a", "123456789q", "123123123123",
    "1122334455", "1111111111", "0000000000", "qwertyuiop", "qwertyuiopå", "qwerty12345", "qwerty123456",
    "1q2w3e4r5t", "1qaz2wsx3edc", "asdfghjkl123", "asdfghjklö", "zxcvbnm123", "password12", "password123",
    "password1234", "password12345", "passw0rd123", "p@ssw0rd123", "mypassword", "letmein123", "letmeinnow",
    "welcome123", "welcome1234", "iloveyou123", "iloveyouso", "administrator", "administratör", "admin12345",
    "admin123456", "superadmin", "changeme123", "changeme12", "lösenord12", "lösenord123", "lösenord1234",
    "losenord12", "losenord123", "losenord1234", "hemligt123", "hemligt1234", "mittlösenord", "mittlosenord",
    "sommar2023", "sommar2024", "sommar2025", "sommar2026", "sommaren2025", "sommaren2026", "vinter2024",
    "vinter2025", "vinter2026", "hösten2025", "välkommen1", "välkommen12", "välkommen123", "valkommen123",
    "sverige123", "sverige2025", "fotboll123", "abcdefghij", "abcdefghijk", "abcd123456", "abc1234567", "raspberrypi",
    "raspberry123", "sotpunkt123", "sotpunkt2026", "servicepunkt", "strömavbrott", "kommunen123", "butiken123",
})  # fmt: skip
"""What is tried first, in small letters."""


def normal(text: str) -> str:
    """The same letters as the same code points, whatever keyboard wrote them."""
    return unicodedata.normalize("NFC", text)


def fault(password: str, name: str) -> str:
    """The key of the sentence about a password that cannot be used, or ""."""
    told = normal(password)
    if len(told) < SHORTEST:
        return "wrong_password_short"
    if len(told) > LONGEST:
        return "wrong_password_long"
    small = told.casefold()
    if small in COMMON or len(set(small)) < 3 or small == known_as(name):
        return "wrong_password_common"
    return ""


def spoken(name: str) -> str:
    """A name as it is shown: no spaces around it, one between its words."""
    return " ".join(normal(name).split())


def known_as(name: str) -> str:
    """What makes two names the same one."""
    return spoken(name).casefold()


def name_fault(name: str) -> str:
    """The key of the sentence about a name that cannot be used, or ""."""
    told = spoken(name)
    if not told:
        return "wrong_missing"
    if len(told) > LONGEST_NAME or not told.isprintable():
        return "wrong_name"
    return ""


def plain_pin(written: str) -> str:
    """Eight digits however they were typed (1234 5678, 1234-5678); anything else as it is."""
    told = re.fullmatch(r"\s*(\d{4})[\s-]?(\d{4})\s*", written, re.ASCII)
    return f"{told[1]}{told[2]}" if told else written
