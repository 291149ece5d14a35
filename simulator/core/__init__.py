"""The thinking of the simulator: no clock, wire, disk or chance; time is an argument."""
