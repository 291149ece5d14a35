"""Sensor nodes as things: circuits, parts, what they take of a battery. `python -m hw.nodes` reckons its life."""
