"""The configurations shown under hw/ are those that the command writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract.messages import MAX_MESSAGE
from keys.core import mosquitto

from .conftest import quiet

HOME = Path(__file__).parents[2] / "hw/host/mosquitto"
FOLDER = "/etc/mosquitto"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("site.conf", mosquitto.site(mosquitto.Site(folder=FOLDER, machine="10.20.0.1", plain_port=1884))),
        ("central.conf", mosquitto.centre(mosquitto.Centre(folder=FOLDER))),
    ],
)
def test_files_shown_are_the_ones_that_are_made(golden: Callable[[Path, str], None], file: str, text: str) -> None:
    """A change of the generator shows as a difference for people to read."""
    golden(HOME / file, text)


def test_box_without_a_machine_network_opens_no_door_for_nodes(tmp_path: Path) -> None:
    """One listener, on the machine itself."""
    quiet("mosquitto", "site", "--site", "are-kall", "--out", tmp_path)
    lines = (tmp_path / "mosquitto.conf").read_text().splitlines()

    assert ["listener 1883 127.0.0.1"] == [line for line in lines if line.startswith("listener")]
    assert f"max_packet_size {MAX_MESSAGE + 4096}" in lines
    assert [] == [line for line in lines if "include_dir" in line or line == "allow_anonymous true"]


def test_making_the_configuration_again_keeps_the_accounts(tmp_path: Path) -> None:
    """A list that holds somebody is never emptied."""
    for _ in range(2):
        quiet("mosquitto", "site", "--site", "are-kall", "--out", tmp_path)
        if not (tmp_path / "secret").exists():
            quiet("account", "kiosk", "--dir", tmp_path, "--secret", tmp_path / "secret")

    assert (tmp_path / "passwords").read_text().startswith("kiosk:$7$")


def test_nothing_that_belongs_to_a_door_stands_before_the_first() -> None:
    """Mosquitto would open a door of its own for it, on every address."""
    of_a_door = {"allow_anonymous", "allow_zero_length_clientid", "password_file", "acl_file", "max_connections"}
    for name in ("site.conf", "central.conf"):
        before = (HOME / name).read_text("utf-8").split("\nlistener ")[0]
        assert set() == of_a_door & {line.split(" ")[0] for line in before.splitlines() if line}
