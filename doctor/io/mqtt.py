"""A real connect to a broker, step by step, so that the step that fails has a name; reads what lies there for us."""

import asyncio
import secrets
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiomqtt

from doctor.core.finding import Why
from doctor.core.links import LinkLook, Stage
from doctor.io import whys
from doors.broker import BrokerSettings, LinkDown, check
from doors.broker_settings import encryption, secret

STEP_S = 8.0
ALERT_S = 0.5
"""With TLS 1.3 a server refuses our certificate only after the handshake; so long beside what the way takes."""
LISTEN_S = 1.0
"""For a broker that tells what it keeps later than it said that it will; Mosquitto does not."""
ESTABLISHED = "01"
_NOT_THIS_ACCOUNT = (4, 5, 134, 135)

Heard = dict[str, bytes]


async def look(
    settings: BrokerSettings,
    name: str,
    *,
    topics: tuple[str, ...] = (),
    spare: bool = False,
    proc: Path = Path("/proc"),
) -> tuple[LinkLook, Heard]:
    """How far a connect comes, and the retained messages of `topics`.

    `spare`: a broker that knows us by our certificate lets nobody in twice, so while the gateway has its link there
    the connect ends after the encryption; otherwise the doctor would cut what it came to look at.
    """
    stage, why, heard = await _try(settings, topics, spare=spare, proc=proc)
    return LinkLook(check=name, url=settings.url, stage=stage, why=why, account=settings.user), heard


async def _try(
    settings: BrokerSettings, topics: tuple[str, ...], *, spare: bool, proc: Path
) -> tuple[Stage, Why | None, Heard]:
    wrong = check(settings)
    if wrong:
        return Stage.SETTINGS, whys.settings(wrong), {}
    parts = urlsplit(settings.url)
    tls_wanted = parts.scheme == "mqtts"
    host, port = parts.hostname or "", parts.port or (8883 if tls_wanted else 1883)
    try:
        context, password = encryption(settings), secret(settings.password_file)
    except LinkDown as fault:
        return Stage.FILES, whys.files(fault, settings), {}
    try:
        async with asyncio.timeout(STEP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as fault:
        return Stage.NAME, whys.system(fault), {}
    stage, why = await _wire(host, port, context)
    if stage is not Stage.IN:
        return stage, why, {}
    if spare and _connected({str(one[4][0]) for one in found}, port, proc):
        return Stage.CONNECTED, None, {}
    return await _enter(settings, host, port, context, password, topics)


async def _wire(host: str, port: int, context: ssl.SSLContext | None) -> tuple[Stage, Why | None]:
    """The port, then the encryption."""
    try:
        async with asyncio.timeout(STEP_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
    except (OSError, TimeoutError) as fault:
        return Stage.PORT, whys.system(fault)
    if context is None:
        return Stage.IN, None
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    try:
        async with asyncio.timeout(STEP_S):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
        took_s = loop.time() - began_s  # there and back, at least once; its word needs that again
        try:
            async with asyncio.timeout(ALERT_S + 2 * took_s):
                if not await reader.read(1):
                    return Stage.ENCRYPTION, Why("ours_ended")
        except TimeoutError:
            return Stage.IN, None  # it waits for us to speak: it has taken our certificate
        finally:
            writer.close()
    except (OSError, TimeoutError) as fault:
        return Stage.ENCRYPTION, whys.encryption(fault) or whys.system(fault)
    return Stage.IN, None


async def _enter(
    settings: BrokerSettings, host: str, port: int, context: ssl.SSLContext | None, password: str | None,
    topics: tuple[str, ...],
) -> tuple[Stage, Why | None, Heard]:  # fmt: skip
    heard: Heard = {}
    client = aiomqtt.Client(
        host, port, username=settings.user or None, password=password, tls_context=context, timeout=STEP_S,
        identifier=f"doctor-{secrets.token_hex(6)}", clean_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(3 * STEP_S), client:
            for topic in (*topics, *topics):  # the second answer comes behind what was kept, on however slow a machine
                await client.subscribe(topic)
            await _listen(client, topics, heard)
    except aiomqtt.MqttCodeError as fault:
        if getattr(fault.rc, "value", fault.rc) in _NOT_THIS_ACCOUNT:
            return Stage.ACCOUNT, None, {}
        return Stage.PORT, whys.system(fault), heard
    except (aiomqtt.MqttError, OSError, TimeoutError) as fault:
        told = whys.encryption(fault, fault.__context__, fault.__cause__)
        return Stage.ENCRYPTION if told else Stage.PORT, told or whys.system(fault), heard
    return Stage.IN, None, heard


async def _listen(client: aiomqtt.Client, topics: tuple[str, ...], heard: Heard) -> None:
    """What is there already, then for a moment what is still missing."""

    async def one() -> None:
        message = await anext(client.messages)
        if isinstance(message.payload, bytes):
            heard[str(message.topic)] = message.payload

    while len(client.messages):
        await one()
    with suppress(TimeoutError):
        async with asyncio.timeout(LISTEN_S):
            while len(heard) < len(topics):
                await one()


def _connected(addresses: set[str], port: int, proc: Path) -> bool:
    """Does this box have a connection to the port already, as the kernel's list says?"""
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        try:
            lines = (proc / "net" / name).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            remote, state = line.split()[2:4]
            address, _, remote_port = remote.partition(":")
            if state == ESTABLISHED and int(remote_port, 16) == port and _address(address, family) in addresses:
                return True
    return False


def _address(text: str, family: socket.AddressFamily) -> str:
    """The kernel writes addresses in words of four bytes, each in the machine's own order."""
    raw = bytes.fromhex(text)
    words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return socket.inet_ntop(family, words)
