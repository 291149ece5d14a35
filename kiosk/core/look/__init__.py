"""Sizes, colours, rows, and letters in the order in which they are drawn."""
