"""What sites send: may it be taken, what does it add to the picture, how far is everything committed."""
