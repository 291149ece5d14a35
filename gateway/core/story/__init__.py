"""A written story, played through the gateway's own judgement: for `sotpunkt-gateway judge`."""
