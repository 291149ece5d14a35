"""What people enter: orders, call-out, checklist, needs, declared services."""
