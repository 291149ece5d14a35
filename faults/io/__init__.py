"""What touches the world: processes, brokers, relays, network namespaces, files of the programs read from outside."""
