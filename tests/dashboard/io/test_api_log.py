"""The log shows every line that was ever written, also of a program that knew other words."""

from typing import Any

import pytest

from dashboard.core.access.people import Person, Role


@pytest.mark.parametrize(
    ("did", "said"),
    [
        ("message alert: m-1", "skickade meddelandet m-1"), ("message cancel: m-1", "upphävde med meddelandet m-1"),
        ("order: report by radio", "skrev in en rapport över radio"),
        ("order: of a later version", "of a later version"),
        ("did something new: with a name", "did something new with a name"),
    ],
)  # fmt: skip
def test_line_without_words_hides_no_other(staff: Any, did: str, said: str) -> None:
    """It stands as it was written, and the page is there."""
    staff.add("Ada", Role.ADMINISTRATOR)
    browser = staff.enter("Ada")
    staff.door.audit.write(staff.door.now(), did, Person(name="Kim"), "", result="of a later version")
    page = browser.get("/log")

    assert 200 == page.status_code
    assert said in page.text
