"""Who does what: incidents that gather sites, who has them, what is handed over, what is to be done with alarms."""
