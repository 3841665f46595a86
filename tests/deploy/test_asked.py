"""The reader of expressions that the other tests rely on."""

from __future__ import annotations

import pytest

from tests.deploy.asked import asked, not_served


@pytest.mark.parametrize(
    ("expression", "series", "labels"),
    [
        ("up", {"up"}, set()),
        ('sum by (job) (rate(a_bucket{c="up", d="x|y"}[5m])) > 1', {"a_bucket"}, {"c", "d", "job"}),
        ("a > 1e3 unless a offset 6h", {"a"}, set()),
        ("a / on (x) group_left (y) b", {"a", "b"}, {"x", "y"}),
        ("(sum(rate(a[$__rate_interval])) or vector(0)) / 0.5", {"a"}, set()),
    ],
)  # fmt: skip
def test_series_and_labels_are_found(expression: str, series: set[str], labels: set[str]) -> None:
    found = asked(expression)
    assert (set(found[0]), set(found[1])) == (series, labels)


def test_what_nobody_serves_is_named() -> None:
    assert list(not_served('sum by (queue) (event_service_queue_depth{job="x"})')) == []
    assert list(not_served("event_service_queue_dept")) == ["event_service_queue_dept"]
    assert list(not_served('event_service_queue_depth{reason="queue"}')) == ["reason"]
    assert list(not_served('event_service_queue_depth{webhook_id="x"}')) == ["webhook_id"]
