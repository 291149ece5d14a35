"""For MicroPython's build: an image with the loader frozen in, and what else it must bring. Nobody else reads this.

The program itself lies in a slot of the file system, where updates reach it: `sotpunkt-gateway nodes provision`.
"""
# ruff: noqa: F821

metadata(description="Loader of sotpunkt's sensor nodes", version="1.0.0", license="EUPL-1.2")
require("onewire")  # of micropython-lib; stock images of ESP32 and Pico W have it frozen in
module("loader.py")
module("main.py")
