"""What can be done on paper: runs on a chip and on a desk alike; whole numbers on every boundary, time an argument."""
