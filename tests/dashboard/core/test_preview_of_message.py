"""The preview says what the kiosk will say, word for word: the kiosk's own code is asked."""

from itertools import product
from typing import Any

import pytest

from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.freshness import Contact, Now
from contract.messages import Head
from contract.wire import Moment
from contract.words import ClockQuality, Freshness, Status
from dashboard.core.sending.preview import Preview, preview
from kiosk.core.age import Reader as KioskReader
from kiosk.core.voice.passages import who
from kiosk.core.warnings.alert_words import alert_view, teller
from kiosk.core.warnings.checks import Time
from kiosk.core.warnings.lifecycle import Life, of_bulletin
from kiosk.core.warnings.place import Reach
from kiosk.io.texts import words

NOON_MS = 1_764_241_200_000
HOUR_MS = 3_600_000
SUMMER_TIME_ENDS_MS = 1_761_436_800_000
"""2025-10-26 02:00 summer time in Stockholm: this hour comes twice."""
ROLES = {"bad": "bad", "remark": "remark", "information": "information"}
BOTH = {
    "sv": Words("Koka vattnet", "Ledningen är av.\nDet kan ta två dygn.", "Koka vattnet innan du dricker det."),
    "en": Words("Boil the water", "A pipe has burst.", "Boil the water before you drink it."),
}


def _bulletin(**changed: Any) -> Bulletin:
    told: dict[str, Any] = {
        "id": "m-1", "serial": 3, "incident": "m-1", "msg_type": "alert", "status": Status.ACTUAL, "sent_ms": NOON_MS,
        "expires_ms": None, "sender_name": "Åre kommun", "category": "Health", "urgency": "immediate",
        "severity": "severe", "certainty": "observed", "sites": ("are-kall",), "texts": BOTH,
    }  # fmt: skip
    return Bulletin(**(told | changed))


def _shown_by_kiosk(one: Bulletin, language: str) -> Any:
    """What the kiosk makes of it, heard at the moment it was sent, with a clock that is right."""
    moment = Moment(boot="box", up_ms=1000, wall_ms=one.sent_ms, clock=ClockQuality.SYNCED)
    head = Head(
        site="are-kall", run="r", boot="box", up_ms=1000, wall_ms=one.sent_ms, clock=ClockQuality.SYNCED,
        status=one.status,
    )  # fmt: skip
    now = Now(mono_ms=0, wall_ms=one.sent_ms, clock=ClockQuality.SYNCED)
    reader = KioskReader(now, Contact("box", 1000, 0), words(language))
    life = Life(message=of_bulletin(PublicBulletin(head=head, bulletin=one, received=moment)), reach=Reach.HERE)
    return alert_view(life, teller(reader, Time(now, "kiosk"), {}, Freshness.FRESH), head)


def _sentence(text: str) -> str:
    return f"{text}."


def _same(shown: Any, ours: Preview, do: str) -> None:
    """Every word that both have."""
    heading = f"{shown.stamp}: {shown.kind}" if shown.stamp else shown.kind
    assert (heading, shown.headline, shown.description) == (ours.heading, ours.headline, ours.description)
    assert (shown.instruction, do if shown.instruction else "") == (ours.instruction, ours.do)
    assert (shown.sender, shown.until, shown.remark) == (ours.sender, ours.until, ours.remark)
    assert (shown.stamp, shown.takes, str(shown.role)) == (ours.stamp, ours.takes, ROLES[ours.role])
    assert who(shown) == (_sentence(ours.sender), _sentence(ours.until))


CASES = [
    {"status": status, "expires_ms": expires, "texts": texts}
    for status, expires, texts in product(
        Status, (None, NOON_MS + 4 * HOUR_MS, NOON_MS + 24 * HOUR_MS, NOON_MS + 40 * 24 * HOUR_MS),
        (BOTH, {"sv": BOTH["sv"]}, {"sv": Words("Kort")}),
    )
]  # fmt: skip
CASES += [{"severity": severity} for severity in ("extreme", "severe", "moderate", "minor", "unknown")]
CASES += [
    {"sent_ms": SUMMER_TIME_ENDS_MS, "expires_ms": SUMMER_TIME_ENDS_MS + HOUR_MS},
    {"sender_name": "Åre\u202e kommun", "texts": {"sv": Words("Rad\x07", "a\u200fb", "c\td")}},
    {"texts": {"sv": Words("\x07")}},
]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("changed", CASES)
def test_preview_has_the_words_of_the_kiosk(reader: Any, language: str, changed: dict[str, Any]) -> None:
    """For real, exercise and test; with and without an end; with and without English; grave and not."""
    one = _bulletin(**changed)
    ours = preview(one, language, reader("sv", gone_ms=one.sent_ms - NOON_MS))

    _same(_shown_by_kiosk(one, language), ours, words(language).say("crisis.do"))
