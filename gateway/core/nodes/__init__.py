"""Sensor nodes: what they say becomes readings, dated and once each; who is silent, who is a stranger."""
