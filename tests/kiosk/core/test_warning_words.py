"""What the screen says of warnings: kind, sender, times, doubts, ends; and what is known of all sources together."""

from typing import Any

import pytest

from contract.words import Status
from kiosk.core.look.theme import LIGHT, Role, contrast
from kiosk.feeds.alert import Area, Level, MsgType, Source

UPDATE, CANCEL = MsgType.UPDATE, MsgType.CANCEL
VMA, SMHI = Source.VMA, Source.SMHI


def test_a_vma_in_words(crisis: Any, screen: Any) -> None:
    """Kind, untouched headline, sender, since, until, checked, source."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + 90 * crisis.MINUTE)
    (one,) = screen.checked(5).holding(alert).seen(5).alerts

    assert "VMA – viktigt meddelande till allmänheten" == one.kind
    assert "Viktigt meddelande till allmänheten (VMA)" == one.headline
    assert ("Från Sveriges Radio, kl. 12:00", "kl. 12:00", "Gäller till kl. 13:30") == (
        one.sender,
        one.since,
        one.until,
    )
    assert ("Senast kontrollerat kl. 12:05", "Källa: Sveriges Radio") == (one.checked, one.attribution)
    assert (Role.BAD, "vma", True, True, "") == (one.role, one.shape, one.takes, one.sure, one.remark)


@pytest.mark.parametrize(
    ("level", "sv", "en", "role", "takes"),
    [
        (Level.YELLOW, "Gul varning", "Yellow warning", Role.LEVEL_YELLOW, True),
        (Level.ORANGE, "Orange varning", "Orange warning", Role.LEVEL_ORANGE, True),
        (Level.RED, "Röd varning", "Red warning", Role.LEVEL_RED, True),
        (Level.MESSAGE, "Meddelande från SMHI", "Message from SMHI", Role.INFORMATION, False),
        (Level.NONE, "Varning från SMHI", "Warning from SMHI", Role.INFORMATION, False),
    ],
)
def test_levels_have_words_shapes_and_colours(
    crisis: Any, screen: Any, level: Level, sv: str, en: str, role: Role, takes: bool
) -> None:
    """A message of SMHI is no warning and does not look like one."""
    shown = screen.checked(0).holding(crisis.smhi(level=level))
    swedish, english = shown.seen().alerts[0], shown.seen(language="en").alerts[0]

    assert (sv, en) == (swedish.kind, english.kind)
    assert (role, takes, "Källa: SMHI") == (swedish.role, swedish.takes, swedish.attribution)
    assert f"{sv}: Mycket hårda vindbyar" == shown.seen().banner.text
    assert "Severe gusts" == english.headline
    assert swedish.gist == english.gist


def test_level_shapes_are_their_own_and_can_be_read() -> None:
    """Circle, diamond, triangle; black on yellow and orange, white on dark red."""
    from kiosk.core.look.theme import SHAPES

    levels = (Role.LEVEL_YELLOW, Role.LEVEL_ORANGE, Role.LEVEL_RED)

    assert ["level_yellow", "level_orange", "level_red"] == [SHAPES[role] for role in levels]
    assert ["#000000", "#000000", "#FFFFFF"] == [LIGHT.roles[role].ink for role in levels]
    assert all(contrast(LIGHT.roles[role].ink, LIGHT.roles[role].ground) >= 7 for role in levels)


def test_a_warning_of_what_is_to_come_says_from_when(crisis: Any, screen: Any) -> None:
    """Onset and end; once begun only the end."""
    hours = {"onset_ms": crisis.NOON + 4 * crisis.HOUR, "expires_ms": crisis.NOON + 17 * crisis.HOUR}
    shown = screen.checked(0).holding(crisis.smhi(**hours))

    assert "Gäller från kl. 16:00 till fre 05:00" == shown.seen().alerts[0].until
    assert "Gäller till fre 05:00" == shown.checked(300).seen(300).alerts[0].until


def test_order_is_gravest_then_newest_and_real_before_exercise(crisis: Any, screen: Any) -> None:
    """VMA, red, orange, yellow, message; of two equal the newer; exercises and all-clears last."""
    held = [
        crisis.smhi("y", 9, Level.YELLOW), crisis.smhi("m", 9, Level.MESSAGE), crisis.smhi("o1", 1),
        crisis.smhi("o2", 2), crisis.vma("v", 0), crisis.smhi("r", 0, Level.RED),
        crisis.vma("x", 9, status=Status.EXERCISE), crisis.vma("c", 9, incidents=("2",), all_clear=True),
    ]  # fmt: skip

    assert ["v", "r", "o2", "o1", "y", "m", "c", "x"] == [
        one.id for one in screen.checked(9).holding(*held).seen(9).alerts
    ]


@pytest.mark.parametrize(
    ("status", "word", "shown"),
    [(Status.EXERCISE, "ÖVNING", "En övning visas på skärmen."), (Status.TEST, "PROV", "Ett prov visas på skärmen.")],
)
def test_an_exercise_of_a_feed_says_so_and_takes_nothing(
    crisis: Any, screen: Any, status: Status, word: str, shown: str
) -> None:
    """The siren test comes through the production endpoint with the gravest of everything but its status."""
    drill = screen.checked(0).holding(crisis.vma("x", status=status), crisis.smhi(level=Level.RED, status=status))
    seen = drill.seen()

    assert [word, word] == [one.stamp for one in seen.alerts]
    assert [(Role.INFORMATION, "information", Level.NONE, False)] * 2 == [
        (one.role, one.shape, one.level, one.takes) for one in seen.alerts
    ]
    assert seen.banner.text.startswith(f"{word}: ")
    assert f"{shown} Inga varningar för Kall. Kontrollerat kl. 12:00." == seen.checked.text


def test_an_exercise_and_a_test_at_once_are_both_told(crisis: Any, screen: Any) -> None:
    """Each by its own name: a technical test is no exercise."""
    both = crisis.vma("x", status=Status.EXERCISE), crisis.vma("y", status=Status.TEST)

    told = screen.checked(0).holding(*both).seen().checked.text
    assert told.startswith("En övning visas på skärmen. Ett prov visas på skärmen. Inga varningar")


@pytest.mark.parametrize(
    ("severity", "takes"),
    [("extreme", True), ("severe", True), ("moderate", True), ("minor", False), ("unknown", False)],
)
def test_the_municipality_takes_the_screen_when_it_is_grave(screen: Any, severity: str, takes: bool) -> None:
    """By the severity that it gave; an exercise of it may, with its frame."""
    for status in (Status.ACTUAL, Status.EXERCISE):
        one = screen.house.bulletin(severity=severity, status=status)
        assert [takes] == [found.takes for found in type(screen)(screen.house, bulletins=(one,)).seen().alerts]


def test_a_technical_test_of_the_municipality_takes_nothing(screen: Any) -> None:
    """An exercise is there to be seen by everybody; a test is not."""
    one = screen.house.bulletin(severity="extreme", status=Status.TEST)
    seen = type(screen)(screen.house, bulletins=(one,)).seen()

    assert [("PROV", False)] == [(found.stamp, found.takes) for found in seen.alerts]


def test_the_sender_s_category_reaches_the_choice_of_advice(crisis: Any, screen: Any) -> None:
    """As the sender calls it, in small letters."""
    bulletin = screen.house.bulletin(category="Infra")

    assert ["infra"] == [one.category for one in type(screen)(screen.house, bulletins=(bulletin,)).seen().alerts]
    assert ["met"] == [one.category for one in screen.checked(0).holding(crisis.vma("a", category="Met")).seen().alerts]


def test_an_alert_without_area_is_told_and_takes_nothing(crisis: Any, screen: Any) -> None:
    """Nobody knows where: not the whole country, and not nowhere."""
    seen = screen.checked(0).holding(crisis.vma("a", area=Area())).seen()

    assert (False, "Det står inte var det gäller.") == (seen.alerts[0].takes, seen.alerts[0].remark)
    assert "En varning kan gälla här." == seen.checked.text


def test_language_falls_back_and_says_so(crisis: Any, screen: Any) -> None:
    """Never two languages as two alerts; the text is shown as it is, with its language named."""
    swedish = screen.checked(0).holding(crisis.vma("a"))
    english = screen.checked(0).holding(crisis.vma("a", words={"en": crisis.text("Boil the water")}))
    finnish = screen.checked(0).holding(crisis.vma("a", words={"fi": crisis.text("Keitä vesi")}))

    assert [("sv", "This text is only in Swedish.")] == [
        (one.language, one.remark) for one in swedish.seen(language="en").alerts
    ]
    assert [("en", "Texten finns bara på engelska.")] == [(one.language, one.remark) for one in english.seen().alerts]
    assert "Texten finns bara på ett annat språk (fi)." == finnish.seen().alerts[0].remark


def test_paragraphs_are_kept(crisis: Any, screen: Any) -> None:
    """Line breaks are the sender's; phone numbers do not run together."""
    words = {"sv": crisis.text("VMA", description="Koka vattnet.\n\nRing 0647-000 00.")}

    assert (
        "Koka vattnet.\n\nRing 0647-000 00."
        == screen.checked(0).holding(crisis.vma("a", words=words)).seen().alerts[0].description
    )


def test_a_failed_check_leaves_it_with_its_age(crisis: Any, screen: Any) -> None:
    """A request that failed is not "nothing active"."""
    seen = screen.checked(0).holding(crisis.vma("a")).seen(185)

    assert ["Kan inte kontrolleras sedan kl. 12:00 (för 3 tim sedan)"] == [one.checked for one in seen.alerts]
    assert seen.alerts[0].sure
    assert seen.checked.text.startswith("En varning gäller nu. Kunde inte kontrolleras sedan kl. 12:00: VMA och SMHI.")


def test_past_its_time_while_offline_is_said_not_removed(crisis: Any, screen: Any) -> None:
    """It stays, unsure, and says why."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + 60 * crisis.MINUTE)
    (one,) = screen.checked(10).holding(alert).seen(61).alerts

    assert (False, "Skulle gälla till kl. 13:00") == (one.sure, one.until)
    assert "Tiden har gått ut, och vi kan inte se om det fortfarande gäller." == one.remark


def test_after_a_restart_without_a_clock(crisis: Any, screen: Any) -> None:
    """A banner from before the restart, which says that the time is uncertain; a fresh check makes it sure."""
    old = crisis.kept(crisis.vma("a", expires_ms=crisis.NOON + crisis.HOUR), first=crisis.at(boot="before"))
    before = screen.checked(0).holding(old)
    feeds = tuple(crisis.state(source, crisis.at(boot="before")) for source in (VMA, SMHI))
    one = type(screen)(screen.house, before.alerts, feeds).seen(known=False)
    checked = before.seen(1, known=False)

    assert "Från före omstarten, ej kontrollerat. Skärmens klocka är inte säker." == one.alerts[0].remark
    assert one.banner.text.startswith("Från före omstarten, ej kontrollerat: Viktigt meddelande")
    assert one.alerts[0].until.endswith("klockan är inte säker")
    assert [False, True] == [one.alerts[0].sure, checked.alerts[0].sure]
    assert "Skärmens klocka är inte säker." == checked.alerts[0].remark


def test_a_cancelled_vma_is_told_for_twelve_hours(crisis: Any, screen: Any) -> None:
    """By the cancel, in the words of what it ended, with who, why and when."""
    both = (crisis.kept(crisis.vma("a"), gone=crisis.at(65)), crisis.vma("c", 65, msg_type=CANCEL, references=("a",)))
    shown = screen.checked(70).holding(*both)
    (one,) = shown.seen(70).ended

    assert (
        "c",
        "VMA gäller inte längre: Viktigt meddelande till allmänheten (VMA)",
        "Sveriges Radio avslutade det kl. 13:05",
    ) == (one.id, one.text, one.detail)
    assert shown.checked(780).seen(65 + 719).ended
    assert not shown.checked(780).seen(65 + 721).ended


def test_the_end_of_an_exercise_is_not_the_end_of_a_danger(crisis: Any, screen: Any) -> None:
    """Nobody was in danger, so nobody is told that it is over."""
    drill = [
        crisis.vma("a", status=Status.EXERCISE),
        crisis.vma("c", 65, msg_type=CANCEL, references=("a",), status=Status.EXERCISE),
    ]
    (one,) = screen.checked(70).holding(*drill).seen(70).ended

    assert "Gäller inte längre: ÖVNING: Viktigt meddelande till allmänheten (VMA)" == one.text


@pytest.mark.parametrize(
    ("changed", "gone", "text", "detail"),
    [
        ({}, 30, "Gäller inte längre: Mycket hårda vindbyar", "Finns inte kvar hos SMHI sedan kl. 12:30"),
        ({"expires_ms": 20}, None, "Tiden har gått ut: Mycket hårda vindbyar", "Tiden gick ut kl. 12:20"),
    ],
)
def test_other_ends_have_a_reason_and_a_time(
    crisis: Any, screen: Any, changed: dict[str, int], gone: int | None, text: str, detail: str
) -> None:
    """Left the list, run out."""
    fields = {name: crisis.NOON + minutes * crisis.MINUTE for name, minutes in changed.items()}
    held = crisis.kept(crisis.smhi(**fields), gone=None if gone is None else crisis.at(gone))
    (one,) = screen.checked(31).holding(held).seen(31).ended

    assert (text, detail) == (one.text, one.detail)


def test_what_was_elsewhere_or_unknown_is_not_told_as_ended(crisis: Any, screen: Any) -> None:
    """Nor the cancel of it, nor what was replaced."""
    other = Area(codes=("0180",))
    held = [
        crisis.vma("a", area=other), crisis.vma("b", 5, msg_type=CANCEL, references=("a",)),
        crisis.vma("d", 5, msg_type=CANCEL, references=("never-seen",), incidents=("SRVMA-9",)),
        crisis.vma("e", 1, incidents=("SRVMA-3",)),
        crisis.vma("f", 2, msg_type=UPDATE, references=("e",), incidents=("SRVMA-3",)),
    ]  # fmt: skip

    assert () == screen.checked(6).holding(*held).seen(6).ended


def test_an_all_clear_is_told_and_is_no_warning(crisis: Any, screen: Any) -> None:
    """It says that the danger is over, in calm colours, and nothing is in force."""
    held = (crisis.vma("a"), crisis.vma("b", 10, msg_type=UPDATE, references=("a",), all_clear=True))
    seen = screen.checked(10).holding(*held).seen(10)
    (one,) = seen.alerts

    assert ("Faran är över", True, False, Role.GOOD, "ended") == (
        one.kind,
        one.all_clear,
        one.takes,
        one.role,
        one.shape,
    )
    assert "Inga varningar för Kall. Kontrollerat kl. 12:10." == seen.checked.text
    assert seen.banner.text.startswith("Faran är över: ")


def test_no_warnings_needs_a_fresh_check_of_every_source(crisis: Any, screen: Any) -> None:
    """One sentence over all; the oldest check gives the time."""
    fresh = screen.checked(10).checked(8, SMHI)

    assert "Inga varningar för Kall. Kontrollerat kl. 12:08." == fresh.seen(10).checked.text
    assert "No warnings for Kall. Checked 12:08." == fresh.seen(10, language="en").checked.text
    assert (
        "Kunde inte kontrolleras sedan kl. 12:10: VMA. Vi vet inte om det finns varningar."
        == fresh.seen(14).checked.text
    )
    assert (
        "Kunde inte kontrolleras: VMA sedan kl. 12:10, SMHI sedan kl. 12:08. Vi vet inte om det finns varningar."
        == fresh.seen(40).checked.text
    )
    assert (
        "Har inte kunnat kontrolleras: kommunen. Vi vet inte om det finns varningar."
        == fresh.seen(10, box=False).checked.text
    )
    assert (
        "Har inte kunnat kontrolleras: VMA, SMHI och kommunen. Vi vet inte om det finns varningar."
        == type(screen)(screen.house, feeds=(crisis.state(VMA, None), crisis.state(SMHI, None)))
        .seen(box=False)
        .checked.text
    )


@pytest.mark.parametrize(
    ("source", "minutes", "fresh"), [(VMA, 3.4, True), (VMA, 3.6, False), (SMHI, 15.4, True), (SMHI, 15.6, False)]
)
def test_fresh_is_three_intervals_and_a_request(
    crisis: Any, screen: Any, source: Source, minutes: float, fresh: bool
) -> None:
    """3 × 60 s + 30 s for VMA, 3 × 300 s + 30 s for SMHI."""
    seen = screen.checked(minutes).checked(0, source).seen(minutes)

    assert fresh == ("Inga varningar" in seen.checked.text)


def test_a_record_nobody_could_read_is_not_silence(crisis: Any, screen: Any) -> None:
    """What was rejected may be anything: "no warnings" is not said."""
    seen = screen.checked(0).checked(0, VMA, rejected=1).seen()

    assert "Allt som kom kunde inte läsas: VMA. Vi vet inte om det finns varningar." == seen.checked.text
    assert "Det som inte kunde läsas: 1 st" == seen.sources[0].detail


def test_what_is_not_watched_is_named(crisis: Any, screen: Any) -> None:
    """Of VMA and SMHI; and the calm sentence then speaks only of what is watched."""
    vma_only = screen.checked(0, VMA).seen()

    assert (
        "Skärmen visar VMA, vädervarningar från SMHI och meddelanden från kommunen." == screen.checked(0).seen().scope
    )
    assert "Vädervarningar från SMHI visas inte här. Lyssna på Sveriges Radio P4." in vma_only.scope
    assert "Inga varningar från VMA och kommunen för Kall. Kontrollerat kl. 12:00." == vma_only.checked.text
    assert "VMA visas inte här." in screen.checked(0, SMHI).seen().scope
    assert screen.seen().scope.startswith("Skärmen visar meddelanden från kommunen. VMA och SMHI")
    assert "Inga varningar från kommunen har nått hit. Kontrollerat kl. 12:00." == screen.seen().checked.text


def test_a_row_for_every_source(crisis: Any, screen: Any) -> None:
    """Checked just now, last checked with its age, never."""
    held = screen.checked(100, VMA).checked(0, SMHI)
    held = type(screen)(screen.house, feeds=(*held.feeds, crisis.state(Source.KRISINFORMATION, None)))

    assert [
        ("VMA från Sveriges Radio", "Kontrollerat kl. 13:40", Role.PLAIN),
        ("Vädervarningar från SMHI", "Senast kontrollerat kl. 12:00 (för 1 tim sedan)", Role.UNKNOWN),
        ("Nyheter från Krisinformation.se", "Aldrig kontrollerat", Role.UNKNOWN),
        ("Meddelanden från kommunen", "Kontrollerat kl. 13:40", Role.PLAIN),
    ] == [(row.text, row.word, row.role) for row in held.seen(100).sources]


def test_news_for_this_county_newest_first_and_never_a_warning(crisis: Any, screen: Any) -> None:
    """Other counties' are left out, old ones fade, a test says so, and none of them is an alert."""
    held = [
        crisis.news("1", 0), crisis.news("2", 5, words={"sv": crisis.text("Nyare")}, status=Status.TEST),
        crisis.news("3", 6, area=Area(codes=("01",))), crisis.news("4", -4400),
        crisis.kept(crisis.news("5", 1), gone=crisis.at(2)),
    ]  # fmt: skip
    seen = screen.checked(6).holding(*held).seen(6)

    assert [("PROV: Nyare", "kl. 12:05"), ("Omfattande elavbrott", "kl. 12:00")] == [
        (row.text, row.word) for row in seen.news
    ]
    assert seen.news[0].detail.endswith("Källa: Krisinformation.se")
    assert ((), None, ()) == (seen.alerts, seen.banner, seen.ended)
    assert "Inga varningar för Kall. Kontrollerat kl. 12:06." == seen.checked.text


def test_a_wrong_clock_makes_no_check_fresh(crisis: Any, screen: Any) -> None:
    """A check that lies in the future by the wall clock, in another boot, has no age; so it is not fresh."""
    feeds = tuple(crisis.state(source, crisis.at(60, boot="before")) for source in (VMA, SMHI))
    seen = type(screen)(screen.house, feeds=feeds).seen(0)

    assert "Inga varningar" not in seen.checked.text
    assert [Role.UNKNOWN, Role.UNKNOWN, Role.PLAIN] == [row.role for row in seen.sources]


def test_gist_leaves_out_times_and_places_but_nothing_else(crisis: Any, screen: Any) -> None:
    """Prolonged or told for more places: the same; other words, another level: not."""
    base = {"expires_ms": crisis.NOON + crisis.HOUR}
    longer = {"expires_ms": crisis.NOON + 2 * crisis.HOUR, "area": Area(codes=("2321", "2309"))}
    first, same, other = (
        screen.checked(0).holding(one).seen().alerts[0]
        for one in (
            crisis.vma("a", 0, **base),
            crisis.vma("b", 0, msg_type=UPDATE, **longer),
            crisis.vma("c", 0, msg_type=UPDATE, words={"sv": crisis.text("Gå inomhus")}),
        )
    )

    assert first.gist == same.gist != other.gist
    assert crisis.smhi(level=Level.RED) != crisis.smhi()
