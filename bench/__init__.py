"""Measurements: each prints figures, one JSON object a line, and none is ever an assertion."""
