"""From a request's metadata to its caller (CONTRACT 2)."""
