"""Brokers, certificates and what the gateway last said, against real Mosquitto."""

import asyncio
import re
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract import topics
from contract.messages import DevicePicture, Head, PublicPicture, Value, encode
from contract.wire import Moment
from contract.words import ClockQuality, Origin, Power, Status
from doctor.core.contact import ContactLook, judge
from doctor.core.links import Stage
from doctor.io import mqtt
from doctor.io.mqtt import look
from doors.broker import BrokerSettings
from doors.clock import Clock
from faults.io.relay import Relay

TODAY = datetime.now(UTC).date()


def _accounts(folder: Path, password: str = "geheimnis") -> tuple[str, str]:
    file = folder / "passwords"
    file.write_text(f"gateway:{password}\n", "utf-8")
    subprocess.run(["mosquitto_passwd", "-U", str(file)], check=True, timeout=30)
    file.chmod(0o644)
    return "allow_anonymous false", f"password_file {file}"


def _tell(port: int, topic: str, body: bytes) -> None:
    command = ["mosquitto_pub", "-p", str(port), "-u", "gateway", "-P", "geheimnis", "-r", "-t", topic, "-s"]
    subprocess.run(command, input=body, check=True, timeout=30)


def _head() -> Head:
    clock = Clock()
    return Head(
        site="are-kall", run="r", boot=clock.boot, up_ms=clock.up_ms(), wall_ms=None,
        clock=ClockQuality.UNSYNCED, status=Status.ACTUAL,
    )  # fmt: skip


def _picture(heard_ago_ms: int | None) -> bytes:
    clock = Clock()
    heard = None
    if heard_ago_ms is not None:
        up_ms = max(0, clock.up_ms() - heard_ago_ms)
        heard = Moment(boot=clock.boot, up_ms=up_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)
    return encode(
        PublicPicture(
            head=_head(), place="Kall", power=Power.ON_MAINS, since=None, active=False, services=(),
            notices=(), events=(), period_s=10, heartbeat_s=300, centre_heard=heard,
        )
    )  # fmt: skip


def _central(port: int, authority: Path, certificate: Path, key: Path) -> str:
    return (
        f'[central_broker]\nurl = "mqtts://localhost:{port}"\nca_file = "{authority}"\n'
        f'certificate_file = "{certificate}"\nkey_file = "{key}"\n'
    )


def _mutual(above, server: tuple[Path, Path]) -> tuple[str, ...]:
    return (
        f"cafile {above.file}", f"certfile {server[0]}", f"keyfile {server[1]}", "require_certificate true",
        "use_identity_as_username true", "allow_anonymous false",
    )  # fmt: skip


def test_site_broker_that_lets_us_in(box, doctor: Callable, mosquitto: Callable, tmp_path: Path) -> None:
    """A right account at a broker that answers is well."""
    box.settings(port=mosquitto(*_accounts(tmp_path)))

    assert "ok" == doctor(*box.call).grade("site_broker.in")


def test_site_broker_that_refuses_the_account(box, doctor: Callable, mosquitto: Callable, tmp_path: Path) -> None:
    """A wrong password is named as that, and appears nowhere."""
    box.settings(port=mosquitto(*_accounts(tmp_path, "another")))
    said = doctor(*box.call)

    assert (1, "fault") == (said.code, said.grade("site_broker.account"))
    assert "geheimnis" not in said.out + said.err


def test_site_broker_that_is_away(box, doctor: Callable) -> None:
    """Nobody at the port: what to look at is said."""
    said = doctor(*box.call)

    assert "fault" == said.grade("site_broker.port")
    assert "systemctl status sotpunkt-broker" in said.sentence("site_broker.port")


def test_password_file_that_others_can_read(box, doctor: Callable) -> None:
    """The mode of a secret is looked at."""
    box.password.chmod(0o644)

    assert "fault" == doctor(*box.call).grade("secrets.open")


@pytest.mark.parametrize(("heard_ms", "text", "grade"), [(1000, "heard", "ok"), (None, "not_yet", "fault")])
def test_gateways_word_on_the_centre_is_aged(
    box, doctor: Callable, mosquitto: Callable, tmp_path: Path, heard_ms: int | None, text: str, grade: str
) -> None:
    """The gateway's own word, aged by this computer's uptime, without any clock."""
    port = mosquitto(*_accounts(tmp_path))
    box.settings(port=port, central='[central_broker]\nurl = "mqtt://127.0.0.1:9"\n')
    _tell(port, topics.public_picture("are-kall"), _picture(heard_ms))

    assert grade == doctor(*box.call).grade(f"contact.{text}")


@pytest.mark.parametrize(
    ("heard_ms", "told_ms", "text", "grade"),
    [
        (15 * 60_000, 0, "contact.heard", "ok"),
        (16 * 60_000, 0, "contact.quiet", "remark"),
        (25 * 3_600_000, 0, "contact.long", "fault"),
        (1000, 16 * 60_000, "contact.gateway_silent", "fault"),
        (None, None, "contact.not_yet", "fault"),
    ],
)
def test_time_since_the_centre_was_heard(heard_ms: int | None, told_ms: int | None, text: str, grade: str) -> None:
    """A quarter of an hour is a remark, a day a fault; an old word of the gateway proves nothing of the centre."""
    found = judge(ContactLook(central=True, age_ms=heard_ms, told_ms=told_ms, waiting=3))

    assert [(text, grade), ("waiting.few", "ok")] == [(one.text, one.grade) for one in found]


@pytest.mark.parametrize(("silent_s", "text"), [(12, "screen.draws"), (4000, "screen.still"), (None, "screen.unknown")])
def test_screen_as_the_gateway_was_told(
    box, doctor: Callable, mosquitto: Callable, tmp_path: Path, silent_s: int | None, text: str
) -> None:
    """How long the screen has not drawn; no word of it is no good sign."""
    port = mosquitto(*_accounts(tmp_path))
    box.settings(port=port, screens=1)
    if silent_s is not None:
        values = {"box.kiosk_silent": Value(value=silent_s, origin=Origin.MEASURED, up_ms=1)}
        _tell(port, topics.device("are-kall", "box"), encode(DevicePicture(head=_head(), device="box", values=values)))

    assert ("ok" if silent_s == 12 else "fault") == doctor(*box.call).grade(text)


def test_garbage_from_the_broker_breaks_no_check(box, doctor: Callable, mosquitto: Callable, tmp_path: Path) -> None:
    """What cannot be read is said to be unknown, and all other checks are done."""
    port = mosquitto(*_accounts(tmp_path))
    box.settings(port=port, screens=1, central='[central_broker]\nurl = "mqtt://127.0.0.1:9"\n')
    for topic in (topics.public_picture("are-kall"), topics.device("are-kall", "box")):
        _tell(port, topic, b"\xff\x00{[")
    said = doctor(*box.call)

    assert ("fault", "fault") == (said.grade("contact.never"), said.grade("screen.unknown"))
    assert [] == said.of("check")


def test_central_broker_with_the_sites_certificate(
    box, doctor: Callable, mosquitto: Callable, authority: Callable
) -> None:
    """Name, port, both certificates and the account are tried for real."""
    above = authority()
    port = mosquitto(*_mutual(above, above.make("localhost", TODAY + timedelta(days=300))))
    own = above.make("are-kall", TODAY + timedelta(days=300))
    box.settings(central=_central(port, above.file, *own))
    said = doctor(*box.call)

    assert "ok" == said.grade("central_broker.in")
    # this machine may not know the day; then nothing is said to hold
    assert ["certificate.good" if Clock().wall_ms() else "certificate.unknown"] == said.of("certificate")


def test_central_broker_of_another_authority(
    box, doctor: Callable, patient_doctor: Callable, mosquitto: Callable, authority: Callable
) -> None:
    """A broker that anybody could have set up is not believed, and one that does not believe us says so."""
    ours, theirs = authority("ours"), authority("theirs")
    port = mosquitto(*_mutual(theirs, theirs.make("localhost", TODAY + timedelta(days=300))))
    own = ours.make("are-kall", TODAY + timedelta(days=300))
    box.settings(central=_central(port, ours.file, *own))
    not_believed = doctor(*box.call).sentence("central_broker.encryption")
    box.settings(central=_central(port, theirs.file, *own))
    refused = patient_doctor(*box.call)

    assert "is from another authority" in not_believed
    assert ["central_broker.encryption"] == refused.of("central_broker")


async def test_refusal_over_a_slow_link_is_still_the_certificates(mosquitto: Callable, authority: Callable) -> None:
    """What the broker thinks of our certificate comes long after the handshake, and is no trouble of the port."""
    theirs, ours = authority("theirs"), authority("ours")
    port = mosquitto(*_mutual(theirs, theirs.make("localhost", TODAY + timedelta(days=300))))
    certificate, key = ours.make("are-kall", TODAY + timedelta(days=300))
    relay = Relay("satellite", port)
    relay.delay_s.turn("test", 2.0)
    await relay.listen()
    told = BrokerSettings(
        url=f"mqtts://localhost:{relay.port}", ca_file=str(theirs.file), certificate_file=str(certificate),
        key_file=str(key),
    )  # fmt: skip
    found, _ = await look(told, "central_broker")
    await relay.close()

    assert Stage.ENCRYPTION is found.stage


def test_what_is_kept_comes_before_the_second_answer(mosquitto: Callable) -> None:
    """Where all that is kept was told nobody waits any longer, and no broker needs to be quick."""
    port = mosquitto("allow_anonymous true")
    wanted = tuple(f"kept/{number}" for number in range(40))
    for topic in wanted:
        _tell(port, topic, topic.encode())
    told = BrokerSettings(url=f"mqtt://127.0.0.1:{port}")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(mqtt, "LISTEN_S", 0.0)
        _, heard = asyncio.run(look(told, "site_broker", topics=wanted))

    assert {topic: topic.encode() for topic in wanted} == heard


def test_link_of_the_gateway_is_not_cut(
    box, doctor: Callable, mosquitto: Callable, authority: Callable, tmp_path: Path
) -> None:
    """Where this box has its link already, the doctor does not enter a second time under its name."""
    above = authority()
    server = above.make("localhost", TODAY + timedelta(days=300))
    port = mosquitto(*_mutual(above, server), "use_username_as_clientid true", f"log_dest file {tmp_path}/log")
    own = above.make("are-kall", TODAY + timedelta(days=300))
    box.settings(central=_central(port, above.file, *own))
    command = ["mosquitto_sub", "-h", "localhost", "-p", str(port), "-t", "x", "--cafile", str(above.file), "-E"]
    command += ["--cert", str(own[0]), "--key", str(own[1])]
    gateway = subprocess.Popen([*command[:-5], *command[-4:]], stderr=subprocess.DEVNULL)
    try:
        (box.root / "proc").symlink_to("/proc")
        until = time.monotonic() + 60
        while "New client connected" not in (tmp_path / "log").read_text("utf-8") and time.monotonic() < until:
            time.sleep(0.02)
        said = doctor(*box.call)

        assert ["central_broker.connected"] == said.of("central_broker")
        assert gateway.poll() is None
    finally:
        gateway.kill()
        gateway.wait(10)


@pytest.mark.parametrize(
    ("settings", "setup", "words"),
    [
        ({"url": "http://x"}, None, "`url` ska vara som mqtt://"),
        ({"url": "mqtt://a:b@x"}, None, "kontot får inte stå i `url`"),
        ({"url": "mqtt://x:99999"}, None, "porten i `url`"),
        ({"url": "mqtt://x", "password_file": "p"}, None, "ange kontot också"),
        ({"url": "mqtts://x", "key_file": "p"}, None, "hör ihop, ange båda"),
        ({"url": "mqtt://x", "ca_file": "p"}, None, "är inte krypterat"),
        ({"url": "mqtts://x", "ca_file": "{0}"}, b"text", "innehåller inget i PEM-form"),
        ({"url": "mqtt://x", "user": "a", "password_file": "{0}"}, b"\xff", "är ingen text i UTF-8"),
        ({"url": "mqtt://x", "user": "a", "password_file": "{0}"}, None, "finns inte"),
        ({"url": "mqtt://x.invalid"}, None, "hittas inte ("),
    ],
)
def test_reason_of_a_link_is_told_in_swedish(
    tmp_path: Path, settings: dict[str, str], setup: bytes | None, words: str
) -> None:
    """Each way in which the settings of a broker or its files do not fit has Swedish words."""
    from doctor.core.links import judge
    from doctor.io.texts import catalogue, sentence

    if setup is not None:
        (tmp_path / "f").write_bytes(setup)
    told = BrokerSettings(**{name: one.format(tmp_path / "f") for name, one in settings.items()})
    found, _ = asyncio.run(look(told, "site_broker"))
    said = sentence(judge(found), catalogue("sv"))

    assert words in said
    assert not re.search(r"\b(?:the|is|not|no)\b", re.sub(r'"[^"]*"|`[^`]*`', "", said)), said
