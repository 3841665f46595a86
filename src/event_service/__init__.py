"""Alarm event service for Cloudforet / SpaceONE."""

from importlib.metadata import version

__version__ = version("spaceone-event-service")
