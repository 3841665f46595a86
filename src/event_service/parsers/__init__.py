"""Bodies of alert sources as raw results: pure functions, one source a file."""
