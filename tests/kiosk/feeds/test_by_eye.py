"""What a person who reads an answer by eye would say of it, beside what the program says."""

from pathlib import Path

import pytest

from kiosk.feeds import krisinformation, smhi, vma
from kiosk.feeds.alert import Alert, Answer

ANSWERS = Path(__file__).with_name("answers")
READERS = {"vma": vma.read, "cap": vma.read, "smhi": smhi.read, "krisinformation": krisinformation.read}

BY_EYE = {
    "vma_none": [],
    "vma_update_and_exercise_cancel": [
        "real update in 2999: Viktigt meddelande till allmänheten (VMA), replaces SRCAP20260314085500I",
        "exercise cancel of SRCAP20260314060000E",
    ],
    "vma_siren_test": ["exercise alert in 00: Viktigt meddelande till allmänheten (VMA)"],
    "vma_two_languages_two_areas": [
        "real alert in 2998 2999: Viktigt meddelande till allmänheten (VMA); also en",
    ],
    "vma_v2": ["real update in 2999: Viktigt meddelande till allmänheten (VMA), replaces SRCAP20260314085500I"],
    "vma_all_statuses": [
        "real alert in 2999: Viktigt meddelande till allmänheten (VMA)",
        "exercise alert in 2999: Viktigt meddelande till allmänheten (VMA)",
        "test alert in 2999: Viktigt meddelande till allmänheten (VMA)",
        "not shown: SRCAP20260314090400I, SRCAP20260314090500I, SRCAP20260314090600I",
    ],
    "vma_one_broken_of_three": [
        "real alert in 2999: Viktigt meddelande till allmänheten (VMA)",
        "real alert in 2999: Viktigt meddelande till allmänheten (VMA)",
        "not shown: SRCAP20260314081000I, alerts 4",
    ],
    "vma_all_clear": [
        "real update, danger over, in 2999: Viktigt meddelande till allmänheten (VMA), replaces SRCAP20260314085500I",
    ],
    "cap_with_drawings": ["real alert in a drawing: Ras vid älven"],
    "smhi_none": [],
    "smhi_orange_wind": ["real orange alert in 23 and a drawing: Mycket hårda vindbyar; also en"],
    "smhi_message_sea_and_river": [
        "real message alert in 03 and a drawing, open end: Risk för skogsbrand; also en",
        "real yellow alert in 41 58 and a drawing: Kuling; also en",
        "real red alert in 24 and a drawing: Orkan; also en",
    ],
    "smhi_some_broken": [
        "real yellow alert in 23: Snöfall; also en",
        "not shown: warning 990004, 990401, warning 990005, warnings 3",
    ],
    "krisinformation_none": [],
    "krisinformation_news": [
        "real news in 23: Omfattande elavbrott",
        "real news in 00: Råd inför vintern",
        "real news in Påhittade län Påhittsby and a drawing: Omfattande elavbrott",
    ],
    "krisinformation_lower_case": ["real news in 23: Omfattande elavbrott"],
    "krisinformation_edited": ["real news in 23: Omfattande elavbrott"],
    "krisinformation_some_broken": [
        "real news in 23: Omfattande elavbrott",
        "not shown: 99004, 99005, items 4, items 5",
    ],
}


def _said(answer: Answer) -> list[str]:
    lines = [_line(alert) for alert in answer.alerts]
    unread = ", ".join(reject.what for reject in answer.rejects)
    return [*lines, f"not shown: {unread}"] if unread else lines


def _line(alert: Alert) -> str:
    status = "real" if alert.status.value == "actual" else alert.status.value
    level = "" if alert.level.value == "none" else f" {alert.level.value}"
    kind = "news" if alert.news else alert.msg_type.value
    if kind == "cancel":
        return f"{status} cancel of {' '.join(alert.references)}"
    over = ", danger over," if alert.all_clear else ""
    shape = alert.area.shape
    drawn = ["a drawing"] if shape.polygons or shape.lines or shape.circles else []
    where = " and ".join([*filter(None, [" ".join((*alert.area.codes, *alert.area.names))]), *drawn])
    end = ", open end" if alert.level.value != "none" and alert.expires_ms is None else ""
    replaces = f", replaces {' '.join(alert.references)}" if alert.references else ""
    also = "; also en" if len(alert.words) > 1 else ""
    return f"{status}{level} {kind}{over} in {where}{end}: {alert.words['sv'].headline}{replaces}{also}"


def test_every_recorded_answer_was_looked_at() -> None:
    """No recorded answer lies about without somebody having said what it means."""
    assert set(BY_EYE) == {path.stem for path in ANSWERS.glob("*.json")}


@pytest.mark.parametrize("name", BY_EYE)
def test_answer_means_what_a_reader_sees(name: str) -> None:
    """The program says of each recorded answer what a person says."""
    body = (ANSWERS / f"{name}.json").read_bytes()

    assert BY_EYE[name] == _said(READERS[name.split("_")[0]](body))
