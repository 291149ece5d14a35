"""What can go wrong, in the user's words."""


class KeysError(Exception):
    """It could not be done; the sentence says what to do."""

    exit_code = 1


class BadUse(KeysError):
    """The call or the files given do not fit."""

    exit_code = 2
