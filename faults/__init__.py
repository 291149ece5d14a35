"""Breaks a whole house of real processes by a schedule and counts from outside what came of it."""
