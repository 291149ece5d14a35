"""The web program: many sites for the municipality, one site for the people who run it."""
