"""The wire that is counted is a real one, and a house in which something stands still is not counted."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bench import volume
from bench.two_places import SITE_ADDRESS, Bytes, CannotMeasure, certificates, two_places
from bench.volume import Window

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
SEND = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(bytes(1000), ('198.51.100.2', 9))"


@needs_root
def test_what_the_site_sends_is_counted_with_its_headers() -> None:
    """1000 bytes in one UDP packet are 1042 on the wire, and nobody asks for the address of the other end."""
    with two_places() as places:
        before = places.counted()
        subprocess.run(places.at(places.site, [sys.executable, "-c", SEND]), check=True, timeout=20)
        counted = places.counted().since(before)

    assert (1042, 1) == (counted.up, counted.packets_up)
    assert places.site not in subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout


def test_a_day_is_the_windows_pace_and_one_connect() -> None:
    """Bytes up and down, each for itself."""
    one = Window(start=Bytes(11_000, 6000, 1, 1), then=Bytes(600, 400, 1, 1), seconds=600.0)

    assert (11_000 + 144 * 600, 6000 + 144 * 400) == (one.day, one.day_down)


def test_certificates_are_of_both_ends(tmp_path: Path) -> None:
    """The site's carries its id, which is the name under which the broker lets it in."""
    certificates(tmp_path, "are-kall")
    shown = ["openssl", "verify", "-CAfile", "ca.pem", "centre.pem", "site.pem"]
    subject = ["openssl", "x509", "-in", "site.pem", "-noout", "-subject"]

    assert (
        "centre.pem: OK\nsite.pem: OK\n"
        == subprocess.run(shown, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    )
    assert "are-kall" in subprocess.run(subject, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def test_a_house_without_records_at_the_centre_is_not_counted(tmp_path: Path) -> None:
    """A gateway that died sends nothing, which would be a fine figure."""
    (tmp_path / "gateway.log").write_text("it fell over")

    with pytest.raises(CannotMeasure, match="it fell over"):
        volume._healthy(tmp_path)


def test_a_played_day_in_which_the_link_broke_is_not_counted(tmp_path: Path) -> None:
    """Keep-alives of seconds break on a busy machine; in real time a broken link is part of the bill."""
    with closing(sqlite3.connect(tmp_path / "dashboard.db")) as db:
        db.execute("CREATE TABLE records (seq)")
        db.execute("INSERT INTO records VALUES (1)")
        db.commit()
    (tmp_path / "gateway.log").write_text("INFO central broker: connected\n" * 2)
    volume._healthy(tmp_path)

    with pytest.raises(CannotMeasure, match="made 2 times: this machine is too busy"):
        volume._healthy(tmp_path, 144.0)


def test_the_address_is_nobodys() -> None:
    """Of the range for documentation (RFC 5737)."""
    assert socket.inet_aton(SITE_ADDRESS)[:3] == bytes((198, 51, 100))
