"""The demonstration: the whole house as real processes over real sockets, and a judgement of what happened."""
