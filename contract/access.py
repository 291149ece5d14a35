"""Who may read and write what, on the site's broker and on the central one. The text is Mosquitto's ACL format.

`hw/host/mosquitto/*.acl` are these texts for a site called `your-site`; the demonstration and a real Pi use the same.
"""

from collections.abc import Iterable

import msgspec

from contract import topics

GATEWAY, KIOSK, OWNER, CENTRE = "gateway", "kiosk", "owner", "centre"
ACCOUNTS = (CENTRE, GATEWAY, KIOSK, OWNER)
"""Names with rights of their own: no site and no node may be called so."""
PLACEHOLDER = "your-site"
"""The site in the files under `hw/`; the installer replaces it."""


class Rule(msgspec.Struct, frozen=True):
    """One account may `read`, `write` or do both (`readwrite`) with topics that match. `why` is for people."""

    account: str
    may: str
    topic: str
    why: str


def site_rules(site: str) -> tuple[Rule, ...]:
    """The site's own broker: the gateway speaks for the site, everybody else has one narrow door."""
    everything = topics.status(site).removesuffix("up/status") + "#"
    return (
        Rule(GATEWAY, "readwrite", everything, "the one that speaks for the site"),
        Rule(KIOSK, "read", topics.public_all(site), "what a visitor may know, and nothing else"),
        Rule(KIOSK, "write", topics.receipt(site), "what was really on the screen"),
        Rule(KIOSK, "write", topics.kiosk_status(site), "that the screen lives"),
        Rule(OWNER, "read", topics.up_all(site), "the owner's page is for staff"),
        Rule(OWNER, "read", topics.public_all(site), "and shows what the kiosk shows"),
        Rule(OWNER, "readwrite", topics.local_orders(site), "reports, notices, declarations entered at the site"),
        Rule(OWNER, "read", topics.answers(site), "and what came of them"),
        Rule(OWNER, "readwrite", topics.page_wish(site), "which certificate the page needs"),
        Rule(OWNER, "read", topics.page_certificate(site), "and the one that came"),
        Rule(OWNER, "write", topics.past_wish(site), "which stretch of the past the page draws"),
        Rule(OWNER, "read", topics.past(site), "and what the box holds of it"),
        Rule(OWNER, "read", topics.food(site), "the log for the food control"),
    )


def central_rules() -> tuple[Rule, ...]:
    """The centre's own account; sites follow `site_at_centre`."""
    return (
        Rule(CENTRE, "read", topics.up_all("+"), "what all sites say"),
        Rule(CENTRE, "write", topics.down_all("+"), "what is said to them"),
    )


def node_patterns(site: str) -> tuple[tuple[str, str], ...]:
    """A sensor node says its own things and hears what is said to it: the account has the node's name."""
    node = topics.node_birth(site, "+").removesuffix("birth").replace("/+/", "/%u/")
    told = ("birth", "status", "report", "wish")
    heard = ("config", "mark", "time", "update", "piece")
    return (*(("write", node + one) for one in told), *(("read", node + one) for one in heard))


def central_patterns() -> tuple[tuple[str, str], ...]:
    """A site's account has the site's name: it writes its own road up and reads its own road down."""
    return (
        ("write", topics.up_all("+").replace("/+/", "/%u/")),
        ("read", topics.down_all("+").replace("/+/", "/%u/")),
    )


def site_acl(site: str) -> str:
    """The ACL file of the programs on the box; sensor nodes have a listener and a file of their own."""
    head = f"The site's own broker: who may read and write what. Site: {site}\nMade from contract/topics.py."
    return _text(head, site_rules(site))


def nodes_acl(site: str) -> str:
    """The ACL file of the listener on the machine network: sensor nodes and nobody else."""
    head = f"The machine network's door to the site's broker. Site: {site}\nMade from contract/topics.py."
    return _text(head, ()) + _patterns("a sensor node: its own topics only", node_patterns(site))


def central_acl(sites: Iterable[str] | None = None) -> str:
    """The ACL file of the central broker. None: every certificate of the authority is a site.

    With a list only those sites have any rights: to take a name off it locks the site out, also while it is connected.
    """
    text = _text("The central broker: who may read and write what.\nMade from contract/topics.py.", central_rules())
    if sites is None:
        return text + _patterns("a site's account is named as the site", central_patterns())
    for site in sorted(sites):
        lines = [f"topic {may} {topic.replace('%u', site)}" for may, topic in central_patterns()]
        text += "\n" + "\n".join([f"user {site}", *lines]) + "\n"
    return text


def _text(head: str, rules: tuple[Rule, ...]) -> str:
    lines = [f"# {line}" for line in head.splitlines()]
    account = ""
    for rule in rules:
        if rule.account != account:
            account = rule.account
            lines += ["", f"user {account}"]
        lines += [f"# {rule.why}", f"topic {rule.may} {rule.topic}"]
    return "\n".join(lines) + "\n"


def _patterns(why: str, patterns: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(["", f"# {why}", *(f"pattern {may} {topic}" for may, topic in patterns)]) + "\n"


def flat(
    rules: tuple[Rule, ...], patterns: tuple[tuple[str, str], ...], accounts: tuple[str, ...]
) -> dict[str, dict[str, list[str]]]:
    """The same rules as lists by account, for a broker that knows no patterns: {"publish": {account: topics}, …}."""
    lists: dict[str, dict[str, list[str]]] = {"publish": {}, "receive": {}}
    for rule in rules:
        _add(lists, rule.account, rule.may, rule.topic)
    for account in accounts:
        for may, topic in patterns:
            _add(lists, account, may, topic.replace("%u", account))
    return lists


def _add(lists: dict[str, dict[str, list[str]]], account: str, may: str, topic: str) -> None:
    if may in ("write", "readwrite"):
        lists["publish"].setdefault(account, []).append(topic)
    if may in ("read", "readwrite"):
        lists["receive"].setdefault(account, []).append(topic)
