"""What the demonstration touches: processes, brokers, pages, pictures."""
