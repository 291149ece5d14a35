"""Who may do what, what a password has to be, what wrong tries cost, how long a session lasts."""
