"""Who is let in: bounds on what is done and kept at the same time, and quotas of callers."""
