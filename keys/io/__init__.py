"""Folders with keys in them, and the broker that is told of a change."""
