"""A day of warnings, played fast before a real kiosk while things break, and judged minute by minute from outside."""
