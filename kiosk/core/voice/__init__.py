"""What is read aloud and how: paragraphs, pronunciation, loudness, the tone of a warning."""
