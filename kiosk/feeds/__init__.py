"""One source a file: bytes as they came from outside become items, or a sentence why not. Pure; all is hostile."""
