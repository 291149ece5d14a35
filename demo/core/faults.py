"""What can go wrong with a demonstration, one sentence each."""


class DemoFault(Exception):
    """Base of all; `exit_code` is what the command ends with."""

    exit_code = 1


class BadUse(DemoFault):
    """The command line asks for what cannot be; the sentence says what to do."""

    exit_code = 2


class CannotRun(DemoFault):
    """Something that is needed did not start or did not answer."""
