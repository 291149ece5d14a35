"""The doors of the kiosk to the world: cache, wake socket, log of drawn frames, texts."""
