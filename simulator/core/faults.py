"""What can go wrong in the simulator, as one sentence for the person at the terminal."""


class SimulatorError(Exception):
    """Base of all faults of the simulator; `exit_code` is what the command ends with."""

    exit_code = 1


class BadInput(SimulatorError):
    """A plant, scenario or image that cannot be used: all its faults, one a line."""

    exit_code = 2

    def __init__(self, source: str, faults: list[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        if len(faults) == 1:
            text = f"{source}: {faults[0]}; nothing started"
        else:
            text = f"{source}: {len(faults)} faults, nothing started" + "".join(f"\n  {fault}" for fault in faults)
        super().__init__(text)


class CannotRun(SimulatorError):
    """The input is right, but this machine does not let it run now."""
