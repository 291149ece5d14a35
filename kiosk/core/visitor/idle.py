"""How long nobody has to be there before the screen begins anew, and when it asks first."""

WARNING_S = 20.0
"""The question stands there so long before anything happens (WCAG 2.2, 2.2.1)."""
LONG_S = 180.0
"""Least time while a long text is open or the page is read aloud."""
LONG_LETTERS = 700
"""A page with more than this is a long text: three minutes at an unhurried pace."""


def limit(settings_s: float, *, listening: bool, letters: int) -> float:
    """Seconds without a touch until everything goes back."""
    return max(settings_s, LONG_S) if listening or letters > LONG_LETTERS else settings_s


def asks(alone_s: float, limit_s: float) -> bool:
    """Is it time to ask whether anybody is here?"""
    return alone_s >= limit_s - WARNING_S
