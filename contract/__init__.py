"""What the programs say to each other: topics, messages, words, catalogues of signals and alarms."""
