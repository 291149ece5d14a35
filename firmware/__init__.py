"""The program of the sensor nodes, in MicroPython: this folder is the root of a board's file system."""
