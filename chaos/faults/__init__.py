"""What can go wrong under a running service, one file for each kind."""
