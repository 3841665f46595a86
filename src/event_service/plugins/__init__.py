"""Webhook plugins: those of SpaceONE, spoken to over gRPC, and the parsers that are built in."""
