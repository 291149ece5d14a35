"""What the gateway thinks: pure functions, time and data come in as arguments."""
