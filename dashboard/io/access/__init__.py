"""Who is signed in, and what the log keeps of it."""
