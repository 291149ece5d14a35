"""Would the site carry itself now: checks, verdict, requirements, who is at hand."""
