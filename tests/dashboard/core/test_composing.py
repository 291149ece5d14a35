"""A message is made of a few choices: what it becomes, what is refused at which field, and what only warns."""

from typing import Any

import msgspec
import pytest

from contract.bulletins import Bulletin, Words
from contract.words import Status
from dashboard.core.forms.fields import BadOrder
from dashboard.core.sending import composing, doubts
from dashboard.core.sites import Site

NOON_MS = 1_764_241_200_000
"""Thursday 27 November 2025, 12:00 in Stockholm."""
HOUR_MS = 3_600_000
KALL = Site(id="are-kall", place="Kall", in_service=True)
HUSO = Site(id="are-huso", place="Huså", in_service=True)
BYN = Site(id="berg-byn", place="Byn", in_service=True, region="Bergs kommun")
ALL = (KALL, HUSO, BYN)
FILLED = {
    "kind": "water", "gravity": "serious", "status": "actual", "until": "4h", "sender": "Åre kommun",
    "headline_sv": "Koka vattnet", "instruction_sv": "Koka vattnet innan du dricker det.",
    "headline_en": "Boil the water", "instruction_en": "Boil the water before you drink it.",
}  # fmt: skip
SITES = ("are-kall", "are-huso")


def _draft(reader: Any, sites: tuple[str, ...] = SITES, **changed: str) -> composing.Draft:
    return composing.read(FILLED | changed, sites, ALL, reader("sv"))


def _refusal(reader: Any, sites: tuple[str, ...] = SITES, **changed: str) -> BadOrder:
    with pytest.raises(BadOrder) as caught:
        _draft(reader, sites, **changed)
    return caught.value


def test_choices_become_the_words_of_the_protocol(reader: Any) -> None:
    """Urgency, severity, certainty and category follow from two plain choices; times are moments."""
    one = composing.bulletin(_draft(reader), name="m-1", serial=7, sent_ms=NOON_MS)

    assert ("immediate", "severe", "observed", "Health") == (one.urgency, one.severity, one.certainty, one.category)
    assert ("m-1", "m-1", 7, "alert", ()) == (one.id, one.incident, one.serial, one.msg_type, one.references)
    assert NOON_MS + 4 * HOUR_MS == one.expires_ms
    assert ("Koka vattnet", "Boil the water") == (one.texts["sv"].headline, one.texts["en"].headline)


def test_every_choice_of_the_tables_makes_a_bulletin_that_can_be_read(reader: Any) -> None:
    """No row of the tables has a word that the wire refuses."""
    for kind in composing.KINDS:
        for gravity in composing.GRAVITIES:
            draft = _draft(reader, kind=kind, gravity=gravity)
            one = composing.bulletin(draft, name="m-1", serial=1, sent_ms=NOON_MS)
            assert one == msgspec.json.decode(msgspec.json.encode(one), type=Bulletin)


@pytest.mark.parametrize(
    ("changed", "until_ms"),
    [
        ({"until": "noon"}, NOON_MS + 24 * HOUR_MS),
        ({"until": "open"}, None),
        ({"until": "own", "until_ms": "2025-11-27T18:30"}, NOON_MS + 13 * HOUR_MS // 2),
        ({"until": "fixed", "until_at": str(NOON_MS + 1)}, NOON_MS + 1),
        ({"until": "fixed", "until_at": ""}, None),
    ],
)
def test_until_is_a_moment(reader: Any, changed: dict[str, str], until_ms: int | None) -> None:
    """A quick choice, a time of one's own, or what the preview has settled already."""
    assert until_ms == _draft(reader, **changed).until_ms


def test_noon_tomorrow_is_noon_also_when_the_clocks_change(reader: Any) -> None:
    """On Saturday 28 March 2026 the night is an hour shorter: noon is 23 hours away, not 24."""
    saturday = 1_774_695_600_000
    draft = composing.read(FILLED | {"until": "noon"}, SITES, ALL, reader("sv", gone_ms=saturday - NOON_MS))

    assert 23 * HOUR_MS == (draft.until_ms or 0) - saturday


def test_what_was_settled_does_not_move_while_somebody_looks(reader: Any) -> None:
    """The moment on the page that confirms is the one that is sent; going back shows it as a time."""
    draft = _draft(reader)
    settled = composing.settled(FILLED, draft)
    later = composing.read(settled, SITES, ALL, reader("sv", gone_ms=HOUR_MS))

    assert draft.until_ms == later.until_ms
    assert ("own", "2025-11-27T16:00") == tuple(
        composing.unsettled(settled, reader("sv"))[key] for key in ("until", "until_ms")
    )


@pytest.mark.parametrize("at", ["²", "٣", "9" * 15, "9" * 5000, "-1", "x"])
def test_going_back_from_a_page_that_was_tampered_with(reader: Any, at: str) -> None:
    """No moment at all is an open end in the form that is shown again, and no fault of ours."""
    back = composing.unsettled(FILLED | {"until": "fixed", "until_at": at}, reader("sv"))

    assert "open" == back["until"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"headline_sv": " "}, "headline_sv"),
        ({"headline_sv": "a" * 161}, "headline_sv"),
        ({"headline_en": ""}, "headline_en"),
        ({"kind": "flood"}, "kind"),
        ({"gravity": ""}, "gravity"),
        ({"status": "system"}, "status"),
        ({"status": ""}, "status"),
        ({"until": ""}, "until"),
        ({"until": "own"}, "until_ms"),
        ({"until": "own", "until_ms": "2025-11-27T11:00"}, "until_ms"),
        ({"until": "fixed", "until_at": "1"}, "until"),
        ({"until": "fixed", "until_at": "٣"}, "until"),
        ({"until": "fixed", "until_at": "²"}, "until"),
        ({"until": "fixed", "until_at": "9" * 14}, "until"),
        ({"until": "fixed", "until_at": "9" * 15}, "until"),
        ({"until": "own", "until_ms": "2062-11-27T11:00"}, "until_ms"),
        ({"sender": ""}, "sender"),
        ({"description_sv": "x" * 1201}, "description_sv"),
    ],
)
def test_what_cannot_be_sent_says_at_which_field(reader: Any, changed: dict[str, str], field: str) -> None:
    """One sentence at its field; whether it is an exercise is never guessed."""
    assert field == _refusal(reader, **changed).field


@pytest.mark.parametrize(
    ("sites", "meant"),
    [
        (("all:",), ("are-kall", "are-huso", "berg-byn")),
        (("all:are",), ("are-kall", "are-huso")),
        (("all:Bergs kommun", "are-huso"), ("are-huso", "berg-byn")),
        (("berg-byn", "are-kall"), ("are-kall", "berg-byn")),
    ],
)
def test_sites_by_name_by_region_or_all(reader: Any, sites: tuple[str, ...], meant: tuple[str, ...]) -> None:
    """In the order of the settings, each once."""
    assert meant == _draft(reader, sites).sites


@pytest.mark.parametrize("sites", [(), ("are-nowhere",), ("all:elsewhere",), ("are-kall", "berg-byn")])
def test_no_site_or_a_foreign_one_is_refused(reader: Any, sites: tuple[str, ...]) -> None:
    """Also one that is there and is somebody else's: nothing is sent to a part of them."""
    with pytest.raises(BadOrder) as caught:
        composing.read(FILLED, sites, (KALL, HUSO), reader("sv"))

    assert "sites" == caught.value.field


def test_no_message_is_made_without_a_clock(reader: Any) -> None:
    """A message whose time nobody knows could never be told from an old one."""
    with pytest.raises(BadOrder, match="vet inte vad klockan är"):
        composing.read(FILLED, SITES, ALL, reader("sv", wall=False))


def _base(reader: Any, **changed: str) -> composing.Base:
    one = composing.bulletin(_draft(reader, **changed), name="m-1", serial=1, sent_ms=NOON_MS)
    return composing.of_bulletin(one)


@pytest.mark.parametrize("status", ["actual", "exercise"])
def test_update_keeps_incident_sites_and_status(reader: Any, status: str) -> None:
    """An exercise stays one, and no site is left behind with the old words, whatever the form says."""
    base = _base(reader, status=status)
    told = FILLED | {"status": "actual", "headline_sv": "Koka vattnet i Kall", "type": "update"}
    draft = composing.read(told, ("berg-byn",), ALL, reader("sv"), base)
    one = composing.bulletin(draft, name="m-2", serial=2, sent_ms=NOON_MS + 1)

    assert ("update", ("m-1",), "m-1", SITES) == (one.msg_type, one.references, one.incident, one.sites)
    assert Status(status) is one.status


def test_end_has_the_words_of_what_it_ends(reader: Any) -> None:
    """A cancel needs a name under it and nothing else; it has no end of its own."""
    draft = composing.read({"type": "cancel", "sender": "Åre kommun"}, (), ALL, reader("sv"), _base(reader))
    one = composing.bulletin(draft, name="m-2", serial=2, sent_ms=NOON_MS + 1)

    assert ("cancel", ("m-1",), "m-1", SITES, None) == (
        one.msg_type, one.references, one.incident, one.sites, one.expires_ms,
    )  # fmt: skip
    assert "Koka vattnet" == one.texts["sv"].headline


def test_bulletin_made_elsewhere_can_be_updated(reader: Any) -> None:
    """What was chosen for it is read back from its words as near as they tell."""
    base = _base(reader, kind="power", gravity="trouble")
    values = composing.chosen_before(base, "update", reader("sv"))

    assert ("power", "trouble", "own", "2025-11-27T16:00") == tuple(
        values[key] for key in ("kind", "gravity", "until", "until_ms")
    )
    again = composing.read(values, (), ALL, reader("sv"), base)
    assert (base.bulletin.texts, base.bulletin.expires_ms) == (again.texts, again.until_ms)


def test_control_characters_and_direction_marks_do_not_travel(reader: Any) -> None:
    """A letter that turns the text round would make the screen say something else than the form."""
    texts = _draft(reader, headline_sv="Koka \u202evattnet\x07").texts

    assert "Koka  vattnet" == texts["sv"].headline


# --- doubts ---


def _doubts(reader: Any, **changed: str) -> str:
    return " ".join(doubts.doubts(_draft(reader, **changed), reader("sv")))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"instruction_sv": ""}, "vad folk ska göra"),
        ({"headline_en": "", "instruction_en": ""}, "engelska texten saknas"),
        ({"instruction_en": ""}, "På engelska står det inte"),
        ({"until": "open"}, "komma ihåg att avsluta"),
        ({"until": "own", "until_ms": "2025-12-24T12:00"}, "står kvar länge"),
        ({"headline_sv": "Koka vattnet " * 6}, "kan läsas på håll"),
        ({"description_sv": "Vattnet är dåligt. " * 30}, "flera sidor"),
        ({"headline_sv": "KOKA VATTNET NU", "instruction_sv": "KOKA VATTNET MYCKET LÄNGE", "headline_en": "",
          "instruction_en": ""}, "stora bokstäver"),
        ({"instruction_sv": "Läs mer på https://example.org"}, "trycka på en länk"),
        ({"instruction_sv": "Gå till samlingslokalen."}, "vart och när"),
        ({"instruction_sv": "Ring kommunen."}, "inget nummer"),
        ({"kind": "power", "instruction_sv": "Ring 0647-123 45."}, "vid ett elavbrott"),
        ({"instruction_sv": "Slå om omkopplaren i elskåpet."}, "elinstruktion"),
        ({"kind": "information"}, "kallas information"),
        ({"headline_sv": "Övning: koka vattnet"}, "säger övning"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_said(reader: Any, changed: dict[str, str], said: str) -> None:
    """Each is a warning beside a message that can be sent."""
    assert said in _doubts(reader, **changed)


def test_good_message_has_no_doubts(reader: Any) -> None:
    """Nothing is said of one that says what, what to do, in both languages, and until when."""
    assert "" == _doubts(reader)
    assert "" == _doubts(reader, instruction_sv="Gå till bygdegården i Kall i dag kl. 15.")


@pytest.mark.parametrize(
    ("changed", "sites", "said"),
    [
        ({}, SITES, "2 platser: Kall, Huså, tar hela skärmen och gäller till 16:00."),
        ({"gravity": "notice", "until": "open"}, SITES[:1], "1 plats: Kall, står som en rad och gäller tills vidare."),
        ({"status": "test"}, ("are-kall",), "1 plats: Kall, står som en rad och gäller till 16:00."),
    ],
)  # fmt: skip
def test_all_of_it_in_one_sentence(reader: Any, changed: dict[str, str], sites: tuple[str, ...], said: str) -> None:
    """What is confirmed: where, how it looks, until when."""
    assert f"Skickas till {said}" == doubts.sentence(_draft(reader, sites, **changed), ALL, reader("sv"))


def test_words_of_a_bulletin_without_english(reader: Any) -> None:
    """Nothing is invented for a language that nobody wrote."""
    draft = _draft(reader, headline_en="", instruction_en="")

    assert {"sv": Words("Koka vattnet", "", "Koka vattnet innan du dricker det.")} == draft.texts
