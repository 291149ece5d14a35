"""The pages: one pair of .py and .kv each."""
