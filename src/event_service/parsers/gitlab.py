"""GitLab's webhooks: pipelines, and the alerts of its alert management."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.reading import (
    at,
    first_text,
    joined,
    mapping,
    mappings,
    text,
    texts,
    word,
)
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_KINDS = ("pipeline", "alert")
_STATUSES = SeverityWords({"ERROR": ("failed",), "INFO": ("success",)})
# A pipeline that waits, runs, or was stopped, says nothing of whether it works.
_SAYS_NOTHING = {
    *("created", "waiting_for_resource", "waiting_for_callback", "preparing", "pending"),
    *("running", "scheduled", "manual", "canceling", "canceled", "skipped"),
}
_SEVERITIES = SeverityWords(CUSTOMARY)
_OVER = {"resolved", "ignored"}
_ALERT_URL = re.compile(r"https?://[^/]{1,255}/(?P<project>.{1,500}?)/-/alert_management/")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result for a pipeline that succeeded or failed, and for an alert.

    Pipelines are one key for each project and ref, so that the next one that succeeds there ends
    what one that failed began. Their variables are left out: they may hold secrets.
    Raises ParseFailure for other webhooks.
    """
    attributes = mapping(body.get("object_attributes"))
    kind = word(body.get("object_kind"))
    if kind == "pipeline":
        return _pipeline(body, attributes)
    if kind == "alert":
        return (_alert(attributes),)
    raise ParseFailure("object_kind is neither pipeline nor alert")


def recognises(body: Body) -> bool:
    """Whether it is GitLab's webhook of one of these kinds."""
    has_attributes = isinstance(body.get("object_attributes"), Mapping)
    return word(body.get("object_kind")) in _KINDS and has_attributes


def _pipeline(body: Body, pipeline: Mapping[str, Any]) -> Sequence[object]:
    status = text(pipeline.get("status"))
    if status is None or word(status) in _SAYS_NOTHING:
        return ()
    project = mapping(body.get("project"))
    path = first_text(project.get("path_with_namespace"), project.get("id"))
    ref = text(pipeline.get("ref"))
    name = first_text(pipeline.get("name"), "Pipeline")
    result = {
        "event_key": path and joined("gitlab:pipeline", path, ref, by=":"),
        "event_type": event_type({"success"}, status),
        "title": joined(name, ref and f"on {ref}: {status}"),
        "description": joined(_failed_jobs(body), at(body, "commit", "title"), by="\n"),
        "severity": _STATUSES.severity(status),
        **_project(path),
        "rule": text(pipeline.get("name")),
        "occurred_at": _instant(
            first_text(pipeline.get("finished_at"), pipeline.get("created_at"))
        ),
        "additional_info": texts(
            {
                "url": first_text(pipeline.get("url"), project.get("web_url")),
                "pipeline_id": pipeline.get("id"),
                "status": pipeline.get("detailed_status"),
                "ref": ref,
                "commit": pipeline.get("sha"),
                "commit_url": at(body, "commit", "url"),
                "source": pipeline.get("source"),
                "merge_request_url": at(body, "merge_request", "url"),
                "user": at(body, "user", "username"),
            }
        ),
    }
    return (result,)


def _failed_jobs(body: Body) -> str | None:
    failed = [job for job in mappings(body.get("builds")) if job.get("status") == "failed"]
    named = joined(*(job.get("name") for job in failed), by=", ")
    return named and f"Failed: {named}"


def _alert(alert: Mapping[str, Any]) -> dict[str, Any]:
    url = text(alert.get("url"))
    found = _ALERT_URL.match(url or "")
    return {
        # The address holds the project and the alert's number in it.
        "event_key": url and f"gitlab:alert:{url}",
        "event_type": event_type(_OVER, alert.get("status")),
        "title": text(alert.get("title")),
        "severity": _SEVERITIES.severity(alert.get("severity")),
        **_project(found["project"] if found else None),
        "occurred_at": _instant(text(alert.get("started_at"))),
        "additional_info": texts({"url": url, "status": alert.get("status")}),
    }


def _project(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    namespace = path.rpartition("/")[0]
    return {
        "resource": {"name": path},
        "provider": "gitlab" if namespace else None,
        "account": namespace,
    }


def _instant(said: str | None) -> str | None:
    """GitLab writes UTC as a word after the time."""
    return said and said.removesuffix(" UTC").strip()


SOURCE = Source(
    name="gitlab",
    parse=parse,
    recognises=recognises,
    looks_like="GitLab's webhook with an object_kind of pipeline or alert",
    marks=frozenset({"object_kind"}),
)
