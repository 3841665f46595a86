"""The table of limits of the README: ``python -m event_service.limits_table`` prints it."""

import sys
from dataclasses import fields

from event_service.manager.reached_bodies import MOST_BODIES
from event_service.parsers.seam import MOST_RESULTS
from event_service.query.limits import QueryLimits
from event_service.wire.struct import StructLimits


def limits_table() -> str:
    """A markdown table, one line per limit that no setting changes: how many at most, of what."""
    bodies = StructLimits()
    limits = [
        *((limit.default, limit.metadata["of"]) for limit in fields(QueryLimits)),
        (MOST_RESULTS, "events of one body"),
        (bodies.depth, "objects and lists of a body inside one another"),
        (bodies.members, "members of all objects and lists of a body"),
        (MOST_BODIES, "bodies of several events that a query on `raw_data` reaches into"),
    ]
    rows = [f"| {most:,} | {of} |" for most, of in limits]
    return "\n".join(["| At most | Of |", "| ---: | --- |", *rows])


if __name__ == "__main__":
    sys.stdout.write(limits_table() + "\n")
