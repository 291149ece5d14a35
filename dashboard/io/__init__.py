"""Where the dashboard touches the world: broker, store, web."""
