"""Device profiles: what each register means, as data with its source."""
