"""From registers to values: the block plan, what a wire costs, decoding, and whether it is the right device."""
