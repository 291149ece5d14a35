"""What every message is made of: sizes, the base struct, and a moment in both clocks."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.words import ClockQuality

Text = Annotated[str, Meta(max_length=2000)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Ms = Annotated[int, Meta(ge=0, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class Refused(ValueError):
    """A message that cannot be taken; the sentence says why."""


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything that travels."""


class Moment(Wire):
    """When something was, in both clocks. `wall_ms` is None while the clock has never been known."""

    boot: Name
    up_ms: Ms
    wall_ms: Ms | None
    clock: ClockQuality
