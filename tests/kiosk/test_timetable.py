"""The timetable for offline use: cut out of a GTFS file by the real command, and read at the right moment."""

import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.everyday import TimetableDocument
from kiosk.__main__ import main
from kiosk.core.age import PLACE
from kiosk.core.day.timetable import book_before_ms, leaving

TABLES = {
    "stops.txt": "stop_id,stop_name,parent_station\n1,Kall kyrka,9\n2,Kall kyrka,9\n9,Kall kyrka,\n3,Järpen,\n",
    "stop_areas.txt": "area_id,stop_id\n740099901,1\n740099901,2\n740099902,3\n",
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nr1,155,,700\nr2,,Båten,1000\nr3,158,,1501\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign\n"
    "r1,s1,t1,Järpen\nr1,s2,t2,\nr2,s1,t3,Hallön\nr3,s3,t4,Järpen\n",
    "stop_times.txt": (
        "trip_id,departure_time,stop_id,stop_sequence,pickup_type,stop_headsign,pickup_booking_rule_id\n"
        "t1,25:10:00,1,1,0,,\nt1,25:40:00,3,2,0,,\n"
        "t2,07:40:00,1,1,,,\nt2,08:00:00,3,2,,,\n"
        "t3,09:00:00,3,1,0,,\nt3,10:00:00,2,2,0,,\n"
        "t4,18:00:00,2,1,2,,b1\nt4,18:30:00,3,2,1,,\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "s1,1,1,1,1,1,1,1,20261101,20261231\ns2,1,1,1,1,1,0,0,20261101,20261231\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\ns1,20261124,1\ns2,20261125,2\ns3,20261124,1\n",
    "booking_rules.txt": "booking_rule_id,booking_type,prior_notice_last_day,prior_notice_last_time,phone_number\n"
    "b1,2,1,16:00:00,0771-00 00 00\nb2,1,,,\n",
    "feed_info.txt": "feed_publisher_name\nExempeltrafiken\n",
}  # fmt: skip


def gtfs(folder: Path, **changed: str | None) -> Path:
    """A GTFS file with these tables; None leaves one out."""
    path = folder / "gtfs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (TABLES | {f"{key}.txt": text for key, text in changed.items()}).items():
            if text is not None:
                archive.writestr(name, "\ufeff" + text)
    return path


def cut(*arguments: Any) -> int:
    """The command, in this process."""
    try:
        return main(["timetable", "cut", *map(str, arguments)])
    except SystemExit as end:
        return int(end.code or 0)


def table(folder: Path) -> TimetableDocument:
    """The document that was made."""
    out = folder / "timetable.json"
    assert 0 == cut(gtfs(folder), "--stop", "740099901", "--from", "2026-11-23", "--days", "4", "--out", out)
    return msgspec.json.decode(out.read_bytes(), type=TimetableDocument)


def ms(text: str) -> int:
    """A time at the site as ms."""
    return int(datetime.fromisoformat(text).replace(tzinfo=PLACE).timestamp() * 1000)


def test_cut_tells_what_leaves_and_on_which_days(tmp_path: Path) -> None:
    """Days of calendar_dates are the true ones, weekdays count only without; nobody gets on at the end."""
    found = table(tmp_path)
    (stop,) = found.stops

    assert ("740099901", "Kall kyrka", "Exempeltrafiken") == (stop.area, stop.name, found.source)
    assert [
        ("155", "Järpen", "BUS", 7 * 3600 + 2400, "1101", False),
        ("158", "Järpen", "TAXI", 18 * 3600, "0100", True),
        ("155", "Järpen", "BUS", 25 * 3600 + 600, "0100", False),
    ] == [(one.line, one.to, one.mode, one.at, one.days, one.on_call) for one in stop.calls]
    assert ["0771-00 00 00"] == [one.phone for one in found.bookings]


def test_after_midnight_belongs_to_the_day_before(tmp_path: Path) -> None:
    """25:10 of Tuesday's service day leaves at ten past one on Wednesday."""
    found = leaving(table(tmp_path), ms("2026-11-25T00:00"), ms("2026-11-25T06:00"))

    assert [ms("2026-11-25T01:10")] == [one.at_ms for one in found]


def test_booking_ends_the_day_before(tmp_path: Path) -> None:
    """At the latest at four in the afternoon of the day before."""
    (one,) = leaving(table(tmp_path), ms("2026-11-24T17:00"), ms("2026-11-24T19:00"))

    assert ms("2026-11-23T16:00") == book_before_ms(one)


@pytest.mark.parametrize(("day", "expected"), [("2026-03-29", "2026-03-29T07:40"), ("2026-10-25", "2026-10-25T07:40")])
def test_twenty_to_eight_is_twenty_to_eight_when_clocks_change(tmp_path: Path, day: str, expected: str) -> None:
    """The service day is counted from noon minus twelve hours, so no bus is an hour wrong that morning."""
    first = date.fromisoformat(day)
    found = msgspec.structs.replace(table(tmp_path), first=first, last=first + timedelta(days=3))
    begin = int(datetime(first.year, first.month, first.day, tzinfo=PLACE).timestamp() * 1000)

    assert [ms(expected)] == [one.at_ms for one in leaving(found, begin, begin + 10 * 3_600_000)]


def test_nothing_leaves_after_the_last_day(tmp_path: Path) -> None:
    """A cut-out that has run out tells nothing."""
    assert () == leaving(table(tmp_path), ms("2026-12-01T00:00"), ms("2026-12-03T00:00"))


@pytest.mark.parametrize(
    ("arguments", "changed", "said"),
    [
        (["--stop", "7"], {}, "stop '7' is not in stops.txt"),
        (["--stop", "1"], {"stop_times": None}, "has no stop_times.txt"),
        (["--stop", "1"], {"trips": "a,b\n1,2\n"}, "a table is not as GTFS has it"),
        (["--stop", "1", "--from", "2031-01-01"], {}, "nothing leaves"),
        (["--stop", "1", "--from", "i dag"], {}, "is not a day"),
        (["--stop", "1", "--days", "900"], {}, "from 1 to 60"),
        ([], {}, "--stop"),
    ],
)
def test_wrong_input_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], changed: dict[str, str | None], said: str
) -> None:
    """Exit code 2, no traceback, no file."""
    out = tmp_path / "timetable.json"
    where = [] if "--from" in arguments else ["--from", "2026-11-23"]

    assert (2, False) == (cut(gtfs(tmp_path, **changed), *arguments, *where, "--out", out), out.exists())
    assert said in capsys.readouterr().err


def test_file_that_is_no_zip_is_one_sentence(tmp_path: Path) -> None:
    """A web page saved as .zip, and a path that is not there: the real command, without a traceback."""
    page = tmp_path / "page.zip"
    page.write_text("<html>", "utf-8")

    for path in (page, tmp_path / "none.zip"):
        rest = ["--stop", "1", "--from", "2026-11-23", "--out", tmp_path / "x.json"]
        command = [sys.executable, "-m", "kiosk", "timetable", "cut", path, *rest]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

        assert (2, 1) == (said.returncode, len(said.stderr.splitlines())), said.stderr
        assert "cannot be read as a zip file" in said.stderr
