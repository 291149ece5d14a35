"""Who may talk to whom: every way in and out of the box, as rows. The firewall and docs/network.md tell the same.

Inside the box (loopback) the programs meet at the site's broker; nothing here is about that.
"""

from dataclasses import dataclass

from installing.answers import NODES_PORT, PLAIN_NODES_PORT, Answers

BROKER_PORT = 1883
"""The site's own broker, on loopback only."""
NEEDED_FOR_UPDATES = (80, 443)
UPDATES_ACCOUNT = "_apt"
"""Debian's own, which fetches its packages; what the product's programs need is named apart."""


@dataclass(frozen=True)
class Flow:
    """`way` is in or out, seen from the box; `host` limits it to one address, `account` to one user of the box."""

    way: str
    side: str
    protocol: str
    port: int
    why: str
    host: str = ""
    account: str = ""
    from_port: int = 0


def flows(answers: Answers) -> tuple[Flow, ...]:
    """Every way that is open. What is not here is shut."""
    found = [
        Flow("out", "uplink", "udp", 67, "an address for the box (DHCP)"),
        Flow("in", "uplink", "udp", 68, "its answer", from_port=67),
        Flow("out", "uplink", "udp", 547, "an address for the box (DHCPv6)"),
        Flow("in", "uplink", "udp", 546, "its answer", from_port=547),
        Flow("out", "uplink", "udp", 53, "names (DNS)"),
        Flow("out", "uplink", "tcp", 53, "names (DNS)"),
        Flow("out", "uplink", "udp", 123, "time (NTP)"),
        *(
            Flow("out", "uplink", "tcp", port, "Debian's updates", account=UPDATES_ACCOUNT)
            for port in NEEDED_FOR_UPDATES
        ),
    ]
    if "kiosk" in answers.programs:
        found += [
            Flow("out", "uplink", "tcp", port, "public sources for the screen", account="sotpunkt-kiosk")
            for port in answers.source_ports()
        ]
    if answers.centre is not None:
        found.append(Flow("out", "uplink", "tcp", answers.centre[1], "the municipality's broker"))
    if "dashboard" in answers.programs and answers.interfaces("staff"):
        found.append(Flow("in", "staff", "tcp", answers.owner_page, "the owner's page"))
    if answers.network("nodes_at"):
        found.append(Flow("in", "machine", "tcp", NODES_PORT, "sensor nodes, to the site's broker"))
        if answers.network("plain_nodes"):
            found.append(Flow("in", "machine", "tcp", PLAIN_NODES_PORT, "sensor nodes that cannot encrypt"))
    machine = "machine" if answers.interfaces("machine") else "uplink"
    found += [
        Flow("out", machine, "tcp", port, "Modbus, reading only", host=host, account="sotpunkt-gateway")
        for host, port in answers.modbus()
    ]
    if answers.network("serves_guests"):
        found += [
            Flow("in", "guest", "udp", 67, "addresses for guests (DHCP)"),
            Flow("out", "guest", "udp", 68, "their answer", from_port=67),
            Flow("in", "guest", "udp", 53, "names for guests (DNS)"),
            Flow("in", "guest", "tcp", 53, "names for guests (DNS)"),
        ]
    ssh = answers.network("ssh_from") or "none"
    if ssh != "none":
        found.append(Flow("in", ssh, "tcp", 22, "the technician (ssh)"))
    return tuple(dict.fromkeys(found))
