"""Stores that the service brings along and runs itself when it is given none."""
