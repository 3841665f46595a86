"""Messages to plain values and back: no store, no rules of the service."""
