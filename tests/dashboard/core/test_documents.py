"""Content documents are checked before they leave: the form, the names, and hours that somebody can judge."""

from datetime import date
from typing import Any

import pytest

from contract.content import DOCUMENTS
from dashboard.core.sending.documents import document, hours_fault
from dashboard.core.sites import BadInput

SERVICE = {"key": "food", "icon": "food", "sv": "Mat", "en": "Food"}
POST = {"id": "x", "title": {"sv": "Bageriet"}, "until": date(2026, 12, 1)}


def test_day_of_toml_is_a_day() -> None:
    """A TOML date, and an ISO text, are the same day on the wire."""
    one = document("businesses", {"businesses": [POST]}, 1, "b.toml")
    other = document("businesses", {"businesses": [POST | {"until": "2026-12-01"}]}, 1, "b.toml")

    assert one == other


@pytest.mark.parametrize("name", ["businesses", "rooms", "events"])
def test_post_without_a_last_day_is_refused(name: str) -> None:
    """What is about somebody ends by itself."""
    post = {key: value for key, value in POST.items() if key != "until"} | {"starts": "2026-12-01T18:00:00"}

    with pytest.raises(BadInput, match="until"):
        document(name, {name: [post]}, 1, "x.toml")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"services": [SERVICE | {"stafed": "24/7"}]}, r"services\[0\].stafed: is not known; did you mean staffed\?"),
        ({"services": [SERVICE, SERVICE | {"staffed": "9-18"}]}, r"services\[1\].staffed: '9-18' is not opening hours"),
        ({"services": [SERVICE | {"unstaffed": "sunrise-22:00"}]}, "sunrise cannot be judged at the site"),
        ({"services": [SERVICE | {"staffed": "Mo 09:00-18:00; SH off"}]}, "SH cannot be judged"),
        ({"services": [SERVICE | {"link": "javascript:x"}]}, "link"),
        ({"services": [SERVICE | {"unstaffed_needs": ["key"]}]}, "unstaffed_needs"),
    ],
)
def test_fault_names_its_place(body: dict[str, Any], said: str) -> None:
    """Which service, which field, what to write instead; nothing is sent."""
    with pytest.raises(BadInput, match=said):
        document("services", body, 1, "services.toml")


def test_title_without_swedish_is_refused() -> None:
    """Every language falls back to Swedish, so Swedish is there."""
    with pytest.raises(BadInput, match="Swedish"):
        document("rooms", {"rooms": [POST | {"title": {"en": "Hall"}}]}, 1, "x.toml")


@pytest.mark.parametrize("text", ["24/7", "Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off", 'Mo unknown "ring först"'])
def test_good_hours_have_no_fault(text: str) -> None:
    """What the kiosk can judge is taken."""
    assert "" == hours_fault(text)


def test_unknown_document_still_travels() -> None:
    """A newer kiosk may know what this centre does not."""
    assert "tides" not in DOCUMENTS
    assert 7 == document("tides", {"x": 1}, 1, "x.toml")[0].size
