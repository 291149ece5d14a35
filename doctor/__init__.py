"""`sotpunkt-doctor`: looks at a box and says in a sentence each what is well, what to know and what to do."""
