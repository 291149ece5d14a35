"""Who feeds the site: witnesses, what they say together, the power state."""
