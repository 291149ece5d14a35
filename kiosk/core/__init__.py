"""What the kiosk thinks: no clock, wire, disk or screen; time is an argument."""
