"""For the real interpreter: the node itself, with its file system below the folder that is the argument."""

import sys


def main(folder):
    """One life."""
    from node import app

    app.main(folder, "a", 0)


if __name__ == "__main__":
    main(sys.argv[1])
