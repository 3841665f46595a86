"""Spans of what a call does, for OpenTelemetry; nothing at all where nobody asked for them."""
