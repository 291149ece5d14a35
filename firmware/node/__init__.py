"""One slot of the application: `core` thinks, `io` touches, `app` wires."""
