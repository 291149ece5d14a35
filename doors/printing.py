"""What a command prints, where nobody reads to the end: `sotpunkt-kiosk view … | head` is no fault of anybody."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FAILED = 1


@contextmanager
def printing() -> Iterator[None]:
    """Around a command: all it has printed is out when it ends, and a reader that has left ends it without a word.

    Raises SystemExit(1) when not all could be printed.
    """
    try:
        try:
            yield
        except SystemExit as end:
            _flush(said=bool(end.code))
            raise
        except BaseException:
            _flush(said=True)
            raise
        _flush()
    except BrokenPipeError:
        _print_no_more()
        sys.exit(FAILED)


def _flush(*, said: bool = False) -> None:
    """`said`: whatever went wrong has had its sentence."""
    if getattr(sys, "stdout", None) is None:  # started with it closed
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:
        _print_no_more()
        if not said:
            sys.stderr.write(f"cannot print: {fault.strerror}; look where the output goes\n")
            sys.exit(FAILED)


def _print_no_more() -> None:
    """The interpreter prints what is left when it ends; that must fail no more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
