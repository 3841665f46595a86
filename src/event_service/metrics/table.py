"""The table of metrics of the README: ``python -m event_service.metrics.table`` prints it."""

import sys

from event_service.metrics.names import METRICS


def metrics_table() -> str:
    """A markdown table, one line per metric in the order of the code."""
    rows = [
        f"| `{metric.name}` | {metric.kind} |"
        f" {', '.join(f'`{label}`' for label in metric.labels) or 'none'} | {metric.says} |"
        for metric in METRICS
    ]
    return "\n".join(["| Metric | Kind | Labels | Meaning |", "| --- | --- | --- | --- |", *rows])


if __name__ == "__main__":
    sys.stdout.write(metrics_table() + "\n")
