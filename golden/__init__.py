"""Draws every page of the kiosk in every language, size and state, checks each by program, and keeps pictures of all."""
