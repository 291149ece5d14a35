"""The settings files of gateway, kiosk and owner's page, made from the answers."""

from typing import Any

from installing.answers import Answers
from installing.flows import BROKER_PORT
from installing.schema import COPIED, KIOSK
from installing.toml_text import toml

HOME = "/etc/sotpunkt"
SECRETS = f"{HOME}/secrets"
KEYS = f"{HOME}/keys"
CENTRE_CA = f"{KEYS}/authority.crt"
CERTIFICATE, KEY = f"{KEYS}/current/site.crt", f"{KEYS}/current/site.key"
"""As `sotpunkt-keys` lays them."""
ACCOUNTS = {"gateway": "gateway", "kiosk": "kiosk", "dashboard": "owner"}
"""Program → its account at the site's broker."""
MADE = "# Written by hw/host/install from the answers; change the answers and install again.\n\n"


def files(answers: Answers) -> dict[str, str]:
    """Program → its settings file."""
    made = {"gateway": gateway, "kiosk": kiosk, "dashboard": dashboard}
    return {program: MADE + toml(made[program](answers)) for program in answers.programs}


def gateway(answers: Answers) -> dict[str, Any]:
    """What the gateway is told: the answers' own tables, and where things are on this box."""
    tree = {name: table for name, table in answers.tree.items() if name in COPIED}
    tree["store"] = {"path": "/var/lib/sotpunkt-gateway/gateway.db", **answers.tree.get("store", {})}
    tree["site_broker"] = site_broker("gateway")
    if answers.centre is not None:
        tree["central_broker"] = central_broker(answers)
    if "kiosk" not in answers.programs:
        tree.setdefault("screens", {"expected": 0})
    return tree


def kiosk(answers: Answers) -> dict[str, Any]:
    """What the screen is told."""
    site = answers.tree["site"]
    told = {name: answers.tree[name] for name in KIOSK if name in answers.tree}
    if "feeds" in told:
        told["feeds"] = {name: _with_key(name, feed) for name, feed in told["feeds"].items()}
    screen = {"name": "butiken", "fullscreen": True, **answers.tree.get("screen", {})}
    return {
        "site": {"id": site["id"], "simulated": site.get("simulated", False)},
        "broker": site_broker("kiosk"),
        "cache": {"path": "/var/lib/sotpunkt-kiosk/kiosk.sqlite"},
        "screen": screen,
        **told,
    }


def feed_keys(answers: Answers) -> dict[str, str]:
    """Where a feed's key shall lie → the file beside the answers that holds it."""
    feeds = answers.tree.get("feeds", {}) if "kiosk" in answers.programs else {}
    told = {name: feed.get("key_file", "") for name, feed in feeds.items()}
    return {_key_place(name): key for name, key in told.items() if key and not key.startswith("/")}


def _with_key(name: str, feed: dict[str, Any]) -> dict[str, Any]:
    key = feed.get("key_file", "")
    return feed | {"key_file": _key_place(name)} if key and not str(key).startswith("/") else feed


def _key_place(feed: str) -> str:
    return f"{SECRETS}/kiosk/feed-{feed}.key"


def dashboard(answers: Answers) -> dict[str, Any]:
    """What the owner's page is told: one site, on the site's own broker."""
    site = answers.tree["site"]
    in_service = not site.get("simulated", False)
    return {
        "web": owner_page(answers),
        "broker": site_broker("dashboard"),
        "store": {"path": "/var/lib/sotpunkt-dashboard/dashboard.sqlite"},
        "view": {"mode": "site"},
        "site": [{"id": site["id"], "place": site["place"], "in_service": in_service}],
    }


def owner_page(answers: Answers) -> dict[str, Any]:
    """Where the owner's page is: on all networks of the box where there are staff to reach it (the firewall lets nobody
    else), else on the box alone."""
    told = answers.tree.get("owner_page", {})
    web = {"host": "::" if answers.interfaces("staff") else "127.0.0.1", "port": answers.owner_page}
    given = ("names", "certificate_file", "key_file", "certificate_name")
    return web | {name: told[name] for name in given if name in told}


def page_files(answers: Answers) -> tuple[str, ...]:
    """Certificate and key that somebody lays into the page's own folder by hand; elsewhere they are not ours."""
    told = answers.tree.get("owner_page", {})
    found = (told.get("certificate_file", ""), told.get("key_file", ""))
    return tuple(path for path in found if path.startswith(f"{SECRETS}/dashboard/") and ".." not in path)


def site_broker(program: str) -> dict[str, Any]:
    """The broker on this box."""
    account = ACCOUNTS[program]
    return {"url": f"mqtt://127.0.0.1:{BROKER_PORT}", "user": account, "password_file": password_file(program)}


def central_broker(answers: Answers) -> dict[str, Any]:
    """The municipality's broker; over TLS it knows the site by its certificate."""
    told = answers.tree["centre"]
    link: dict[str, Any] = {"url": told["url"], "shared_by": told.get("sites", 1)}
    if answers.centre is not None and answers.centre[2]:
        link |= {"ca_file": CENTRE_CA, "certificate_file": CERTIFICATE, "key_file": KEY}
    return link


def password_file(program: str) -> str:
    """Where a program's password for the site's broker lies."""
    return f"{SECRETS}/{program}/site-broker.password"
