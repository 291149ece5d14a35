"""Which feeds there are, when each is asked, and what their answers leave behind."""
