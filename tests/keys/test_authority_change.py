"""The authority itself changes: no site is shut out on the way, and what the one before has signed ends with it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from .conftest import TODAY, Centre, context_of, eventually, quiet
from .test_central_broker import KALL, House, shakes_hands


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One broker for all tests of this file."""
    home = tmp_path_factory.mktemp("change")
    (home / "stranger").mkdir()
    made = House(home)
    yield made
    made.broker.stop()


def test_authority_changes_under_running_sites(house: House, keys: Callable[..., Any]) -> None:
    """Old certificates come in beside new ones; a lock holds under both; when the old authority goes, so do its own."""
    centre, box = house.centre, house.boxes[KALL]
    folder, asked = centre.folder, centre.asked()
    before = box / "authority.crt"
    old = context_of(box, before)

    assert 0 == keys("authority", "rotate", folder, *asked).code
    assert 2 == keys("authority", "rotate", folder, *asked).code
    assert 0 == keys("check", folder, "--today", TODAY).code
    assert shakes_hands(house, context_of(box, before))
    assert not shakes_hands(house, context_of(house.stranger, before))

    early = keys("authority", "retire", folder, *asked)
    assert (2, True) == (early.code, "are-duved" in early.err)
    renew(house, KALL)
    new = house.boxes["new"] = centre.admit("are-new")
    server = ("server", "new", "localhost", "127.0.0.1", "--authority", folder, "--out", centre.broker, "--replace")
    quiet(*server, *asked)
    house.broker.process.send_signal(1)
    for one in ("are-duved", KALL, "new"):
        context = context_of(house.boxes[one], house.boxes[one] / "authority.crt")
        eventually(lambda context=context: shakes_hands(house, context), f"an open door for {one}")
    for site in ("are-duved", "are-lock", "are-grace", "are-over"):
        quiet("site", "lock", site, "--authority", folder, *asked)
    assert not shakes_hands(house, context_of(house.boxes["are-duved"], before))

    assert 2 == keys("authority", "retire", folder, *asked).code
    quiet(*server, *asked)
    assert 0 == keys("authority", "retire", folder, *asked).code
    assert 0 == keys("check", folder, "--today", TODAY).code
    assert not (folder / "before.key").exists()
    for one in (box, new):
        eventually(lambda one=one: shakes_hands(house, context_of(one, folder / "authority.crt")), "an open door")
    old.load_verify_locations(folder / "authority.crt")
    eventually(lambda: not shakes_hands(house, old), "the end of what the authority before has signed")


def renew(house: House, site: str) -> None:
    """As docs/keys.md says, with the authority's certificates beside."""
    centre, box = house.centre, house.boxes[site]
    request, made = centre.home / "renew.pem", centre.home / "renew.crt"
    quiet("request", site, "--dir", box, "--out", request)
    admit = ("site", "admit", request, "--days", 365, "--authority", centre.folder, "--out", made)
    quiet(*admit, *centre.asked())
    quiet("install", made, "--dir", box, "--authority", centre.folder / "authority.crt", "--today", TODAY)


def test_change_that_was_cut_short_is_brought_to_its_end(tmp_path: Path, keys: Callable[..., Any]) -> None:
    """A power cut between any two files: nothing is lost, and the same command goes on."""
    centre = Centre(tmp_path)
    centre.admit(KALL)
    folder, asked = centre.folder, centre.asked()
    old = {name: (folder / name).read_bytes() for name in ("authority.key", "authority.crt")}
    lock = ("site", "lock", KALL, "--authority", folder, *asked)
    for kept in (("authority.key", "authority.crt"), ("authority.crt",)):
        quiet("authority", "rotate", folder, *asked)
        for name in kept:
            (folder / name).write_bytes(old[name])
        if "authority.key" not in kept:
            assert "authority rotate` again" in keys(*lock).err

    assert 0 == keys("authority", "rotate", folder, *asked).code
    assert 0 == keys(*lock).code
    assert 0 == keys("check", folder, "--today", TODAY).code
    assert 2 == len(x509.load_pem_x509_certificates((folder / "authority.crt").read_bytes()))
    assert 2 == (folder / "revoked.crl").read_bytes().count(b"BEGIN X509 CRL")
    assert 0o600 == (folder / "before.key").stat().st_mode & 0o777


def test_end_of_what_all_sites_rest_on_is_told_two_months_ahead(tmp_path: Path, keys: Callable[..., Any]) -> None:
    """The broker's certificate and the authority's: by `check` with exit code 1, and below the list of sites."""
    centre = Centre(tmp_path)
    (centre.folder / "authority.toml").write_text(f'[broker]\nfolder = "{centre.broker}"\n')
    server = ("server", "new", "localhost", "--days", 200, "--authority", centre.folder, "--out", centre.broker)
    quiet(*server, *centre.asked())
    told = {days: keys("check", centre.folder, "--today", TODAY + timedelta(days=days)) for days in (139, 140, 201)}
    listed = keys("site", "list", "--authority", centre.folder, "--today", TODAY + timedelta(days=140)).out

    assert (0, "") == (told[139].code, told[139].err)
    assert 1 == told[140].code
    assert "server.crt: the broker's certificate ends on" in told[140].err
    assert "in 60 days" in listed
    assert "is over since" in told[201].err
    assert "authority rotate" in keys("check", centre.folder, "--today", TODAY + timedelta(days=6770)).err
