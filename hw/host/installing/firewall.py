"""The ways of `flows.py` as a file for nft."""

import ipaddress

from installing.answers import Answers
from installing.flows import Flow, flows

HEAD = """\
#!/usr/sbin/nft -f
# Written by hw/host/install from the answers; change the answers and install again. Every way: docs/network.md
flush ruleset

table inet sotpunkt {
"""
IN = """\
    chain box_in {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        ct state invalid drop
        ct state established,related accept
        # without these IPv6 finds no neighbour; a hop limit of 255 means that no router has passed them on
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
"""
OUT = """\
    }

    chain box_out {
        type filter hook output priority filter; policy drop;
        oifname "lo" accept
        ct state invalid drop
        ct state established,related accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report } accept
"""
END = """\
        # a refused connect of our own ends at once instead of waiting
        reject with icmpx admin-prohibited
    }

    chain between {
        # the box is no road from one network to another
        type filter hook forward priority filter; policy drop;
    }
}
"""


def rules(answers: Answers) -> str:
    """The whole rule file; nft replaces the old rules by it in one step."""
    told = flows(answers)
    lines_in = [_rule(one, answers) for one in told if one.way == "in"]
    lines_out = [_rule(one, answers) for one in told if one.way == "out"]
    # a guest that calls itself a router must not turn the box's way out
    router = f"        iifname {_names(answers, 'uplink')} icmpv6 type nd-router-advert ip6 hoplimit 255 accept\n"
    return HEAD + IN + router + "".join(lines_in) + OUT + "".join(lines_out) + END


def _rule(flow: Flow, answers: Answers) -> str:
    parts = [f"{'iifname' if flow.way == 'in' else 'oifname'} {_names(answers, flow.side)}"]
    if flow.host:
        parts.append(f"{'ip6' if ipaddress.ip_address(flow.host).version == 6 else 'ip'} daddr {flow.host}")
    if flow.account:
        parts.append(f'meta skuid {{ "root", "{flow.account}" }}')  # root: a technician tries it by hand
    if flow.from_port:
        parts.append(f"{flow.protocol} sport {flow.from_port}")
    parts.append(f"{flow.protocol} dport {flow.port}")
    return f'        {" ".join(parts)} accept comment "{flow.why}"\n'


def _names(answers: Answers, side: str) -> str:
    return "{ " + ", ".join(f'"{name}"' for name in answers.interfaces(side)) + " }"
