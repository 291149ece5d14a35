"""The page of the people at a site: one sentence, what to do now, and what they may do from a phone."""
