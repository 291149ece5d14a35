"""How long fuel and batteries last, and what happens to the fuel."""
