"""Is the device that answers the one the settings speak of?"""

from collections.abc import Mapping

import msgspec

from contract.messages import Value
from contract.words import Quality
from gateway.profiles.schema import Profile

NOT_HEARD = (Quality.COMM_ERROR, Quality.NOT_YET_READ)


class Verdict(msgspec.Struct, frozen=True):
    """`fits` is None while nobody can tell; the sentence is for a technician."""

    fits: bool | None
    sentence: str


def identify(profile: Profile, values: Mapping[str, Value]) -> Verdict:
    """Compare a device's values with what the profile expects of its identity.

    A device that answers, but has no such value, is another device. Silence proves nothing.
    """
    if not profile.identity:
        return Verdict(True, f"{profile.name} has no identity to compare; check one value against the display")
    for identity in profile.identity:
        value = values.get(identity.key)
        if value is None or value.quality in NOT_HEARD:
            return Verdict(None, f"{identity.key} was not read, so the device is not known")
        if not _is_one(value.value, identity.one_of):
            given = value.value if value.value is not None else f"missing ({value.quality.value})"
            wanted = " or ".join(str(number) for number in identity.one_of)
            return Verdict(False, f"wrong device: {identity.key} is {given}, {profile.name} needs {wanted}")
    return Verdict(True, f"the device is one of {profile.head.title}")


def _is_one(value: float | str | None, one_of: tuple[int | str, ...]) -> bool:
    """A number is one of them; a text begins with one of them."""
    texts = tuple(one for one in one_of if isinstance(one, str))
    return value.startswith(texts) if isinstance(value, str) else value in one_of
