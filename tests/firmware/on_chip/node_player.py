"""For the real interpreter: the node itself, with its file system below the folder that is the argument."""

import sys

from node import app

app.main(sys.argv[1], "a", 0)
