"""All sites at once: one row each, the worst first, by region, on a map, and who needs diesel first."""
