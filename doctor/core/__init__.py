"""What the doctor makes of what was seen: no disk, no wire, no clock."""
