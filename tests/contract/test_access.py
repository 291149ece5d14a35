"""Who may read and write what; the files for a real Pi are the ones the demonstration uses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract import access, topics
from contract.access import OWNER, site_rules

HOME = Path(__file__).parents[2] / "hw/host/mosquitto"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("site.acl", access.site_acl(access.PLACEHOLDER)),
        ("nodes.acl", access.nodes_acl(access.PLACEHOLDER)),
        ("central.acl", access.central_acl()),
    ],
)
def test_files_for_a_real_broker_are_the_demonstrations(
    golden: Callable[[Path, str], None], file: str, text: str
) -> None:
    """What stands under hw/ is made from the contract's topics, like the demonstration's own."""
    golden(HOME / file, text)


def test_flat_lists_name_every_pattern_for_every_account() -> None:
    """A broker without patterns gets the same rights, account by account."""
    lists = access.flat(access.central_rules(), access.central_patterns(), ("are-kall",))

    assert ["sot/1/are-kall/up/#"] == lists["publish"]["are-kall"]
    assert ["sot/1/are-kall/down/#"] == lists["receive"]["are-kall"]
    assert ["sot/1/+/down/#"] == lists["publish"]["centre"]


def test_list_of_sites_names_each_and_no_pattern() -> None:
    """With a list only its sites have rights: a certificate alone brings none."""
    text = access.central_acl(["are-kall", "are-duved"])

    assert "pattern" not in text
    assert ["centre", "are-duved", "are-kall"] == [
        line.removeprefix("user ") for line in text.splitlines() if line.startswith("user ")
    ]
    assert "user are-kall\ntopic write sot/1/are-kall/up/#\ntopic read sot/1/are-kall/down/#\n" in text


def test_the_owners_page_may_hear_all_that_it_asks_for() -> None:
    """What it subscribes to is what its account may read: a refused subscription says nothing in MQTT 3.1.1."""
    may = {rule.topic for rule in site_rules("are-kall") if rule.account == OWNER and rule.may in ("read", "readwrite")}

    assert {topics.up_all("are-kall"), topics.answers("are-kall")} <= may
