"""Everything that is kept: the file, its steps, records, what waits to go down."""
