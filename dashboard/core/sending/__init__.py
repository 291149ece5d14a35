"""What goes down to the sites: orders, bulletins, documents."""
