"""What the doctor looks at. Reads only; nothing here changes anything on the box."""
