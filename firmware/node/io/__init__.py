"""The doors to the world: wire, flash, pins."""
