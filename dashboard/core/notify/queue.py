"""What waits to be sent, and when it is tried again."""

from msgspec import Struct

TRY, OVER = "try", "over"
AGAIN_S: dict[str, tuple[int, ...]] = {
    "first": (5, 20, 60), "next": (5, 20, 60), TRY: (), OVER: (5, 30, 120, 600, 1800),
}  # fmt: skip
"""Kind → seconds until the next try. A call that does not get through goes to the next person soon."""
SELDOM_S = (5, 60, 300)


class Due(Struct, frozen=True, kw_only=True):
    """One message on its way over one channel. `asks`: the judgement waits to hear what came of it."""

    number: int
    message: str
    matter: int
    round: int
    kind: str
    person: str
    channel: int
    address: str
    title: str
    body: str
    tries: int
    asks: bool


class Delivery(Struct, frozen=True, kw_only=True):
    """A line of the log. Wall times, None when no clock could be believed."""

    number: int
    kind: str
    status: str
    who: str
    label: str
    body: str
    made_ms: int | None
    tried_ms: int | None
    state: str
    tries: int
    why: str


def again_s(kind: str, tries: int) -> int | None:
    """Seconds until it is tried again after so many tries; None: never."""
    waits = AGAIN_S.get(kind, SELDOM_S)
    return waits[tries - 1] if 0 < tries <= len(waits) else None
