"""What can be done on paper: dates, certificates, texts."""
