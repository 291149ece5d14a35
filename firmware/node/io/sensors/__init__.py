"""One file per sensor: `start()` once, then `read(now_ms)` → (whole number or None, quality). No driver waits long.

A driver gets its pins, converters and buses ready made from the board and says what it saw; what it means is thought
in `node.core`. Nothing raises out of `read`: a bus that fails is a word. `now_ms` is the node's uptime and never wraps.
"""
