"""Waking people from the centre: what causes there are, what a channel may be, what a site is told."""
