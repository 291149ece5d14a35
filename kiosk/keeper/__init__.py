"""The keeper process, in parts; `keeping.py` puts them together."""
