"""What can be done on paper: the schedule, the books, the truth about freshness, the figures."""
