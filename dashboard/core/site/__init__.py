"""How one site stands, in words, shapes and roles."""
