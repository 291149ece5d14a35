"""An editor hears before sending what visitors would not see, or would see wrongly."""

from datetime import date
from typing import Any

import msgspec
import pytest

from dashboard.core.sending.remarks import day_of, remarks

TODAY = date(2026, 1, 20)
POST = {"id": "x", "title": {"sv": "Kör", "en": "Choir"}, "until": "2026-02-01", "starts": "2026-01-25T19:00:00"}
SHOP = {"key": "food", "icon": "food", "sv": "Mat", "en": "Food", "staffed": "Mo-Fr 09:00-18:00"}
ONCE = {"service": "food", "begins": "2026-01-20T10:00:00", "ends": "2026-01-21T10:00:00", "author": "Åre kommun"}
OVER = ONCE | {"begins": "2026-01-10T10:00:00", "ends": "2026-01-11T10:00:00"}


def told(name: str, row: dict[str, Any]) -> str:
    """All remarks on a document with one row."""
    (field,) = {"events": ["events"], "services": ["services"], "outage-hours": ["overrides"], "here": ["things"]}[name]
    return "\n".join(remarks(name, msgspec.json.encode({field: [row]}), TODAY))


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("events", POST | {"until": "2026-01-19"}, "events[0]: its last day, 2026-01-19, has passed"),
        ("events", POST | {"until": "2026-01-22"}, "comes before it begins on 2026-01-25"),
        ("events", POST | {"starts": "2026-01-10T19:00:00"}, "was over on 2026-01-10"),
        ("events", POST | {"title": {"sv": "Kör"}}, "1 texts are in Swedish only"),
        ("here", {"id": "x", "title": {"sv": "x", "en": "x"}, "until": "2025-12-31"}, "things[0]: its last day"),
        ("services", SHOP | {"key": "groceries"}, "cannot declare 'groceries' open or closed, only food, fuel"),
        ("services", SHOP | {"key": "sauna", "staffed": ""}, "will never say whether it is open"),
        ("services", SHOP | {"unstaffed": "24/7"}, "unstaffed without unstaffed_needs"),
        ("outage-hours", OVER, "overrides[0]: ended on 2026-01-11; it changes nothing any more"),
    ],
)  # fmt: skip
def test_doubtful_is_named_with_its_place(name: str, row: dict[str, Any], said: str) -> None:
    """What it is, and what comes of it."""
    assert said in told(name, row)


@pytest.mark.parametrize(("name", "row"), [("events", POST), ("services", SHOP), ("outage-hours", ONCE)])
def test_what_is_well_gets_no_remark(name: str, row: dict[str, Any]) -> None:
    """Nobody reads a list that is always full."""
    assert "" == told(name, row)


def test_document_of_no_known_form_has_no_remarks() -> None:
    """It travels and is not shown."""
    assert [] == remarks("menu", b'{"x": {"sv": "y"}}', TODAY)


def test_without_a_day_nothing_is_over() -> None:
    """A computer that does not know the time still says the rest."""
    rows = {"services": [SHOP | {"key": "post"}]}

    assert [] == remarks("events", msgspec.json.encode({"events": [POST | {"until": "2020-01-01"}]}), None)
    assert 1 == len(remarks("services", msgspec.json.encode(rows), None))


def test_day_is_that_at_the_sites() -> None:
    """An hour before midnight in universal time it is tomorrow in Sweden."""
    assert date(2026, 1, 20) == day_of(1_768_863_600_000)
