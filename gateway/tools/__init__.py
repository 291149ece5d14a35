"""The technician's commands: from a plugged-in adapter to values that can be believed."""
