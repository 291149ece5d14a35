"""The box itself as a device."""
