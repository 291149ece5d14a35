"""What proves that an alarm, a bulletin and a document have gone the whole way."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contract.content import ServicesDocument
from demo.core import threads

ALARM = {"key": "sensor-fault", "device": "genset", "raised_run": "r", "raised_seq": 7}


def _event(kind: str, **body: Any) -> dict[str, Any]:
    return {"run": "r", "seq": 1, "kind": kind, "body": body}


RAISED = _event("alarm_raised", alarm=ALARM)
ACKED = _event("alarm_acked", alarm=ALARM | {"acks": [{"who": threads.WHO}]})
CLEARED = _event("alarm_cleared", alarm=ALARM)


def test_alarm_thread_is_whole() -> None:
    """Raised, acknowledged by that person, merged, committed, cleared."""
    assert {
        "raised": True,
        "acknowledged_at_gateway": True,
        "acknowledgement_committed": True,
        "cleared": True,
    } == threads.alarm_seen([RAISED, ACKED, CLEARED], [ACKED])


@pytest.mark.parametrize(
    ("gateway", "committed", "missing"),
    [
        ([ACKED, CLEARED], [ACKED], "raised"),
        ([RAISED, CLEARED], [ACKED], "acknowledged_at_gateway"),
        ([RAISED, _event("alarm_acked", alarm=ALARM | {"acks": [{"who": "x"}]})], [ACKED], "acknowledged_at_gateway"),
        (
            [RAISED, _event("alarm_acked", alarm=ALARM | {"raised_seq": 8, "acks": [{"who": threads.WHO}]})],
            [ACKED],
            "acknowledged_at_gateway",
        ),
        ([RAISED, ACKED, CLEARED], [RAISED], "acknowledgement_committed"),
        ([RAISED, ACKED], [ACKED], "cleared"),
        ([_event("alarm_raised", alarm=ALARM | {"key": "device-silent"})], [], "raised"),
    ],
)
def test_alarm_thread_with_a_hole_says_where(
    gateway: list[dict[str, Any]], committed: list[dict[str, Any]], missing: str
) -> None:
    """Another alarm, another person, another raising do not count."""
    assert not threads.alarm_seen(gateway, committed)[missing]


def test_bulletin_thread_needs_a_first_frame() -> None:
    """A receipt that says why not is stored, but proves no pixel."""
    taken = _event("bulletin_taken", bulletin=threads.BULLETIN_ID, serial=1)
    kiosk = {"bulletins": [{"id": threads.BULLETIN_ID, "serial": 1, "ended": False}]}
    shown = {"bulletin": threads.BULLETIN_ID, "first_frame": {"up_ms": 5}}

    assert all(threads.bulletin_seen([taken], kiosk, [shown]).values())
    not_shown = threads.bulletin_seen([taken], kiosk, [shown | {"first_frame": None}])
    assert (True, False) == (not_shown["receipt_at_centre"], not_shown["first_frame_in_receipt"])
    assert not any(threads.bulletin_seen([], {}, [shown | {"bulletin": "other"}]).values())


def test_content_thread_tells_its_versions_apart() -> None:
    """Both must have been taken as what they were, and the kiosk must hold the second."""
    versions = {1: "a" * 64, 2: "b" * 64}
    taken = [_event("content_taken", document="services", sha256=digest) for digest in versions.values()]

    def kiosk(version: int) -> dict[str, Any]:
        return {"documents": [{"name": "services", "version": version}]}

    assert all(threads.content_seen(taken, versions, kiosk(2), None).values())
    assert not threads.content_seen(taken[:1], versions, kiosk(1), 1)["second_version_taken"]
    assert not threads.content_seen(taken, versions, kiosk(1), 2)["second_version_at_kiosk"]
    assert not threads.content_seen(taken, {}, kiosk(2), 2)["first_version_taken"]


def test_kiosk_that_does_not_tell_its_documents_is_judged_by_its_topic() -> None:
    """Then the step says so by its name."""
    assert threads.content_seen([], {}, {}, 2)["second_version_on_the_kiosks_topic"]
    assert not threads.content_seen([], {}, {}, None)["second_version_on_the_kiosks_topic"]


def test_documents_are_what_the_contract_takes_and_differ() -> None:
    """The second version has one service more."""
    first, second = (msgspec.convert(threads.services(version), ServicesDocument) for version in (1, 2))

    assert len(first.services) + 1 == len(second.services)


def test_bulletin_file_has_times_with_their_offset() -> None:
    """TOML's own times stand in front; the rest is as written."""
    now_ms = int(datetime(2026, 1, 20, 7, 40, tzinfo=UTC).timestamp() * 1000)

    assert "sent = 2026-01-20T07:40:00+00:00\nexpires = 2026-01-20T09:40:00+00:00\nrest" == threads.bulletin_text(
        "rest", now_ms
    )
