"""What the demonstration thinks: pace, settings, judgement, words. Pure."""
