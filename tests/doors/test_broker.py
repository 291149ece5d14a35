"""The link to a real broker: messages, reconnecting, the will, accounts, certificates."""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contract.messages import MAX_MESSAGE
from contract.wire import Refused
from doors.broker import LinkDown

TOPIC = "room/one"


async def test_message_travels_with_its_bytes(mosquitto, owner) -> None:
    """What one publishes another hears, byte for byte, as a live message."""
    broker = mosquitto()
    reader = await owner(broker.settings(), "reader", subscribe=("room/#",)).connected()
    writer = await owner(broker.settings(), "writer").connected()

    await writer.link.publish(TOPIC, bytes(range(256)))
    await writer.link.publish(TOPIC, b"", qos=0)

    assert [(TOPIC, bytes(range(256)), False), (TOPIC, b"", False)] == await reader.hears(2)


async def test_retained_is_told_apart_from_live(mosquitto, owner) -> None:
    """The same message is live for who was there and retained for who comes later."""
    broker = mosquitto()
    early = await owner(broker.settings(), "early", subscribe=("room/+",)).connected()
    await early.link.publish(TOPIC, b"state", retain=True)
    await early.hears()
    late = await owner(broker.settings(), "late", subscribe=("room/+",)).connected()
    await late.hears()
    await early.link.publish(TOPIC, b"newer", retain=True)

    assert [(TOPIC, b"state", False), (TOPIC, b"newer", False)] == await early.hears(2)
    assert [(TOPIC, b"state", True), (TOPIC, b"newer", False)] == await late.hears(2)


async def test_link_returns_after_the_broker_died(mosquitto, owner, caplog) -> None:
    """Broker killed: down once, LinkDown at once. Broker back: greeted anew, subscribed anew, nobody restarted."""
    caplog.set_level(logging.INFO)
    broker = mosquitto()
    site = await owner(broker.settings(), subscribe=("room/#",)).connected()
    assert (1, 0, True) == (site.ups, site.downs, site.link.up)

    broker.kill()
    await site.until(lambda: site.downs == 1)
    assert not site.link.up
    with pytest.raises(LinkDown, match="site broker is not there"):
        await site.link.publish(TOPIC, b"lost")

    broker.start()
    await site.connected(2)
    await site.link.publish(TOPIC, b"again")

    assert [(TOPIC, b"again", False)] == await site.hears()
    assert (2, 1) == (site.ups, site.downs)


async def test_broker_that_dies_holds_no_publisher(mosquitto, owner) -> None:
    """A message on its way when the broker dies is LinkDown at once, not after the whole time for an answer."""
    broker = mosquitto()
    site = await owner(broker.settings(answer_within_s=60.0)).connected()
    broker.freeze()
    sending = asyncio.create_task(site.link.publish(TOPIC, b"lost"))
    await asyncio.sleep(0)
    broker.kill()

    with pytest.raises(LinkDown, match="site broker went away before it took room/one"):
        async with asyncio.timeout(30):
            await sending


async def test_order_to_stop_is_never_lost_in_an_answer(mosquitto, owner, monkeypatch) -> None:
    """Cancelled in the very moment in which the broker's answer comes, a publisher stops and does not go on."""
    site = await owner(mosquitto().settings()).connected()
    answer = asyncio.get_running_loop().create_future()

    async def publish(*_: object, **__: object) -> None:
        # the moment cannot be met from outside, so the library's own way of waiting stands here
        await asyncio.wait_for(answer, 30)

    monkeypatch.setattr(site.link._client, "publish", publish)
    sending = asyncio.create_task(site.link.publish(TOPIC, b"x"))
    await asyncio.sleep(0.05)
    answer.set_result(None)
    sending.cancel()
    done, _ = await asyncio.wait({sending}, timeout=30)

    assert {sending} == done
    assert sending.cancelled()


async def test_one_outage_is_told_once(mosquitto, owner, caplog) -> None:
    """However long the broker is away and however often the link tries, each sentence stands once in the log."""
    broker = mosquitto()
    attempts: list[int] = []

    def will() -> tuple[str, bytes]:
        attempts.append(1)
        return "room/will", b"gone"

    site = await owner(broker.settings(), will=will).connected()
    broker.kill()
    await site.until(lambda: len(attempts) > 6)
    broker.start()
    await site.connected(2)

    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["site broker: Connection refused; trying again", "site broker: went away; trying again"] == sorted(told)


async def test_next_outage_is_told_again(mosquitto, owner, caplog) -> None:
    """What was said of the last outage does not hide the next one."""
    broker = mosquitto()
    site = await owner(broker.settings()).connected()

    for number in (1, 2):
        broker.kill()
        await site.until(lambda number=number: caplog.text.count("site broker: went away; trying again") == number)
        broker.start()
        await site.connected(number + 1)

    assert 2 == site.downs


async def test_link_waits_for_a_broker_that_comes_later(mosquitto, owner) -> None:
    """A program may start before its broker."""
    broker = mosquitto()
    broker.kill()
    site = owner(broker.settings())
    with pytest.raises(LinkDown, match="not there"):
        await site.link.publish(TOPIC, b"early")

    broker.start()

    await site.connected()
    assert (1, 0) == (site.ups, site.downs)


DYING = """
import asyncio, sys
from doors.broker import BrokerSettings, Link

async def up(): print("up", flush=True)

link = Link(
    BrokerSettings(url=sys.argv[1]), name="dying", client_id="dying",
    will=lambda: ("room/will", b"gone"), on_message=print, on_up=up,
)
asyncio.run(link.run())
"""


async def test_will_is_published_when_the_process_dies(mosquitto, owner) -> None:
    """kill -9 of a program: the broker says its will, retained, to who is there and who comes later."""
    broker = mosquitto()
    watcher = await owner(broker.settings(), "watcher", subscribe=("room/#",)).connected()
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING, broker.settings().url,
        cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert dying.stdout is not None
        assert b"up\n" == await asyncio.wait_for(dying.stdout.readline(), 60)
        assert [] == watcher.heard
    finally:
        os.kill(dying.pid, signal.SIGKILL)
        await dying.wait()

    assert [("room/will", b"gone", False)] == await watcher.hears()
    late = await owner(broker.settings(), "late", subscribe=("room/#",)).connected()
    assert [("room/will", b"gone", True)] == await late.hears()


async def test_will_is_silent_after_a_goodbye(mosquitto, owner) -> None:
    """A link that is cancelled says goodbye, and the broker keeps its will to itself: the owner speaks for itself."""
    broker = mosquitto()
    watcher = await owner(broker.settings(), "watcher", subscribe=("room/#",)).connected()
    leaving = await owner(broker.settings(), "leaving", will=lambda: ("room/will", b"gone")).connected()

    await leaving.stop()
    await watcher.link.publish(TOPIC, b"after")

    assert [(TOPIC, b"after", False)] == await watcher.hears()
    assert 1 == leaving.downs


async def test_will_is_of_the_newest_connect(mosquitto, owner) -> None:
    """The will is made anew for every connect, so that it carries the times of that one."""
    broker = mosquitto()
    made: list[bytes] = []

    def will() -> tuple[str, bytes]:
        made.append(b"will %d" % len(made))
        return "room/will", made[-1]

    site = await owner(broker.settings(), will=will).connected()
    broker.kill()
    await site.until(lambda: site.downs == 1)
    broker.start()
    await site.connected(2)
    newest = made[-1]
    watcher = await owner(broker.settings(), "watcher", subscribe=("room/#",)).connected()
    # a second client of the same name ends the session of the first without a goodbye
    await owner(broker.settings(), "site").connected()

    assert ("room/will", newest, False) == (await watcher.hears())[0]
    assert newest != made[0]


async def test_oversize_is_refused(mosquitto, owner, caplog) -> None:
    """A message at the limit is taken; one byte more never reaches the owner, is told, and stops nothing."""
    broker = mosquitto()
    site = await owner(broker.settings(), subscribe=("room/#",)).connected()

    await site.link.publish(TOPIC, b"x" * (MAX_MESSAGE + 1))
    await site.link.publish(TOPIC, b"y" * MAX_MESSAGE)

    assert [(TOPIC, b"y" * MAX_MESSAGE, False)] == await site.hears()
    assert f"site: {TOPIC} of {MAX_MESSAGE + 1} bytes refused, too large" in caplog.text


async def test_refused_message_is_told_and_the_link_goes_on(mosquitto, owner, caplog) -> None:
    """An owner that refuses a payload loses that message only."""
    broker = mosquitto()
    site = await owner(broker.settings(), subscribe=("room/#",)).connected()

    def refuse(topic: str, payload: bytes) -> None:
        if payload == b"bad":
            raise Refused("Value: not a table")

    site.refuse = refuse
    for payload in (b"bad", b"good"):
        await site.link.publish(TOPIC, payload)

    assert [(TOPIC, b"good", False)] == await site.hears()
    assert f"site: {TOPIC} refused, Value: not a table" in caplog.text
    assert (1, 0) == (site.ups, site.downs)


@pytest.mark.parametrize("fault", [ValueError, KeyError, RecursionError, AttributeError])
async def test_message_that_finds_a_fault_of_ours_stops_nothing(
    mosquitto, owner, caplog, fault: type[Exception]
) -> None:
    """A retained message that breaks its owner would break it at every start: one sentence, and the next is taken."""
    broker = mosquitto()
    site = await owner(broker.settings(), subscribe=("room/#",)).connected()

    def breaks(topic: str, payload: bytes) -> None:
        if payload == b"bad":
            raise fault("nobody thought of it")

    site.refuse = breaks
    for payload in (b"bad", b"good"):
        await site.link.publish(TOPIC, payload)

    assert [(TOPIC, b"good", False)] == await site.hears()
    assert f"site: {TOPIC} could not be understood: {fault.__name__}" in caplog.text
    assert "Traceback" not in caplog.text
    assert (1, 0) == (site.ups, site.downs)


@pytest.mark.parametrize("topic", ["room/#", "room/+", "", "x" * 70_000])
async def test_topic_that_is_none_is_link_down(mosquitto, owner, topic: str) -> None:
    """A message that cannot be sent raises the one error the owner waits for, and the link goes on."""
    broker = mosquitto()
    site = await owner(broker.settings(), subscribe=("room/#",)).connected()

    with pytest.raises(LinkDown, match="site broker did not take"):
        await site.link.publish(topic, b"x")
    await site.link.publish(TOPIC, b"good")

    assert [(TOPIC, b"good", False)] == await site.hears()


async def test_greeting_may_wait_for_answers(mosquitto, owner) -> None:
    """While the greeting runs, messages are read: it may publish and wait for what comes back."""
    broker = mosquitto()
    site = owner(broker.settings(), subscribe=("room/#",))

    async def greet() -> None:
        await site.link.publish(TOPIC, b"are you there")
        await site.hears()

    site.greet = greet

    assert [(TOPIC, b"are you there", False)] == await site.hears()
    await site.connected()


async def test_failure_of_the_program_itself_is_not_hidden(mosquitto, owner) -> None:
    """A greeting that breaks ends the link with its own error: a program never stays up half greeted."""
    broker = mosquitto()
    site = owner(broker.settings())

    async def greet() -> None:
        raise KeyError("a fault of ours")

    site.greet = greet
    await asyncio.wait({site.task}, timeout=30)

    assert isinstance(site.task.exception(), KeyError)
    assert (1, 1, False) == (site.ups, site.downs, site.link.up)


def _accounts(folder: Path, **accounts: str) -> tuple[str, ...]:
    file = folder / "accounts"
    file.write_text("".join(f"{name}:{word}\n" for name, word in accounts.items()), "utf-8")
    file.chmod(0o600)
    subprocess.run([str(shutil.which("mosquitto_passwd")), "-U", str(file)], check=True, capture_output=True)
    return "allow_anonymous false", f"password_file {file}"


async def test_wrong_password_is_one_sentence_and_tried_again(mosquitto, owner, tmp_path, caplog) -> None:
    """Refused account: told once, in words, without the secret; when the file is put right, the link comes up."""
    broker = mosquitto(*_accounts(tmp_path, site="right"))
    secret = tmp_path / "secret"
    secret.write_text("wrong-and-secret\n", "utf-8")
    site = owner(broker.settings(user="site", password_file=str(secret)))

    await site.until(lambda: "refuses the account" in caplog.text)
    assert not site.link.up
    with pytest.raises(LinkDown):
        await site.link.publish(TOPIC, b"x")
    secret.write_text("right\n", "utf-8")
    await site.connected()

    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert ["site broker: refuses the account; check `user` and `password_file`; trying again"] == told
    assert "wrong-and-secret" not in caplog.text


async def test_missing_account_is_the_same_sentence(mosquitto, owner, tmp_path, caplog) -> None:
    """A broker that wants an account and a link that has none."""
    broker = mosquitto(*_accounts(tmp_path, site="right"))
    site = owner(broker.settings())

    await site.until(lambda: "refuses the account; check `user` and `password_file`; trying again" in caplog.text)
    assert 0 == site.ups


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "No such file or directory"), (b"\xff\xfe\x00", "is not a text file in UTF-8")],
)
async def test_password_file_that_cannot_be_read(mosquitto, owner, tmp_path, caplog, content, sentence) -> None:
    """The link says which file and why, and tries again until it is there."""
    broker = mosquitto(*_accounts(tmp_path, site="right"))
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    site = owner(broker.settings(user="site", password_file=str(secret)))

    await site.until(lambda: sentence in caplog.text)
    assert str(secret) in caplog.text
    secret.write_text("right", "utf-8")
    await site.connected()
