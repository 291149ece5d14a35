"""Place and feeds in the settings: what goes together, what is asked by itself, what is never mixed."""

from pathlib import Path

import pytest

from doors.settings import SettingsFault
from kiosk import config
from kiosk.config_feeds import COUNTY_BOXES
from kiosk.core.asking.catalogue import KINDS
from kiosk.feeds.counties import NAMES

BASE = (
    '[site]\nid = "are-kall"\n{site}[broker]\nurl = "mqtt://127.0.0.1:1"\n[cache]\npath = "k"\n[screen]\nname = "b"\n'
)
PLACE = '[place]\ncounty = "23"\nmunicipality = "2321"\nlatitude = 63.43\nlongitude = 13.08\n'


def load(folder: Path, text: str, site: str = "") -> config.Settings:
    """Settings with these tables besides the usual ones."""
    file = folder / "kiosk.toml"
    file.write_text(BASE.format(site=site) + text, "utf-8")
    return config.load(file)


def test_real_site_with_a_place_asks_the_sources_of_warnings(tmp_path: Path) -> None:
    """VMA, SMHI and Krisinformation, at their own addresses."""
    asked = load(tmp_path, PLACE).asked_feeds

    assert {name: KINDS[name].url for name in ("vma", "smhi", "krisinformation")} == {
        name: feed.url for name, feed in asked.items()
    }


def test_nobody_is_asked_without_a_place(tmp_path: Path) -> None:
    """A screen that does not know where it stands cannot say what is meant for it."""
    assert {} == load(tmp_path, "").asked_feeds


def test_simulated_site_asks_only_what_is_named_to_it(tmp_path: Path) -> None:
    """Not even a feed that is named without an address."""
    text = PLACE + '[feeds.vma]\n[feeds.smhi]\nurl = "http://127.0.0.1:9/x"\n'

    assert {"smhi": "http://127.0.0.1:9/x"} == {
        name: feed.url for name, feed in load(tmp_path, text, "simulated = true\n").asked_feeds.items()
    }


def test_feed_can_be_switched_off(tmp_path: Path) -> None:
    """And the others go on."""
    assert {"smhi", "krisinformation"} == set(load(tmp_path, PLACE + "[feeds.vma]\non = false\n").asked_feeds)


def test_place_reaches_the_core(tmp_path: Path) -> None:
    """With the county's name, by which Krisinformation knows it."""
    here = load(tmp_path, PLACE).here

    assert ("are-kall", "23", "2321", "Jämtlands län", 63.43) == (
        here.site, here.county, here.municipality, here.county_name, here.latitude
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PLACE.replace('"2321"', '"2400"'), "is not in county '23'"),
        (PLACE.replace('"23"', '"02"'), "there is no county '02'"),
        (PLACE.replace('"2321"', '"321"'), "[place] municipality"),
        (PLACE.replace("63.43", "13.08").replace("longitude = 13.08", "longitude = 63.43"), "are they swapped?"),
        (PLACE.replace("63.43", "55.6"), "is not in Jämtlands län"),
        (PLACE.replace("63.43", "0.0"), "is not in Sweden"),
        (PLACE.replace("longitude = 13.08\n", ""), "belong together"),
        (PLACE + 'neighbours = ["2321"]\n', "is the municipality itself"),
        (PLACE + 'neighbours = ["9999"]\n', "begins with no county's code"),
        (PLACE + "height = 3\n", "height: unknown setting"),
        ('[feeds.vna]\nurl = "https://x.se/"\n', "known are vma"),
        ('[feeds.x]\nkind = "vna"\n', "kind: 'vna' is unknown"),
        ('[feeds.vma]\nurl = "http://192.0.2.1/x"\n', "is not encrypted"),
        ('[feeds.vma]\nurl = "https://a:b@x.se/"\n', "key_file"),
        ("[feeds.vma]\nevery_s = 600\n", "is above 120"),
        ("[feeds.vma]\nevery_s = 1\n", "is below 30"),
        ('[feeds.vma]\nurl = "https://x.se/?k={key}"\n', "key_file: is missing"),
        ('[feeds.vma]\nkey_file = "kiosk.toml"\n', "says nothing without {key}"),
        ("[feeds.road]\n", "key_file: is missing"),
        ('[feeds.n]\nkind = "news"\n', "url: is missing"),
        ("[fetch]\nplain_http = true\n", "only a simulated site"),
        ('[fetch]\ncontact = "å\\r\\nX: y"\n', "plain letters only"),
        ('[fetch]\nproxy = "proxy"\n', "[fetch] proxy"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    """One line that says what to do."""
    with pytest.raises(SettingsFault) as told:
        load(tmp_path, text)

    assert sentence in str(told.value)


def test_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """As every other secret."""
    (tmp_path / "key").write_text("k", "utf-8")
    (tmp_path / "key").chmod(0o644)
    text = '[feeds.vma]\nurl = "https://x.se/?k={key}"\nkey_file = "key"\n'
    with pytest.raises(SettingsFault) as told:
        load(tmp_path, text)
    (tmp_path / "key").chmod(0o600)

    assert "chmod 600" in str(told.value)


def test_every_county_has_its_rectangle() -> None:
    """All 21, each with its south below its north and its west left of its east."""
    assert NAMES.keys() == COUNTY_BOXES.keys()
    assert all(south < north and west < east for south, north, west, east in COUNTY_BOXES.values())


def test_key_asks_no_more_than_its_source_allows(tmp_path: Path) -> None:
    """Six stops with one key, each two minutes while somebody looks, are too many; with the interval told not."""
    (tmp_path / "k.key").write_text("x", "utf-8")
    (tmp_path / "k.key").chmod(0o600)
    url = "https://realtime-api.trafiklab.se/v1/departures/74001234{0}?key={{key}}"
    stop = '[feeds.stop-{0}]\nkind = "departures"\nkey_file = "k.key"\nurl = "' + url + '"\n'
    stops = [stop.format(number) for number in range(6)]

    with pytest.raises(SettingsFault) as told:
        load(tmp_path, PLACE + "".join(stops))
    assert "6 of kind departures with one key may ask 129600 times a month" in str(told.value)
    assert "at least 156" in str(told.value)
    assert load(tmp_path, PLACE + "".join(f"{one}every_s = 156\n" for one in stops)).asked_feeds
    assert load(tmp_path, PLACE + "".join(stops[:4])).asked_feeds
