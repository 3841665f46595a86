"""Alarm event service for Cloudforet / SpaceONE."""

from importlib.metadata import version

DISTRIBUTION = "spaceone-event-service"

__version__ = version(DISTRIBUTION)
