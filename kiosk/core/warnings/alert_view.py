"""One message in force as the screen shows it, and one that has ended; whoever sent it."""

from dataclasses import dataclass

from contract.words import Status
from kiosk.core.look.theme import Role
from kiosk.feeds.alert import Level, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """A message that holds now, in words. (source, id, serial) is the message; `incident` what it is about.

    `kind` is the heading in the sender's own terms ("VMA", "Orange varning", "Meddelande från kommunen"), with `shape`
    (a name of widgets/symbol.py) so that nothing is told by colour alone. `stamp` is the word of an exercise or a test.
    `language` is that of headline, description and instruction. `takes`: may it take the whole screen? `sure`: False
    for what was in force before a restart and has not been checked since: a banner, never more. `attribution`: "Källa:
    SMHI". `gist`: what it says to people here, as a fingerprint: the same in every language and in an update that
    changes nothing for this place. `category`: what kind of matter it is in the sender's own words, small letters
    ("infra", "wind"); for choosing advice, never shown.
    """

    source: Source
    id: str
    serial: int
    incident: str
    status: Status
    stamp: str
    role: Role
    shape: str
    level: Level
    kind: str
    headline: str
    description: str
    instruction: str
    area: str
    sender: str
    since: str
    until: str
    checked: str
    remark: str
    language: str
    takes: bool
    sure: bool
    all_clear: bool = False
    attribution: str = ""
    gist: str = ""
    category: str = ""

    @property
    def real(self) -> bool:
        """Is it meant for real, neither exercise nor test?"""
        return self.status is Status.ACTUAL

    @property
    def matter(self) -> str:
        """What attention is counted by: the gist, else the message itself."""
        return self.gist or "/".join((self.source.value, self.id, str(self.serial)))

    @property
    def key(self) -> tuple[str, str, int]:
        """Identity of the message for proof of display: (source, id, serial)."""
        return self.source.value, self.id, self.serial


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A message that does not hold any more. `text`: that it is over, and what it was; `detail`: who says so and when.

    (source, id, serial) is the message that ended it where there is one (a cancel), else the message itself.
    """

    source: Source
    id: str
    serial: int
    text: str
    detail: str = ""
    status: Status = Status.ACTUAL

    @property
    def key(self) -> tuple[str, str, int]:
        """Identity of the message for proof of display: (source, id, serial)."""
        return self.source.value, self.id, self.serial
