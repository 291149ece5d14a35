"""What `hw/host/install` does, a file per matter. Python's own library only: it runs before anything is installed."""
