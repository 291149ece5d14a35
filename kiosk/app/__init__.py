"""The screen process in parts: a file for each thing beside the drawing; `screen.py` puts them together."""
