"""What people write: forms as data, and text that becomes a value or one sentence."""
