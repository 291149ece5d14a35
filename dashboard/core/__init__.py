"""What the dashboard thinks: folds, judgements, words. Pure; time is an argument."""
