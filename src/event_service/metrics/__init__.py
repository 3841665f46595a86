"""What the service counts and measures of itself, for Prometheus. No label carries an id."""
