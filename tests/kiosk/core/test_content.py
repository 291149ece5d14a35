"""Whom to call: never an empty page, and an unknown frequency is said to be unknown."""

from typing import Any

import msgspec
import pytest

from contract.content import ContactsDocument
from kiosk.core.content import contact_rows, numbers_line, phone_down
from kiosk.io.texts import words

NATIONAL = ("112", "113 13", "1177", "114 14")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_without_a_document_the_national_numbers_are_there(language: str) -> None:
    """Each with what it is for, what to do without a phone, and that the radio's frequency is not known."""
    rows = contact_rows(None, words(language))

    assert all(any(row.startswith(number) and len(row) > len(number) + 5 for row in rows) for number in NATIONAL)
    assert words(language).say("contacts.phone_down") in rows[-2]
    assert "P4" in rows[0]
    assert "MHz" not in rows[0]
    assert all(number in numbers_line(None, words(language)) for number in NATIONAL)
    assert words(language).say("crisis.radio_unknown") in numbers_line(None, words(language))


def test_what_the_site_forgot_is_added_and_nothing_stands_twice(house: Any) -> None:
    """A document with two of the numbers, and another that only looks like one of them."""
    one = ContactsDocument(
        p4_mhz="100,5", rows_sv=("112 – fara", "0771-177 00 – försäkring", "11313 – kris"), rows_en=()
    )
    rows = contact_rows(one, words("sv"))

    assert [1, 1, 1, 1] == [sum(row.replace(" ", "").startswith(number.replace(" ", "")) for row in rows)
                            for number in NATIONAL]  # fmt: skip
    assert "100,5 MHz" in rows[0]
    assert "100,5 MHz" in numbers_line(house.CONTACTS, words("en"))


def test_what_to_do_without_a_phone_is_the_site_s_own() -> None:
    """In the reader's language, else in Swedish; an older document without it still gets the advice for anywhere."""
    own = ContactsDocument(
        p4_mhz="100,5",
        rows_sv=(),
        rows_en=(),
        phone_down={"sv": ("Radion i stugan är bemannad.", "Gå till stationen.")},
    )
    assert "Fungerar inte telefonen? Radion i stugan är bemannad." == phone_down(own, words("sv"))[0]
    assert any("Radion i stugan" in line for line in phone_down(own, words("en")))
    older = msgspec.json.decode(b'{"p4_mhz": "100,5", "rows_sv": [], "rows_en": []}', type=ContactsDocument)
    assert 2 == len(phone_down(older, words("sv")))
