"""Processes of ours that are kept running and never outlive us: the embedded stores, workers."""
