"""How far the screen saves power, what that means for its light, and when it may start anew."""
