"""``make bench``: the service measured beside the floor of the machine, in one run."""
