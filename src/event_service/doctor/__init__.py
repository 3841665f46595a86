"""Looks whether an installation is as it must be, and says what to do where it isn't."""
