"""What can go wrong, as sentences for people."""


class KioskError(Exception):
    """Base of all faults of this program; `exit_code` is what the command ends with."""

    exit_code = 1


class CannotDraw(KioskError):
    """No window could be made."""


class CannotKeep(KioskError):
    """The cache cannot be written or read."""


class WrongUse(KioskError):
    """The user asked for something that cannot be."""

    exit_code = 2
