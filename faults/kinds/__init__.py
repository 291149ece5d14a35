"""The faults themselves, one family a file. `faults/catalogue.py` lists them."""
