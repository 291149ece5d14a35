"""Where the simulator's public feeds are asked, known before it runs."""

PATHS = {"vma": "/api/v3/alerts", "smhi": "/ibww/api/version/1/warning.json", "krisinformation": "/v3/news"}
"""As the sources have them; a test compares them with the simulator's own."""


def feed_addresses(port: int) -> dict[str, str]:
    """Feed by name, on this machine."""
    return {name: f"http://127.0.0.1:{port}{path}" for name, path in PATHS.items()}
