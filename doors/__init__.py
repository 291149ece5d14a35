"""The doors every program has: clock, settings file, broker link. Each is built once and used from the wiring only."""
