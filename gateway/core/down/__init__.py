"""What the centre sends: bulletins and documents."""
