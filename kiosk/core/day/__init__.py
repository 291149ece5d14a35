"""An ordinary day at the point: hours, departures, posts and pages become sections for the screen."""
