"""The screen process, in parts: one file for each thing that goes on beside the drawing; `screen.py` puts them together."""
