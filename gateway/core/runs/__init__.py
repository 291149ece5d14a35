"""Runs of the set, what they count as, and the timeline of an outage."""
