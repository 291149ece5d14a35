"""The configurations of the two brokers, for Mosquitto 2.0: the whole file, so that no other can open a door beside it.

`per_listener_settings`: each door has its own accounts, so that a password of the box is worth nothing from outside.
"""

import msgspec

from contract.messages import MAX_MESSAGE

PACKET = MAX_MESSAGE + 4096
"""The largest message of the contract with its topic; more closes the connection."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
PSK_CIPHERS = "ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES128-GCM-SHA256:PSK-AES128-GCM-SHA256:PSK-AES128-CCM"
"""What mbedTLS on small boards and OpenSSL have in common; TLS 1.3 brings its own."""


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """The municipality's broker. `folder` holds its files, `state` what it keeps over a restart."""

    folder: str
    state: str = "/var/lib/mosquitto/"
    address: str = "0.0.0.0"  # noqa: S104 - sites come from anywhere; who may enter is for certificates to say
    port: int = 8883
    local_port: int = 1883
    sites: int = 1000
    account: str = "mosquitto"


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The broker on the box. `machine`: the box's address on the machine network, "" where there are no nodes."""

    folder: str
    local_port: int = 1883
    machine: str = ""
    psk_port: int = 8883
    plain_port: int = 0
    """For boards that cannot encrypt; 0: not opened."""
    account: str = "mosquitto"


def centre(told: Centre) -> str:
    """mosquitto.conf of the municipality's broker."""
    folder = told.folder.rstrip("/")
    return _lines(
        "# The municipality's broker. Made by `sotpunkt-keys mosquitto centre`.",
        *_whole(told.account),
        "# what sites said last is still there after a restart, also of those that are silent",
        "persistence true",
        f"persistence_location {told.state.rstrip('/')}/",
        "autosave_interval 300",
        "# a second of a thousand sites that lost the mains together",
        "max_queued_messages 10000",
        "max_queued_bytes 67108864",
        "",
        "# the centre's own programs, on this machine only",
        f"listener {told.local_port} 127.0.0.1",
        "allow_anonymous false",
        NO_NAMELESS,
        f"password_file {folder}/passwords",
        f"acl_file {folder}/central.acl",
        "max_connections 64",
        "",
        "# the sites: each with its certificate, whose CN is the account",
        f"listener {told.port} {told.address}",
        "allow_anonymous false",
        f"acl_file {folder}/central.acl",
        f"cafile {folder}/authority.crt",
        f"certfile {folder}/server.crt",
        f"keyfile {folder}/server.key",
        f"crlfile {folder}/revoked.crl",
        "require_certificate true",
        "use_identity_as_username true",
        "# or one site could throw another out by taking its client id",
        "use_username_as_clientid true",
        "tls_version tlsv1.2",
        f"ciphers {CIPHERS}",
        f"max_connections {2 * told.sites}",
    )


def site(told: Site) -> str:
    """mosquitto.conf of the box. Nothing listens on the guest side: every listener names its address."""
    folder = told.folder.rstrip("/")
    parts = [
        "# The box's broker. Made by `sotpunkt-keys mosquitto site`.",
        *_whole(told.account),
        "# nothing to wear the card: every program tells its retained topics anew after each connect",
        "persistence false",
        "max_queued_messages 1000",
        "max_queued_bytes 16777216",
        "# a message never waits for the answer to the one before it (40 ms)",
        "set_tcp_nodelay true",
        "",
        "# gateway, kiosk and owner's page, on this machine only",
        f"listener {told.local_port} 127.0.0.1",
        "allow_anonymous false",
        NO_NAMELESS,
        f"password_file {folder}/passwords",
        f"acl_file {folder}/site.acl",
        "max_connections 64",
    ]
    if told.machine:
        parts += [
            "",
            "# sensor nodes on the machine network: a key shared with each, its name is the account",
            f"listener {told.psk_port} {told.machine}",
            "allow_anonymous false",
            *_keys(folder),
            *_nodes(folder),
        ]
    if told.machine and told.plain_port:
        parts += [
            "",
            "# boards that cannot encrypt, only where that was asked for: password, on the machine network only",
            f"listener {told.plain_port} {told.machine}",
            "allow_anonymous false",
            f"password_file {folder}/nodes.passwords",
            *_nodes(folder),
        ]
    return _lines(*parts)


def _keys(folder: str) -> tuple[str, ...]:
    return (
        f"psk_file {folder}/nodes.psk",
        "psk_hint sotpunkt",
        "use_identity_as_username true",
        f"ciphers {PSK_CIPHERS}",
        "tls_version tlsv1.2",
    )


def _nodes(folder: str) -> tuple[str, ...]:
    return f"acl_file {folder}/nodes.acl", "use_username_as_clientid true", "max_connections 64"


NO_NAMELESS = "allow_zero_length_clientid false"
"""Under a door that lets clients name themselves. Before all doors it would open one of its own, on every address
(Mosquitto 2.0).
"""


def _whole(account: str) -> tuple[str, ...]:
    """What goes for all doors. Mosquitto logs who comes and goes, and never a payload."""
    return (
        "per_listener_settings true",
        f"user {account}",
        f"max_packet_size {PACKET}",
        "max_inflight_messages 20",
        "persistent_client_expiration 1d",
        "sys_interval 0",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "connection_messages true",
        "log_timestamp false",
    )


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
