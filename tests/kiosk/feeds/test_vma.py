"""Sveriges Radio's answers: every trap that real clients fell into."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract.words import Status
from kiosk.feeds.alert import Alert, BadAnswer, MsgType
from kiosk.feeds.vma import MAX_BODY, read

ANSWERS = Path(__file__).with_name("answers")
NINE_THIRTY = 1773477000000  # 2026-03-14 09:30 Swedish winter time


def _alert(**changes: Any) -> dict[str, Any]:
    return {
        "identifier": "SRCAP20260314093000I",
        "sender": "https://vmaapi.sr.se",
        "sent": "2026-03-14T09:30:00+01:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "references": None,
        "incidents": "SRVMA20260314093000I",
        "info": [_info()],
    } | changes


def _info(**changes: Any) -> dict[str, Any]:
    where = {"areaDesc": "Exempels kommun", "geocode": [{"valueName": "Kommun", "value": "2999"}]}
    return {
        "language": "sv-SE",
        "category": ["Safety"],
        "event": "VMA",
        "severity": "Severe",
        "expires": "2026-03-15T09:30:00+01:00",
        "senderName": "Sveriges Radio",
        "description": "Koka vattnet.",
        "area": [where],
    } | changes


def _body(*alerts: Any, **envelope: Any) -> bytes:
    return json.dumps({"timestamp": "2026-03-14T09:31:02+01:00", "alerts": list(alerts)} | envelope).encode()


def _one(**changes: Any) -> Alert:
    answer = read(_body(_alert(**changes)))
    assert () == answer.rejects
    return answer.alerts[0]


def _why(**changes: Any) -> str:
    """Why an alert is not used, beside one that is."""
    answer = read(_body(_alert(**changes), _alert(identifier="GOOD-1")))
    assert ["GOOD-1"] == [alert.id for alert in answer.alerts]
    assert [changes.get("identifier", "SRCAP20260314093000I")] == [reject.what for reject in answer.rejects]
    return answer.rejects[0].why


def test_update_keeps_paragraphs_and_words() -> None:
    """A text comes out letter by letter as it was sent, with its paragraphs and lines."""
    alert = read((ANSWERS / "vma_update_and_exercise_cancel.json").read_bytes()).alerts[0]

    assert (
        "Viktigt meddelande till allmänheten i Påhittsby i Exempels kommun.\n\nVattnet ska kokas före drickning.\n\n"
        "Frågor: ring 113 13.\nLyssna på Sveriges Radio P4."
    ) == alert.words["sv"].description


def test_empty_list_means_none() -> None:
    """`alerts: []` is a good answer without messages."""
    answer = read((ANSWERS / "vma_none.json").read_bytes())

    assert () == answer.alerts
    assert () == answer.rejects


def test_envelopes_time_does_not_matter() -> None:
    """The envelope's timestamp may be anything: it says nothing of freshness."""
    for timestamp in (None, "", "2001-01-01T00:00:00+01:00", 5, "inte en tid"):
        assert 1 == len(read(_body(_alert(), timestamp=timestamp)).alerts)


@pytest.mark.parametrize(
    "body",
    [
        b'{"timestamp": "2026-03-14T09:31:02+01:00"}',
        b'{"alerts": null}',
        b'{"alerts": {}}',
        b'{"alerts": "[]"}',
        b'{"alerts": [], "Alerts": []}',
        b"[]",
        b"null",
        b'"alerts"',
        b'{"error": "try again later"}',
    ],
)
def test_answer_without_a_list_never_means_none(body: bytes) -> None:
    """An answer in which no list of alerts stands is a failed check, not "no warnings"."""
    with pytest.raises(BadAnswer):
        read(body)


def test_only_status_tells_an_exercise() -> None:
    """The siren test is an exercise though it is immediate and severe, and covers the whole country."""
    alert = read((ANSWERS / "vma_siren_test.json").read_bytes()).alerts[0]

    assert Status.EXERCISE is alert.status
    assert ("00",) == alert.area.codes


def test_unknown_status_is_never_real() -> None:
    """System, Draft and a status that nobody knows are left out with a sentence; the others keep their type."""
    answer = read((ANSWERS / "vma_all_statuses.json").read_bytes())

    assert [Status.ACTUAL, Status.EXERCISE, Status.TEST] == [alert.status for alert in answer.alerts]
    assert [
        ("SRCAP20260314090400I", "has status System, which is not for the public"),
        ("SRCAP20260314090500I", "has status Draft, which is not for the public"),
        ("SRCAP20260314090600I", "has the unknown status Rehearsal, so nobody knows whether it is real"),
    ] == [(reject.what, reject.why) for reject in answer.rejects]


@pytest.mark.parametrize("status", [None, "", 1, True, ["Actual"], {"a": 1}])
def test_missing_status_is_never_real(status: object) -> None:
    """No status, or one of a wrong type, is not taken for Actual."""
    assert "status" in _why(status=status)


def test_status_given_twice_is_never_real() -> None:
    """Two statuses in one message: nobody knows which is meant."""
    body = _body(_alert(identifier="A-1"), _alert()).replace(
        b'"status": "Actual"', b'"status": "Exercise", "Status": "Actual"', 1
    )
    answer = read(body)

    assert ["SRCAP20260314093000I"] == [alert.id for alert in answer.alerts]
    assert [("A-1", "status is given twice")] == [(reject.what, reject.why) for reject in answer.rejects]


def test_answer_of_drafts_only_is_no_failure() -> None:
    """What can be read but is not for the public leaves a good answer without messages."""
    answer = read(_body(_alert(status="Draft")))

    assert () == answer.alerts
    assert 1 == len(answer.rejects)


def test_changed_format_is_a_failed_check() -> None:
    """When not one record can be read, nothing has ended: the answer is bad."""
    with pytest.raises(BadAnswer, match="none of 2 records"):
        read(_body({"id": "new form"}, {"id": "newer form"}))


@pytest.mark.parametrize("kind", ["Ack", "Error", "Reminder", None, 7])
def test_kinds_for_machines_are_left_out(kind: object) -> None:
    """Only Alert, Update and Cancel reach people."""
    assert _why(msgType=kind)


def test_restricted_scope_is_left_out() -> None:
    """A message that is not public does not reach a public screen; one without scope does."""
    assert "has scope Private, which is not for the public" == _why(scope="Private")
    assert MsgType.ALERT is _one(scope=None).msg_type


def test_cancel_has_its_own_number_and_no_text() -> None:
    """A cancel ends what it refers to, with `info: null`; it is no edit of the first message."""
    cancel = _one(msgType="Cancel", info=None, references="https://vmaapi.sr.se,SRCAP-1,2026-03-14T08:55:00+01:00")

    assert MsgType.CANCEL is cancel.msg_type
    assert {} == cancel.words
    assert ("SRCAP-1",) == cancel.references


@pytest.mark.parametrize("info", [None, [], [{}], "text", 5, [None], [{"language": "sv-SE"}]])
def test_alert_without_text_is_told(info: object) -> None:
    """An alert in which nothing stands cannot be shown, and that is said."""
    assert "has no text" in _why(info=info)


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (None, ()),
        ("", ()),
        ("s,A,2026-03-14T08:55:00+01:00", ("A",)),
        ("s,A,2026-03-14T06:55:00+00:00 s,B,x", ("A", "B")),
        ("https://vmaapi.sr.se/api/v2,A,2026-03-14T08:55:00+01:00\r\n\thttps://vmaapi.sr.se,B,", ("A", "B")),
        ("A", ("A",)),
        ("https://vmaapi.sr.se,A", ("A",)),
        ("A,2026-03-14T08:55:00+01:00", ("A",)),
        ("s,A,2026-03-14 08:55:00+01:00", ("A",)),
        ("https://vmaapi.sr.se,,2026-03-14T08:55:00+01:00", ()),
        (",,,", ()),
        ("s,2026-03-14T0855-A,2026-03-14T08:55:00+01:00", ("2026-03-14T0855-A",)),
        ("A,https://vmaapi.sr.se,2026-03-14T08:55:00+01:00", ("A",)),
        (["s,A,t", "s,B,t"], ("A", "B")),
        ([{"identifier": "A"}, 5, None], ("A",)),
        ({"identifier": "A"}, ("A",)),
        ("s,A,t s,A,u", ("A",)),
        (17, ()),
    ],
)
def test_references_are_identifiers_only(references: object, expected: tuple[str, ...]) -> None:
    """Of a reference only the identifier is believed, however broken the triple is."""
    assert expected == _one(references=references).references


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ("SRVMA1", ("SRVMA1",)),
        ('A "B C" D', ("A", "B C", "D")),
        ('"A', ("A",)),
        ('""', ()),
        (None, ()),
        (["A", "B"], ("A", "B")),
        (5, ()),
    ],
)
def test_incidents_may_have_spaces(incidents: object, expected: tuple[str, ...]) -> None:
    """Incidents are a list with spaces between; a name with spaces stands in quotes."""
    assert expected == _one(incidents=incidents).incidents


def test_languages_are_one_message() -> None:
    """Two languages and two areas are one message: one text for each language, all areas together."""
    answer = read((ANSWERS / "vma_two_languages_two_areas.json").read_bytes())
    alert = answer.alerts[0]

    assert 1 == len(answer.alerts)
    assert ("2998", "2999") == alert.area.codes
    assert (
        "Norra Påhittsby:\nGå inomhus och stäng dörrar, fönster och ventilation.\n\n"
        "Södra Påhittsby:\nHåll dig borta från området."
    ) == alert.words["sv"].description
    assert "Norra Påhittsby, Södra Påhittsby" == alert.words["sv"].area
    assert alert.words["en"].description.startswith("Northern Påhittsby:\nGo inside")
    assert "extreme" == alert.severity
    assert 1773514800000 == alert.expires_ms  # the later of the two: 20:00


def test_same_text_for_two_areas_stands_once() -> None:
    """Blocks that say the same of two areas are not read twice."""
    north = {"areaDesc": "Norr", "geocode": {"valueName": "Län", "value": "23"}}
    alert = _one(info=[_info(), _info(area=[north])])

    assert "Koka vattnet." == alert.words["sv"].description
    assert "Exempels kommun, Norr" == alert.words["sv"].area


@pytest.mark.parametrize(
    ("tag", "expected"), [("sv-SE", "sv"), ("SV", "sv"), ("sma_SE", "sma"), (None, "en"), ("", "en"), ("???", "und")]
)
def test_language_is_its_first_part(tag: object, expected: str) -> None:
    """A missing language is English, as CAP says; what is none is marked as undetermined."""
    assert [expected] == list(_one(info=[_info(language=tag)]).words)


@pytest.mark.parametrize(
    ("category", "expected"),
    [("Safety", "safety"), (["Safety"], "safety"), (["Met", "Fire", "Met"], "met fire"), (None, ""), (5, "")],
)
def test_category_is_text_or_list(category: object, expected: str) -> None:
    """v2 writes the category as text, v3 as a list."""
    assert expected == _one(info=[_info(category=category)]).category


def test_version_two_reads_as_version_three() -> None:
    """Other letter case, other sender, a category as text, `parameter`: the same message but for its end."""
    old = read((ANSWERS / "vma_v2.json").read_bytes()).alerts[0]
    new = read((ANSWERS / "vma_update_and_exercise_cancel.json").read_bytes()).alerts[0]

    assert new.expires_ms is not None
    assert old.expires_ms is None
    fields = ("id", "revision", "msg_type", "status", "incidents", "references", "words", "area", "category")
    assert [getattr(new, name) for name in fields] == [getattr(old, name) for name in fields]


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        (None, None),
        ("", None),
        ("snart", None),
        ("2026-03-15T09:30:00+01:00", NINE_THIRTY + 86_400_000),
        ("2026-03-15T08:30:00Z", NINE_THIRTY + 86_400_000),
        ("2026-03-15T08:30:00-00:00", NINE_THIRTY + 86_400_000),
        ("2026-03-15T09:30:00", NINE_THIRTY + 86_400_000),
        ("9999-12-31T23:59:59Z", 253402300799000),
        ("0001-01-01T00:00:00Z", None),
        ("2026-02-30T09:30:00+01:00", None),
        (1773563400, None),
    ],
)
def test_end_may_be_missing_or_far_off(expires: object, expected: int | None) -> None:
    """Without an end that can be read it holds until further notice; a far one is kept as told."""
    assert expected == _one(info=[_info(expires=expires)]).expires_ms


def test_open_end_of_one_block_keeps_all_open() -> None:
    """When one area's block has no end, the message has none."""
    assert _one(info=[_info(), _info(description="Annat.", expires=None)]).expires_ms is None


def test_broken_time_of_sending_is_found_in_the_number() -> None:
    """SR's number holds the Swedish time; without both the message cannot be dated."""
    assert NINE_THIRTY == _one(sent="trasig").sent_ms
    assert NINE_THIRTY == _one(sent=None).revision
    assert "has no time of sending that can be read" == _why(identifier="OTHER-1", sent="trasig")


def test_all_clear_is_no_warning() -> None:
    """A response of AllClear is the end of the danger, though the message is an Update."""
    alert = read((ANSWERS / "vma_all_clear.json").read_bytes()).alerts[0]

    assert alert.all_clear
    assert MsgType.UPDATE is alert.msg_type


def test_all_clear_for_one_area_leaves_the_other() -> None:
    """While one area's block does not say AllClear the message is a warning; a translation without it is not asked."""
    clear, other = _info(responseType="AllClear"), _info(description="Kvar.", responseType=None)

    assert not _one(info=[clear, other]).all_clear
    assert _one(info=[clear, _info(language="en-US", description="Over.")]).all_clear


def test_one_bad_record_hides_no_good_one() -> None:
    """Two good messages stay; of the bad ones each is named with a reason."""
    answer = read((ANSWERS / "vma_one_broken_of_three.json").read_bytes())

    assert ["SRCAP20260314080000I", "SRCAP20260314082000I"] == [alert.id for alert in answer.alerts if alert.words]
    assert ["SRCAP20260314081000I", "alerts 4"] == [reject.what for reject in answer.rejects]


def test_one_bad_block_hides_no_good_block() -> None:
    """A message whose second block is broken is shown with the first, and that is told."""
    answer = read(_body(_alert(info=[_info(), 7])))

    assert "Koka vattnet." == answer.alerts[0].words["sv"].description
    assert ["its info 2 is no object; the rest of it is used"] == [reject.why for reject in answer.rejects]


def test_same_number_twice_is_one_message() -> None:
    """The later one counts; of two different ones sent at once the first is used and that is told."""
    later = _alert(sent="2026-03-14T09:40:00+01:00", info=[_info(description="Senare.")])
    clash = _alert(info=[_info(description="Annat.")])

    assert ["Senare."] == [alert.words["sv"].description for alert in read(_body(later, _alert())).alerts]
    assert () == read(_body(_alert(), _alert())).rejects
    answer = read(_body(_alert(), clash))
    assert ["Koka vattnet."] == [alert.words["sv"].description for alert in answer.alerts]
    assert ["is listed twice with different content; the first is used"] == [one.why for one in answer.rejects]


@pytest.mark.parametrize("number", [None, "", "  ", "a b", "a\u202eb", "a\x00b", "x" * 201, [], True, "\ud800"])
def test_number_must_be_one_word(number: object) -> None:
    """A message without a number of its own cannot be followed, and is refused."""
    answer = read(_body(_alert(identifier=number), _alert(identifier="GOOD-1")))

    assert ["GOOD-1"] == [alert.id for alert in answer.alerts]
    assert 1 == len(answer.rejects)


def test_only_web_addresses_are_kept() -> None:
    """A link that is not http is no link."""
    for web in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a b",
        "https://å",
        None,
        5,
        "https://" + "a" * 600,
    ):
        assert "" == _one(info=[_info(web=web)]).web


def test_too_large_an_answer_is_not_read() -> None:
    """More bytes than any real answer has: one sentence, nothing parsed."""
    with pytest.raises(BadAnswer, match="larger than 2 MB"):
        read(b" " * (MAX_BODY + 1))
