"""What holds now, for whom, how long, and what it is called: one life for the messages of every authority."""
