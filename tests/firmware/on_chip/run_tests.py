"""Runs the tests of one module under MicroPython: a line `ok NAME` for each, exit 1 at a failure."""

import gc
import sys

name = sys.argv[1]
module = __import__(name)
for part in name.split(".")[1:]:
    module = getattr(module, part)
failed = 0
for test in sorted([one for one in dir(module) if one.startswith("test_")]):
    gc.collect()
    try:
        getattr(module, test)()
        print("ok", test)
    except Exception as why:
        failed += 1
        print("FAILED", test)
        sys.print_exception(why)
sys.exit(1 if failed else 0)
