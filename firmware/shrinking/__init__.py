"""How the many files of a node's program become the few and small ones of a board; see `files.py`. Runs on a desk."""
