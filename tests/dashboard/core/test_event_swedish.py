"""A played story with every kind of order, read in Swedish: no key, no English, names and local times."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest

from contract.freshness import Now
from contract.judgement import Activator
from contract.orders import What
from contract.words import ClockQuality
from dashboard.core.site.event_words import detail, event_name, timeline
from gateway.core.story.story import play
from gateway.story_file import load

STORY = '''
for = "7h"
in_order = true
[site]
connection = "manual"
[[activator]]
id = "anna-s"
name = "Anna"
[[activator]]
id = "bo-k"
name = "Bo"
[checklist]
approved_by = "El Eriksson"
approved_on = 2025-11-03
[[checklist.step]]
id = "main-switch"
sv = "Ställ omkopplaren rätt"
en = "Set the changeover right"
electrical = true
position = "ELVERK"
[[checklist.step]]
id = "tell-all"
sv = "Berätta för byn"
electrical = false
story = """
00:00 genset normal mode=manual mains.voltage=230 ; meter normal
00:10 genset mains.voltage=0 ; meter dead
00:11 Kim call_out "strömavbrott"
00:11 Kim call_out "det är kallt"
00:12 Anna answer anna-s in_minutes=20 note="lovat per telefon 18:20"
00:12 Bo answer bo-k coming=no
00:14 Kim ack mains-lost comment="sett"
00:15 Kim shelve mains-lost 1h comment="vi vet"
00:16 Kim shelve mains-lost 0 comment="igen"
00:17 Kim out_of_service mains-lost comment="byte"
00:18 Kim out_of_service mains-lost out=no comment="klart"
00:20 Kim absence bo-k until_ms=+3d
00:20:30 Kim absence bo-k until_ms=+0min
00:21 Kim confirm check:estop
00:21 Kim confirm activator:anna-s ok=no
00:22 Kim confirm sot:shop responsible=Eva
00:23 Kim service_visit 90min
00:23:30 Kim service_visit 0 note="tack"
00:24 genset starting ; +10s genset running
00:25 Anna step main-switch ELVERK
00:25 Anna step tell-all note="alla vet"
00:26 genset power=12kW ; meter normal power=12kW
00:27 Kim activation true "nu"
00:28 Kim declare pay_card open until_ms=+3h
00:29 Kim notice n1 "Soppa kl 12"
00:29:30 Kim notice n1 "Soppa kl 12" withdrawn=yes
00:30 Kim need diesel "200 liter"
00:30:30 Kim need_mark read
00:31 Kim report power=reserve people_present=12 services.food=open
00:32 Kim delivery 100.5 hvo summer=true
00:33 Kim command rebirth
00:34 Kim declared_run 31
00:35 Kim run_note "gick bra" who=Kim
00:40 Kim activation false "slut"
00:42 Kim break_glass role=owner through=owner-page until_ms=+24h
00:43 Kim break_glass yes role=owner through=owner-page
00:50 genset fuel.level=sensor_fault
01:00 genset fuel.level=70
01:10 meter silent
01:20 meter back
03:00 genset mains.voltage=230
03:05 genset cooling ; meter normal power=11kW
03:06 genset stopped
03:10 clock unsynced
03:11 Kim set_clock
03:20 clock synced
"""
'''
DAY_MS = 1_768_453_200_000
"""Thursday 15 January 2026, 06:00 in Stockholm, when the story begins."""
KEY = re.compile(r"[a-z]+[-_:][a-z]+")
ENGLISH = re.compile(
    r"\b(the|and|of|for|from|until|away|not|yes|no|is|was|open|closed|unknown|starting|dead|returning|reserve|mains|"
    r"service visit|delivery|withdrawn|active|site|shutdown|manual|UTC|alarms|needs|status|dropped)\b",
    re.IGNORECASE,
)


@cache
def _told() -> tuple[Any, ...]:
    """All that the site told, through the gateway's own judgement."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.toml"
        path.write_text(STORY, "utf-8")
        return play(load(path)).told


def _lines(kall: Any, reader: Any, language: str = "sv") -> list[str]:
    """Every line of the list of events and of the timeline."""
    read = _read(reader(language))
    people = (Activator(id="anna-s", name="Anna"), Activator(id="bo-k", name="Bo"))
    picture = kall.picture(activators=people)
    lines = []
    for one in _told():
        lines.append(f"{event_name(one.kind, read)} | {detail(one.kind, one.body, read, picture)}")
        lines += timeline(one.kind, one.body, read, picture)
    return lines


def _read(reader: Any) -> Any:
    """The same reader on the day of the story."""
    now = Now(mono_ms=0, wall_ms=DAY_MS, clock=ClockQuality.SYNCED)
    return type(reader)(language=reader.language, zone=reader.zone, now=now, at_site=reader.at_site)


def test_the_story_has_every_order() -> None:
    """What is not ordered would not be read below. A request to the program itself leaves no other record."""
    done = {one.body["kind"] for one in _told() if one.kind == "order_done"}

    assert {str(kind.__struct_config__.tag) for kind in get_args(What)} == done


def test_no_key_stands_in_a_swedish_line(kall: Any, reader: Any) -> None:
    """Nobody reads `pay_card`, `check:estop`, `mains-lost` or the id of a run."""
    lines = _lines(kall, reader)

    assert 60 < len(lines)
    assert [] == [line for line in lines if KEY.search(line)]


def test_no_english_stands_in_a_swedish_line(kall: Any, reader: Any) -> None:
    """What the site keeps for logs is not what people read."""
    assert [] == [line for line in _lines(kall, reader) if ENGLISH.search(line)]


@pytest.mark.parametrize(
    "line",
    ["Strömförsörjningen ändrades: starting", "bo: away from 2026-01-15 05:20 UTC", "not active: stänger",
     "Larm: mains-lost site", "check:estop: yes", "pay_card: open"],
)  # fmt: skip
def test_the_lines_of_before_would_be_seen(line: str) -> None:
    """The two tests above can fail."""
    assert ENGLISH.search(line) or KEY.search(line)


@pytest.mark.parametrize(
    "expected",
    [
        "06:10 Strömförsörjningen ändrades: Strömlös",
        "06:11 Begäran om att öppna punkten: strömavbrott, Kim",
        "06:11 En uppgift är inskriven: begäran om att öppna punkten: det är kallt, Kim",
        "06:12 Svar på begäran: Anna kommer om 20 min: lovat per telefon 18:20, Anna",
        "06:12 Svar på begäran: Bo kan inte komma, Bo",
        "06:20 En uppgift är inskriven: Bo är borta från 06:20 till sön 06:20, Kim",
        "06:21 En uppgift är bekräftad: Nödstoppet är inte intryckt: ja, Kim",
        "06:21 En uppgift är bekräftad: Anna: nej, Kim",
        "06:22 En uppgift är bekräftad: Butik: ja, ansvarig Eva, Kim",
        "06:23 En uppgift är inskriven: servicebesök i 1\u00a0h 30\u00a0min, Kim",
        "06:23 En uppgift är inskriven: servicebesöket är slut: tack, Kim",
        "06:25 Ett steg är klart: Ställ omkopplaren rätt, läge ELVERK, Anna",
        "06:25 Ett steg är klart: Berätta för byn: alla vet, Anna",
        "06:27 Punkten har öppnats eller stängts: öppnad: nu, Kim",
        "06:28 Ny uppgift om vad som är öppet: Betala med kort: Öppet till 09:28, Kim",
        "06:29 Ett lokalt anslag har ändrats: ”Soppa kl 12”, Kim",
        "06:29 Ett lokalt anslag har ändrats: anslaget är borttaget: ”Soppa kl 12”, Kim",
        "06:30 Någon har sagt till om ett behov: Diesel, Kim",
        "06:31 Rapport från en person: ström: från elverket, Kim",
        "06:32 En uppgift är inskriven: 100,5\u00a0L levererat, HVO, sommarbränsle, Kim",
    ],
)
def test_the_timeline_says_it_in_words(kall: Any, reader: Any, expected: str) -> None:
    """People by name, the site's own words, times here."""
    assert expected in _lines(kall, reader)


def test_the_same_story_reads_in_english(kall: Any, reader: Any) -> None:
    """The list has an English reader too, also for the site's own steps."""
    lines = _lines(kall, reader, "en")

    assert [] == [line for line in lines if KEY.search(line)]
    assert "06:25 A step is done: Set the changeover right, position ELVERK, Anna" in lines
