"""How far a message has come at each site: never further than it is proven."""

from typing import Any

import pytest

from contract.bulletins import Asleep, Bulletin, Words
from contract.messages import encode
from contract.words import Status
from dashboard.core.sending import receipts
from dashboard.core.sending.receipts import Heard, State
from dashboard.core.site.events import Stored

NOON_MS = 1_764_241_200_000
KEY = "0123456789abcdef"
ONE = Bulletin(
    id="m-1", serial=3, incident="m-1", msg_type="alert", status=Status.ACTUAL, sent_ms=NOON_MS, expires_ms=None,
    sender_name="Åre kommun", category="Health", urgency="immediate", severity="severe", certainty="observed",
    sites=("are-kall", "are-huso", "are-duved"), texts={"sv": Words("Koka vattnet")},
)  # fmt: skip
HEARD = Heard(place="Kall", in_contact=True)
GONE = Heard(place="Huså", in_contact=False, silence=", tyst i 3 h")


def _record(kind: str, body: dict[str, Any], wall_ms: int | None = NOON_MS + 60_000) -> Stored:
    return Stored(
        number=1, run="r", stream="event", seq=1, kind=kind, wall_ms=wall_ms, up_ms=1, status="actual",
        simulated=False, historical=False, body=body,
    )  # fmt: skip


def _taken(**changed: Any) -> Stored:
    return _record("bulletin_taken", {"bulletin": "m-1", "serial": 3, "detail": ""} | changed)


def _refused(reason: str, wall_ms: int | None = NOON_MS + 60_000, **changed: Any) -> Stored:
    told = {"bulletin": "m-1", "serial": 3, "detail": "English", "reason": reason, "params": {"key": KEY}}
    return _record("bulletin_refused", told | changed, wall_ms)


def _frame(screen: str = "skylt-1", *, shown: bool = True, **changed: Any) -> Stored:
    moment = {"boot": "b", "up_ms": 1, "wall_ms": NOON_MS + 120_000, "clock": "synced"}
    told = {"kiosk_run": "k", "number": 1, "screen": screen, "bulletin": "m-1", "serial": 3, "status": "actual",
            "first_frame": moment if shown else None}  # fmt: skip
    return _record("receipt", told | changed)


def _asleep(why_not: str = Asleep.CLOSED, screen: str = "skylt-1") -> Stored:
    return _frame(screen, shown=False, why_not=why_not)


def _row(reader: Any, *records: Stored, heard: Heard = HEARD, one: Bulletin = ONE) -> receipts.SiteReceipt:
    events = [record for record in records if record.kind != "receipt"]
    frames = [record for record in records if record.kind == "receipt"]
    return receipts.site_receipt(one, "are-kall", receipts.told(one, KEY, events, frames), heard, reader("sv"))


@pytest.mark.parametrize(
    ("records", "heard", "state", "role"),
    [
        ((), HEARD, State.SENT, "unknown"),
        ((), GONE, State.SILENT, "unknown"),
        ((), Heard(place="Kall", in_contact=True, broker=False), State.UNSENT, "unknown"),
        ((_taken(),), HEARD, State.TAKEN, "unknown"),
        ((_taken(),), GONE, State.TAKEN, "unknown"),
        ((_taken(),), Heard(place="Kall", in_contact=True, dark=True), State.DARK, "remark"),
        ((_refused("bulletin_key_unknown"),), HEARD, State.REFUSED, "bad"),
        ((_refused("bulletin_signature"), _taken()), HEARD, State.TAKEN, "unknown"),
        ((_taken(), _frame()), HEARD, State.SHOWN, "good"),
        ((_frame(),), GONE, State.SHOWN, "good"),
        ((_taken(), _frame(shown=False, why_not="expired")), HEARD, State.NOT_SHOWN, "remark"),
        ((_taken(), _asleep()), HEARD, State.ASLEEP, "information"),
        ((_asleep("asleep_of_tomorrow"),), GONE, State.ASLEEP, "information"),
        ((_taken(), _asleep()), Heard(place="Kall", in_contact=True, dark=True), State.DARK, "remark"),
        ((_taken(), _asleep(), _frame()), HEARD, State.SHOWN, "good"),
        ((_taken(), _asleep(), _frame(shown=False, why_not="expired")), HEARD, State.NOT_SHOWN, "remark"),
        ((_taken(), _asleep(screen="a"), _frame("b", shown=False, why_not="expired")), HEARD, State.ASLEEP,
         "information"),
        ((_taken(), _frame("a", shown=False), _frame("b")), HEARD, State.SHOWN, "good"),
        ((_taken(serial=2),), HEARD, State.SENT, "unknown"),
        ((_taken(bulletin="m-2"),), HEARD, State.SENT, "unknown"),
        ((_frame(serial=2),), HEARD, State.SENT, "unknown"),
        ((_frame(source="vma"),), HEARD, State.SENT, "unknown"),
        ((_record("bulletin_taken", {"bulletin": 7}), _record("receipt", {})), HEARD, State.SENT, "unknown"),
    ],
)  # fmt: skip
def test_state_is_what_is_proven(
    reader: Any, records: tuple[Stored, ...], heard: Heard, state: State, role: str
) -> None:
    """Only a frame of this very edition is on the screen; unknown is never green."""
    row = _row(reader, *records, heard=heard)

    assert (state, role) == (row.state, row.role)


def test_refusal_is_told_in_the_words_of_the_catalogue(reader: Any) -> None:
    """What to do about it in Swedish; a reason that only a newer site knows in that site's own words."""
    known = _row(reader, _refused("bulletin_key_unknown")).words
    newer = _row(reader, _refused("bulletin_of_tomorrow")).words

    assert (
        f"Avvisat: Platsen känner inte nyckeln {KEY}. Lägg in den i dosans inställningar om den är kommunens." == known
    )
    assert "Avvisat: English" == newer


@pytest.mark.parametrize(
    ("wall_ms", "key", "state"),
    [
        (NOON_MS + 1, KEY, State.REFUSED),
        (NOON_MS + 1, "somebody else", State.SENT),
        (NOON_MS - 1, KEY, State.SENT),
        (None, KEY, State.SENT),
    ],
)
def test_message_that_could_not_be_read_has_no_id_at_the_site(
    reader: Any, wall_ms: int | None, key: str, state: State
) -> None:
    """It counts for ours when it names our key and came after it; not for one of before, or of an unknown time."""
    told = _refused("bulletin_signature", wall_ms, bulletin="unreadable", serial=0, params={"key": key})

    assert state is _row(reader, told).state


def test_no_word_of_a_screen_is_no_word_that_it_sleeps(reader: Any) -> None:
    """An older screen tells nothing of its light: unknown, and the page does not pretend."""
    assert ("Ingen skärm har visat det än, och ingen har sagt varför.",) == _row(reader, _taken()).lines


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Asleep.CLOSED, "platsen är stängd och strömmen sparas"), (Asleep.SAVING, "för att spara ström"),
        (Asleep.LAST_HOUR, "strömmen är på sista timmen"), ("asleep_of_tomorrow", "asleep_of_tomorrow"),
    ],
)  # fmt: skip
def test_dark_screen_says_why_and_what_wakes_it(reader: Any, why: str, said: str) -> None:
    """A reason that only a newer screen knows stands as it is; of a silent site it is told as what was."""
    row, gone = _row(reader, _taken(), _asleep(why)), _row(reader, _asleep(why), heard=GONE)

    assert "Mottaget och kontrollerat 12:01, men skärmen är släckt." == row.words
    assert f"skylt-1: släckt, {said}" == row.lines[0]
    assert "rör vid skärmen" in row.lines[1]
    assert "Mottaget och kontrollerat, men skärmen är släckt." == gone.words
    assert "Så var det när platsen senast hördes, tyst i 3 h." == gone.lines[-1]


def test_each_screen_is_told(reader: Any) -> None:
    """Which since when, and which not and why."""
    row = _row(reader, _frame("a"), _frame("b", shown=False, why_not="replaced"))

    assert ("a: sedan 12:02", "b: visades inte, ett nyare kom innan") == row.lines


def test_end_of_a_message_says_gone_and_not_on_the_screen(reader: Any) -> None:
    """The first frame after a cancel is one without it."""
    ends = Bulletin(**{name: getattr(ONE, name) for name in ONE.__struct_fields__} | {"msg_type": "cancel"})
    row = _row(reader, _frame(), one=ends)
    sentence, role = receipts.counted((row,), reader("sv"), ends=True)

    assert ("Borta från skärmen.", ("skylt-1: borta sedan 12:02",)) == (row.words, row.lines)
    assert ("Borta från skärmen 1 av 1", "good") == (sentence, role)


def test_sites_are_counted_and_listed_the_worst_first(reader: Any) -> None:
    """Shown of all, then each trouble with its number; the role is the worst one's."""
    heard = {"are-kall": HEARD, "are-huso": GONE, "are-duved": Heard(place="Duved", in_contact=True)}
    events = {"are-duved": [_refused("bulletin_key_unknown")], "are-kall": [_taken()]}
    rows = receipts.of_sites(ONE, KEY, heard, events, {"are-kall": [_frame()]}, reader("sv"))

    assert ["Duved", "Huså", "Kall"] == [row.place for row in rows]
    assert ("På skärmen 1 av 3, 1 har avvisat, 1 hörs inte", "bad") == receipts.counted(rows, reader("sv"))
    assert "Inte framme: platsen hörs inte, tyst i 3 h." == rows[1].words


def test_sites_that_the_reader_does_not_see_are_left_out(reader: Any) -> None:
    """Also from the count."""
    rows = receipts.of_sites(ONE, KEY, {"are-kall": HEARD}, {}, {}, reader("en"))

    assert [("are-kall", "Sent. The site has not answered yet.")] == [(row.site, row.words) for row in rows]
    assert b'"state":"sent"' in encode(rows[0])
