"""The brokers of a run, with their accounts: real ones on free ports, asked by real clients."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from contract import topics
from demo.core.faults import BadUse
from demo.io import brokers
from demo.io.brokers import Brokers, Door, Roads
from demo.io.processes import Programs

SITE = "are-kall"
STAFF = topics.state(SITE)
PUBLIC = topics.public_picture(SITE)
WITHIN_S = 30.0


@pytest.fixture(params=["mosquitto", "embedded"])
async def roads(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Roads]:
    """Both brokers running, of either make."""
    for folder in ("log", "secrets"):
        (tmp_path / folder).mkdir()
    if request.param == "embedded":
        monkeypatch.setattr(brokers, "PLACES", str(tmp_path))
    died: list[str] = []
    programs = Programs(tmp_path / "log", dict(os.environ), lambda name, code, line: died.append(f"{name}: {line}"))
    try:
        yield await Brokers(tmp_path, SITE, programs).start()
        assert [] == died
    finally:
        await programs.stop_all()


def _client(door: Door) -> aiomqtt.Client:
    port = int(door.url.rsplit(":", 1)[1])
    password = Path(door.password_file).read_text("utf-8")
    return aiomqtt.Client("127.0.0.1", port, username=door.user, password=password)


async def _heard(client: aiomqtt.Client, *filters: str, until: str) -> set[str]:
    """Topics that come to this client after subscribing, up to and with `until`."""
    for one in filters:
        try:
            await client.subscribe(one, qos=1)
        except aiomqtt.MqttError:
            continue  # one broker refuses the question, the other gives no answer
    found = set()
    async with asyncio.timeout(WITHIN_S):
        async for message in client.messages:
            found.add(str(message.topic))
            if str(message.topic) == until:
                return found
    return found


async def test_kiosk_reads_the_public_picture_and_nothing_for_staff(roads: Roads) -> None:
    """Asking for everything brings a kiosk what is public, and not the state of the site."""
    async with _client(roads.gateway) as gateway, _client(roads.kiosk) as kiosk:
        await gateway.publish(STAFF, b"fuel 63 %", qos=1, retain=True)
        await gateway.publish(PUBLIC, b"on mains", qos=1, retain=True)

        everything = topics.up_all(SITE), STAFF, topics.public_all(SITE)
        assert {PUBLIC} == await _heard(kiosk, *everything, until=PUBLIC)


async def test_owner_reads_what_is_for_staff(roads: Roads) -> None:
    """The same question from the owner's account is answered, so the test above asks the right thing."""
    async with _client(roads.gateway) as gateway, _client(roads.owner) as owner:
        await gateway.publish(STAFF, b"fuel 63 %", qos=1, retain=True)

        assert {STAFF} == await _heard(owner, STAFF, until=STAFF)


async def test_kiosk_can_say_nothing_but_receipts_and_that_it_lives(roads: Roads) -> None:
    """A kiosk that claims to be the gateway is not heard; its receipt and its sign of life are."""
    receipt, alive, mains = topics.receipt(SITE), topics.kiosk_status(SITE), topics.status(SITE)
    async with _client(roads.gateway) as gateway, _client(roads.kiosk) as kiosk:
        for topic in (topics.up_all(SITE), PUBLIC, receipt, alive):
            await gateway.subscribe(topic, qos=1)
        await kiosk.publish(mains, b"forged", qos=1)
        await kiosk.publish(PUBLIC, b"forged", qos=1)
        await kiosk.publish(alive, b"drawn", qos=1)
        await kiosk.publish(receipt, b"shown", qos=1)

        assert {alive, receipt} == await _heard(gateway, until=receipt)


async def test_site_writes_its_own_road_up_and_reads_its_own_road_down(roads: Roads) -> None:
    """A site's account at the centre is neither another site nor the centre."""
    other = "are-duved"
    async with _client(roads.centre) as centre, _client(roads.site) as site:
        await site.publish(topics.status(other), b"forged", qos=1, retain=True)
        await site.publish(topics.mark(SITE), b"forged", qos=1, retain=True)
        await site.publish(topics.status(SITE), b"alive", qos=1, retain=True)
        assert {topics.status(SITE)} == await _heard(centre, topics.up_all("+"), until=topics.status(SITE))

        await centre.publish(topics.mark(other), b"not yours", qos=1, retain=True)
        await centre.publish(topics.mark(SITE), b"yours", qos=1, retain=True)
        asked = topics.down_all(other), topics.down_all(SITE)
        assert {topics.mark(SITE)} == await _heard(site, *asked, until=topics.mark(SITE))


async def test_nobody_comes_in_without_the_password(roads: Roads) -> None:
    """No name, a wrong password: refused."""
    port = int(roads.kiosk.url.rsplit(":", 1)[1])
    for account in ({}, {"username": "kiosk", "password": "guess"}):
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client("127.0.0.1", port, timeout=WITHIN_S, **account):
                pass


def test_passwords_are_for_the_owners_eyes_only(tmp_path: Path) -> None:
    """A file with a secret in it can be read by one account of this machine, also when it is written anew."""
    secret = tmp_path / "secret"
    for text in ("one", "two"):
        brokers.keep_secret(secret, text)

    assert ("two", 0o600) == (secret.read_text("utf-8"), secret.stat().st_mode & 0o777)


def test_running_brokers_password_comes_from_a_file_of_its_own(tmp_path: Path) -> None:
    """On a command line everybody would read it: there it is refused, and so is a file that others can read."""
    secret = tmp_path / "secret"
    brokers.keep_secret(secret, "s3@t")
    found = brokers.running_broker("mqtt://me@192.0.2.7:1884", secret)

    assert ("mqtt://192.0.2.7:1884", "me") == (found.gateway.url, found.gateway.user)
    assert "s3@t" == Path(found.gateway.password_file).read_text("utf-8")
    with pytest.raises(BadUse, match="no place for a password") as told:
        brokers.running_broker("mqtt://me:s3%40t@192.0.2.7:1884")
    assert "s3" not in str(told.value)
    secret.chmod(0o644)
    with pytest.raises(BadUse, match="chmod 600"):
        brokers.running_broker("mqtt://me@192.0.2.7", secret)


@pytest.mark.parametrize("url", ["192.0.2.7", "http://192.0.2.7", "mqtt://", "mqtt://h:99999", "mqtts://h"])
def test_address_that_is_no_broker_is_refused(url: str, tmp_path: Path) -> None:
    """One sentence says what it should look like."""
    with pytest.raises(BadUse, match="mqtt://"):
        brokers.running_broker(url)


def test_mosquitto_is_what_a_debian_machine_runs() -> None:
    """These tests are worth what they say only where the real broker is."""
    assert shutil.which("mosquitto", path=brokers.PLACES), "apt-get install mosquitto"
