"""Who holds a dedup key, as Redis has it: each decision one atomic step (CONTRACT 4)."""
