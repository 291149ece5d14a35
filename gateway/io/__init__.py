"""The doors of the gateway: one file per thing outside it."""
