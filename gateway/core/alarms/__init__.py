"""Alarms after ISA-18.2: rules as data, named facts, the life of each, whom to wake."""
