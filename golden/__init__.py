"""Draws every page of the kiosk in every language, size and state, checks each, and keeps pictures of all."""
