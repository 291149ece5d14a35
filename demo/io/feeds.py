"""Where the simulator's public feeds are asked, known before it runs."""

PATHS = {"vma": "/api/v3/alerts", "smhi": "/ibww/api/version/1/warning.json", "krisinformation": "/v3/news"}
"""As the sources have them; a test compares them with the simulator's own."""
EVERYDAY = {
    "departures": "/v1/departures/740099901?key={key}",
    "road": "/v2/data.json",
    "news": "/nyheter.rss",
    "calendar": "/evenemang.ics",
}
KEYED = ("departures", "road")
"""Sources that want a key."""


def feed_addresses(port: int) -> dict[str, str]:
    """Feed by name, on this machine."""
    return {name: f"http://127.0.0.1:{port}{path}" for name, path in PATHS.items()}


def everyday_feeds(port: int, key_file: str) -> dict[str, dict[str, str]]:
    """The settings of each everyday feed."""
    found = {name: {"url": f"http://127.0.0.1:{port}{path}"} for name, path in EVERYDAY.items()}
    return {name: row | ({"key_file": key_file} if name in KEYED else {}) for name, row in found.items()}
