"""The municipality's broker as `sotpunkt-keys` sets it up: who comes in, and what they may read and write there."""

import contextlib
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.messages import MAX_MESSAGE

from .conftest import TODAY, Centre, Client, Mosquitto, context_of, eventually, free_ports, quiet

ROOT = Path(__file__).parents[2]
KALL, DUVED = "are-kall", "are-duved"
Knock = Callable[..., Client]


class House:
    """The centre with its broker running, and boxes of all kinds."""

    def __init__(self, home: Path) -> None:
        self.centre = Centre(home)
        self.port, self.local_port = free_ports(2)
        broker = self.centre.broker
        quiet(
            "mosquitto", "centre", "--out", broker, "--port", self.port, "--local-port", self.local_port,
            "--address", "127.0.0.1", "--user", "root",
        )  # fmt: skip
        quiet("account", "centre", "--dir", broker, "--secret", home / "centre.password")
        names = ("server", "new", "localhost", "127.0.0.1", "--authority", self.centre.folder, "--out", broker)
        quiet(*names, *self.centre.asked())
        settings = broker / "mosquitto.conf"
        text = settings.read_text().replace("sys_interval 0", "sys_interval 1")
        settings.write_text(text.replace("/var/lib/mosquitto/", f"{home}/"))  # nobody inherits what others kept
        for name in ("authority.crt", "revoked.crl", "central.acl"):
            (broker / name).write_bytes((self.centre.folder / name).read_bytes())
        self.broker = Mosquitto(broker)
        self.broker.listens("127.0.0.1", self.port)
        (self.centre.folder / "authority.toml").write_text(
            f'[broker]\nfolder = "{broker}"\nreload = ["kill", "-HUP", "{self.broker.process.pid}"]\n'
            f'url = "mqtt://127.0.0.1:{self.local_port}"\nuser = "centre"\n'
            f'password_file = "{home / "centre.password"}"\n'
        )
        self.boxes = {site: self.centre.admit(site) for site in (KALL, DUVED, "are-lock")}
        self.boxes["grace"] = self.centre.admit("are-grace", ago=394)
        self.boxes["over"] = self.centre.admit("are-over", ago=396)
        self.stranger = Centre(home / "stranger").admit(KALL)

    @property
    def authority(self) -> Path:
        """Its certificate."""
        return self.centre.folder / "authority.crt"

    def as_site(self, name: str) -> dict[str, Any]:
        """How a box comes in."""
        return {"port": self.port, "context": context_of(self.boxes[name], self.authority)}

    def as_centre(self) -> dict[str, Any]:
        """How the dashboard comes in."""
        password = (self.centre.home / "centre.password").read_text().strip()
        return {"port": self.local_port, "account": ("centre", password)}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One broker for all tests of this file."""
    home = tmp_path_factory.mktemp("centre")
    (home / "stranger").mkdir()
    made = House(home)
    yield made
    made.broker.stop()


@contextlib.contextmanager
def came_in(house: House, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> Iterator[ssl.SSLSocket]:
    """A bare wire on which the broker has said welcome; ssl.SSLError or ConnectionError where it does not."""
    with (
        socket.create_connection(("localhost", house.port), 30) as raw,
        context.wrap_socket(raw, server_hostname="localhost", session=session) as wire,
    ):
        wire.sendall(bytes.fromhex("101000044d5154540402001e0004") + b"test")
        if wire.recv(4) != bytes.fromhex("20020000"):
            raise ConnectionError("no welcome")
        yield wire


def shakes_hands(house: House, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> bool:
    """Is a connection with this certificate accepted, and does the broker answer MQTT on it?"""
    try:
        with came_in(house, context, session):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def test_site_hears_its_own_road_down_whatever_it_asks_for(house: House, knock: Knock) -> None:
    """Every wildcard brings a site what is said to it: nothing of others, of the centre, or of the broker."""
    centre = knock(**house.as_centre()).inside()
    other = knock(**house.as_site(DUVED)).inside().says(topics.state(DUVED), retain=True)
    centre.says(topics.orders(DUVED), "not yours", retain=True)
    site = knock(**house.as_site(KALL)).inside()

    site.asks("#", "sot/#", "+/+/+/#", "sot/1/+/up/#", topics.down_all(DUVED), "$SYS/#", "$SYS/broker/clients/#")
    site.asks("$share/g/#", "$share/g/sot/1/+/up/#", f"$share/g/{topics.down_all(DUVED)}", "$CONTROL/#", "/#")
    site.asks(f"sot/1/{KALL}/down/../../{DUVED}/#")
    site.says(topics.state(KALL), "my own")
    other.says(topics.status(DUVED))
    centre.says(topics.mark(KALL), "yours")

    assert [topics.mark(KALL)] == site.hears(topics.mark(KALL))


def test_site_writes_its_own_road_up_and_nothing_else(house: House, knock: Knock) -> None:
    """What it says in another's name, or in the centre's, reaches nobody."""
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("+"))
    other = knock(**house.as_site(DUVED)).inside().asks(topics.down_all(DUVED))
    site = knock(**house.as_site(KALL)).inside().asks(topics.down_all(KALL))

    forged = (
        topics.state(DUVED),
        topics.mark(DUVED),
        topics.mark(KALL),
        topics.orders(KALL),
        "$SYS/broker/x",
        "$CONTROL/dynamic-security/v1",
        "any/thing",
        "sot//up/state",
        f"sot/1/{DUVED}\u200b/up/state",
        f"sot/1/{DUVED.upper()}/up/state",
        f"$share/g/{topics.state(DUVED)}",
    )
    for topic in forged:
        site.says(topic, "forged", retain=True)
    site.says(topics.birth(KALL), "mine")
    heard = centre.hears(topics.birth(KALL))
    centre.says(topics.content(DUVED), "real").says(topics.content(KALL), "real")
    other.hears(topics.content(DUVED))
    site.hears(topics.content(KALL))

    assert topics.birth(KALL) in heard
    assert [] == [topic for one in (centre, other, site) for topic, payload in one.heard if payload == b"forged"]


@pytest.mark.parametrize(
    "topic",
    [b"sot/1/are-kall/up/a\0b", b"sot/1/are-kall/up/\xff\xfe", b"sot/1/are-kall/up/\xed\xa0\x80", b"sot/1/+/up/state",
     b"sot/1/are-kall/up/#", b"", b"sot/1/are-kall/up/" + 300 * b"a/", b"\xef\xbb\xbfsot/1/are-duved/up/state"],
)  # fmt: skip
def test_topic_that_is_none_costs_its_sender_the_line_and_nobody_else(house: House, knock: Knock, topic: bytes) -> None:
    """NUL, half letters, wildcards, nothing at all, three hundred levels: no client hears it, none is thrown out."""
    centre = knock(**house.as_centre()).inside().asks("#")
    with came_in(house, context_of(house.boxes[KALL], house.authority)) as wire:
        body = len(topic).to_bytes(2, "big") + topic + b"\0\1misspelt"
        size = [len(body)] if len(body) < 128 else [len(body) % 128 | 128, len(body) // 128]
        wire.sendall(bytes([0x32, *size]) + body)
        answer = wire.recv(4)
    knock(**house.as_site(DUVED)).inside().says(topics.birth(DUVED), "good")
    heard = centre.hears(topics.birth(DUVED))

    assert answer in (b"", bytes.fromhex("40020001"))
    assert not [one for one in centre.heard if one[1] == b"misspelt"], heard
    assert not centre.gone


def test_road_of_another_that_begins_with_its_own_is_nobodys_topic(house: House, knock: Knock) -> None:
    """For a broker two dots are letters: the centre hears them under the sender's own name, and as no topic."""
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("+"))
    odd = f"sot/1/{KALL}/up/../../{DUVED}/up/state"
    knock(**house.as_site(KALL)).inside().says(odd)

    assert odd in centre.hears(odd)
    assert topics.parts(odd) is None


def test_will_in_anothers_name_reaches_nobody(house: House, knock: Knock) -> None:
    """A site that dies as another one is not heard; one that dies as itself is."""
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("+"))

    knock(**house.as_site(KALL), will=topics.alarms(DUVED)).inside().die()
    knock(**house.as_site(DUVED), will=topics.status(DUVED)).inside().die()
    eventually(lambda: (topics.status(DUVED), b"my last will") in centre.heard, "the will of the honest one")

    assert topics.alarms(DUVED) not in [topic for topic, _ in centre.heard]


def test_name_and_client_id_that_a_site_claims_are_worth_nothing(house: House, knock: Knock) -> None:
    """The certificate is the account and the client id: nobody becomes the centre, or throws another site out."""
    victim = knock(**house.as_site(DUVED), client_id="x").inside().asks(topics.down_all(DUVED))
    password = house.as_centre()["account"][1]
    site = knock(**house.as_site(KALL), client_id=DUVED, account=("centre", password)).inside()
    site.asks(topics.up_all("+")).says(topics.mark(DUVED), "forged")
    knock(**house.as_centre()).inside().says(topics.content(DUVED), "real")

    assert topics.content(DUVED) in victim.hears(topics.content(DUVED))
    assert (False, []) == (victim.gone, site.heard)
    assert (topics.mark(DUVED), b"forged") not in victim.heard


def test_only_a_good_certificate_of_the_authority_comes_in(house: House) -> None:
    """None, another authority's, one whose grace is over: refused. Good, and in its grace: accepted."""
    strange = context_of(house.stranger, house.authority)

    assert shakes_hands(house, context_of(house.boxes[KALL], house.authority))
    assert shakes_hands(house, context_of(house.boxes["grace"], house.authority))
    assert not shakes_hands(house, context_of(house.boxes["over"], house.authority))
    assert not shakes_hands(house, context_of(None, house.authority))
    assert not shakes_hands(house, strange)


def test_site_in_its_grace_works_and_is_marked(house: House, knock: Knock, keys: Callable[..., Any]) -> None:
    """It writes and reads as before; the list says so, in words and for programs."""
    knock(**house.as_site("grace")).inside().asks(topics.down_all("are-grace"))
    said = keys("site", "list", "--authority", house.centre.folder, "--today", TODAY)
    rows = json.loads(keys("site", "list", "--json", "--authority", house.centre.folder, "--today", TODAY).out)
    stands = {row["site"]: (row["standing"], row["days_left"]) for row in rows}

    assert ("in_grace", -29) == stands["are-grace"]
    assert ("expired", -31) == stands["are-over"]
    assert ("good", 365) == stands[KALL]
    assert "are-grace" in said.out
    assert "OVER, accepted until the grace ends" in said.out


def test_nobody_without_the_password_comes_in_at_the_centres_door(house: House, knock: Knock) -> None:
    """No name, a wrong password, a site's name: refused."""
    for account in (None, ("centre", "guess"), (KALL, "")):
        assert knock(house.local_port, account=account).refused()


def test_certificate_of_a_site_cannot_pose_as_the_broker(house: House) -> None:
    """A box that was stolen cannot read what other boxes tell: its certificate opens doors, and guards none."""
    box = house.boxes[KALL] / "current"
    thief = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    thief.load_cert_chain(box / "site.crt", box / "site.key")
    victim = ssl.create_default_context(cafile=house.authority)
    ends = socket.socketpair()

    def serve() -> None:
        with contextlib.suppress(OSError):
            thief.wrap_socket(ends[0], server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        victim.wrap_socket(ends[1], server_hostname=KALL)
    for end in ends:
        end.close()
    thread.join()


def test_message_beyond_the_contract_closes_the_connection(house: House, knock: Knock) -> None:
    """The largest message of the contract passes, one much larger does not, and the others notice nothing."""
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("+"))
    site = knock(**house.as_site(DUVED)).inside().says(topics.state(DUVED), "x" * MAX_MESSAGE)
    assert topics.state(DUVED) in centre.hears(topics.state(DUVED))

    site._client.publish(topics.birth(DUVED), b"x" * (2 * MAX_MESSAGE), qos=1)
    eventually(lambda: site.gone, "the end of the connection")

    assert not centre.gone


TLS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def _ticket(house: House, box: Path, version: ssl.TLSVersion) -> tuple[ssl.SSLContext, ssl.SSLSession]:
    """What lets a client come in again without showing its certificate; that it does so is looked at."""
    context = context_of(box, house.authority)
    context.minimum_version = context.maximum_version = version
    with came_in(house, context) as wire:
        held = wire.session
    assert held is not None
    with came_in(house, context, held) as wire:
        assert wire.session_reused
        held = wire.session
    assert held is not None
    return context, held


def test_one_action_locks_a_site_out(house: House, knock: Knock, keys: Callable[..., Any]) -> None:
    """Its connection ends, it does not come back, nor by resuming an earlier one (a resumed handshake shows no
    certificate); another site notices nothing; a new box of it can be let in again.
    """
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("are-lock"))
    other = knock(**house.as_site(DUVED)).inside()
    tickets = [_ticket(house, house.boxes["are-lock"], version) for version in TLS]
    site = knock(**house.as_site("are-lock")).inside().says(topics.state("are-lock"))
    centre.hears(topics.state("are-lock"))

    said = keys("site", "lock", "are-lock", "--authority", house.centre.folder, *house.centre.asked())

    assert (0, "") == (said.code, said.err)
    assert "are-lock: locked out" in said.out
    eventually(lambda: site.gone, "the end of its connection")
    assert not shakes_hands(house, context_of(house.boxes["are-lock"], house.authority))
    assert [False, False] == [shakes_hands(house, *one) for one in tickets]
    assert not other.gone
    assert shakes_hands(house, context_of(house.boxes[KALL], house.authority))
    assert 0 == keys("check", house.centre.folder, "--today", TODAY).code

    request = house.centre.home / "again.pem"
    quiet("request", "are-lock", "--dir", house.centre.home / "again", "--out", request)
    admit = ("site", "admit", request, "--days", 365, "--authority", house.centre.folder, *house.centre.asked())
    refused = keys(*admit)
    assert 2 == refused.code
    assert "--readmit" in refused.err
    assert 0 == keys(*admit, "--readmit", "--out", house.centre.home / "again.crt").code
    quiet("install", house.centre.home / "again.crt", "--dir", house.centre.home / "again", "--today", TODAY)
    again = context_of(house.centre.home / "again", house.authority)
    eventually(lambda: shakes_hands(house, again), "a door that opens when the broker has read its lists anew")
    assert not shakes_hands(house, context_of(house.boxes["are-lock"], house.authority))


def test_rights_go_at_once_even_without_the_authoritys_key(house: House, knock: Knock) -> None:
    """Who has lost the passphrase can still take a site's rights away while it is connected."""
    house.boxes["quick"] = house.centre.admit("are-quick")
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("+"))
    site = knock(**house.as_site("quick")).inside().says(topics.state("are-quick"))
    centre.hears(topics.state("are-quick"))
    quiet("site", "lock", "are-quick", "--without-key", "--authority", house.centre.folder, "--today", TODAY)
    eventually(lambda: site.gone, "the end of its connection")
    again = knock(**house.as_site("quick")).inside().asks(topics.down_all("are-quick"))
    again.says(topics.birth("are-quick"), "still here")
    knock(**house.as_site(DUVED)).inside().says(topics.birth(DUVED), "me too")
    centre.says(topics.mark("are-quick"), "secret").hears(topics.birth(DUVED))

    assert topics.birth("are-quick") not in [topic for topic, _ in centre.heard]
    assert [] == again.heard


def test_renewal_needs_no_downtime(house: House, knock: Knock) -> None:
    """While the new certificate is made and put in place the old connection goes on; the next one uses the new."""
    box = house.boxes[KALL]
    before = (box / "current" / "site.crt").read_bytes()
    site = knock(**house.as_site(KALL)).inside().asks(topics.down_all(KALL))

    house.centre.admit(KALL, days=400)

    knock(**house.as_centre()).inside().says(topics.content(KALL))
    site.hears(topics.content(KALL))
    assert not site.gone
    assert before != (box / "current" / "site.crt").read_bytes()
    assert shakes_hands(house, context_of(box, house.authority))


def test_real_gateway_comes_in_and_hears_that_it_was_locked_out(
    house: House, knock: Knock, keys: Callable[..., Any], tmp_path: Path
) -> None:
    """The program with the files as they lie on a box: its picture arrives; locked out, one sentence says so."""
    box = house.centre.admit("are-real")
    settings = tmp_path / "gateway.toml"
    settings.write_text(
        f'[site]\nid = "are-real"\nplace = "Kall"\n[store]\npath = "{tmp_path}/g.db"\n'
        f'[site_broker]\nurl = "mqtt://127.0.0.1:1"\n[central_broker]\nurl = "mqtts://localhost:{house.port}"\n'
        f'ca_file = "{box}/authority.crt"\ncertificate_file = "{box}/current/site.crt"\n'
        f'key_file = "{box}/current/site.key"\nreconnect_max_s = 0.2\n'
    )
    centre = knock(**house.as_centre()).inside().asks(topics.up_all("are-real"))
    log = tmp_path / "log"
    with log.open("wb") as out:
        gateway = subprocess.Popen(
            [sys.executable, "-m", "gateway", "run", str(settings)], cwd=ROOT, stdout=out, stderr=out
        )
    try:
        centre.hears(topics.status("are-real"))
        centre.hears(topics.record("are-real", "event"))
        assert 0 == keys("site", "lock", "are-real", "--authority", house.centre.folder, *house.centre.asked()).code
        eventually(lambda: "locked out" in log.read_text(), "the sentence")
    finally:
        gateway.terminate()
        gateway.wait(40)

    assert "Traceback" not in log.read_text()
