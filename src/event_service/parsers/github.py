"""GitHub's webhooks: workflow runs and Dependabot alerts."""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, joined, mapping, text, texts, word
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_CONCLUSIONS = SeverityWords(
    {
        "ERROR": ("failure", "timed_out", "startup_failure"),
        "WARNING": ("action_required",),
        "INFO": ("success", "neutral"),
    }
)
_ADVISORIES = SeverityWords(CUSTOMARY, {"WARNING": ("moderate",)})
_SUCCEEDED = {"success", "neutral"}
# A run that did not come to its end says nothing of whether the workflow works.
_SAYS_NOTHING = {"cancelled", "skipped", "stale"}
_OVER = {"fixed", "dismissed", "auto_dismissed"}


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result for a run that succeeded or failed, and for a Dependabot alert.

    A run that has not ended, and GitHub's ping when a webhook is made, have none. A workflow is one
    key for each branch, so that the next run that succeeds there ends what one that failed began.
    Raises ParseFailure for other webhooks.
    """
    if _is_ping(body):
        return ()
    if isinstance(body.get("workflow_run"), Mapping):
        return _workflow_run(body, body["workflow_run"])
    if isinstance(body.get("alert"), Mapping):
        return (_dependabot_alert(body, body["alert"]),)
    raise ParseFailure("Neither a workflow_run nor an alert is in the body")


def recognises(body: Body) -> bool:
    """Whether it is of a repository and about a workflow run or a Dependabot alert, or a ping."""
    if _is_ping(body):
        return True
    if "full_name" not in mapping(body.get("repository")) or "action" not in body:
        return False
    is_run = isinstance(body.get("workflow_run"), Mapping)
    return is_run or "security_advisory" in mapping(body.get("alert"))


def _is_ping(body: Body) -> bool:
    return "zen" in body and "hook_id" in body


def _workflow_run(body: Body, run: Mapping[str, Any]) -> Sequence[object]:
    conclusion = text(run.get("conclusion"))
    if conclusion is None or word(conclusion) in _SAYS_NOTHING:
        return ()
    repository = text(at(body, "repository", "full_name"))
    workflow = first_text(run.get("name"), at(body, "workflow", "name"))
    branch = text(run.get("head_branch"))
    # A fork's branch may have the name of one of the repository's own.
    head = first_text(at(run, "head_repository", "full_name"), repository)
    place = joined(head, branch, by=":")
    what = first_text(run.get("workflow_id"), workflow)
    result = {
        "event_key": what and joined("github:workflow", repository, what, place, by="/"),
        "event_type": event_type(_SUCCEEDED, conclusion),
        "title": joined(workflow, branch and f"on {branch}: {conclusion}"),
        "description": first_text(run.get("display_title"), at(run, "head_commit", "message")),
        "severity": _CONCLUSIONS.severity(conclusion),
        **_repository(body),
        "rule": workflow,
        "occurred_at": first_text(run.get("updated_at"), run.get("created_at")),
        "additional_info": texts(
            {
                "url": run.get("html_url"),
                "run_number": run.get("run_number"),
                "run_attempt": run.get("run_attempt"),
                "conclusion": conclusion,
                "branch": branch,
                "commit": run.get("head_sha"),
                "event": run.get("event"),
                "path": run.get("path"),
                "actor": at(run, "actor", "login"),
            }
        ),
    }
    return (result,)


def _dependabot_alert(body: Body, alert: Mapping[str, Any]) -> dict[str, Any]:
    repository = text(at(body, "repository", "full_name"))
    number = text(alert.get("number"))
    advisory = mapping(alert.get("security_advisory"))
    dependency = mapping(alert.get("dependency"))
    package = text(at(dependency, "package", "name"))
    severity = first_text(at(alert, "security_vulnerability", "severity"), advisory.get("severity"))
    return {
        "event_key": number and joined("github:dependabot", repository, number, by="/"),
        "event_type": event_type(_OVER, body.get("action"), alert.get("state")),
        "title": joined(package, advisory.get("summary"), by=": "),
        "description": text(advisory.get("description")),
        "severity": _ADVISORIES.severity(severity),
        **_repository(body),
        "rule": first_text(advisory.get("ghsa_id"), advisory.get("cve_id")),
        "occurred_at": first_text(alert.get("updated_at"), alert.get("created_at")),
        "additional_info": texts(
            {
                "url": alert.get("html_url"),
                "state": alert.get("state"),
                "package": package,
                "ecosystem": at(dependency, "package", "ecosystem"),
                "manifest": dependency.get("manifest_path"),
                "scope": dependency.get("scope"),
                "ghsa_id": advisory.get("ghsa_id"),
                "cve_id": advisory.get("cve_id"),
                "cvss": at(advisory, "cvss", "score"),
                "vulnerable_versions": at(
                    alert, "security_vulnerability", "vulnerable_version_range"
                ),
                "patched_version": at(
                    alert, "security_vulnerability", "first_patched_version", "identifier"
                ),
                "dismissed_reason": alert.get("dismissed_reason"),
            }
        ),
    }


def _repository(body: Body) -> dict[str, Any]:
    repository = mapping(body.get("repository"))
    owner = text(at(repository, "owner", "login"))
    return {
        "resource": {"name": text(repository.get("full_name"))},
        "provider": "github" if owner else None,
        "account": owner,
    }


SOURCE = Source(
    name="github",
    parse=parse,
    recognises=recognises,
    looks_like="GitHub's webhook about a workflow_run or a Dependabot alert",
    marks=frozenset({"zen", "repository"}),
)
