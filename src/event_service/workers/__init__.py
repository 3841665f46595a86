"""Several processes that serve on the same ports, and what keeps them running."""
