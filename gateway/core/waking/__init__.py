"""The site wakes its own people when nobody else does: what is to be sent, and when a lamp is lit. Nothing touches."""
