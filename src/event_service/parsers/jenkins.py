"""Jenkins, through its Notification plugin: a phase of a job's build."""

from collections.abc import Sequence

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.reading import at, first_text, joined, mapping, text, texts, word
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import SeverityWords

_STATUSES = SeverityWords(
    {
        "ERROR": ("failure",),
        "WARNING": ("unstable", "aborted"),
        "INFO": ("success", "not_built"),
    },
    absent="INFO",  # a build that has only begun has no status yet
)


def parse(body: Body, options: Options) -> Sequence[object]:
    """One result; the job's address is the key, as with SpaceONE's plugin.

    Every build is an ALERT, as there. With the option ``success_recovers`` (a boolean) a build that
    succeeds is the RECOVERY of the job instead. A failed build is no event of type ERROR: that type
    says that a body was not understood, and keeps its alert out of the counts of open ones.
    """
    build = mapping(body.get("build"))
    status = word(build.get("status"))
    name = first_text(body.get("display_name"), body.get("name"))
    number = text(build.get("number"))
    said = (build.get(field) for field in ("phase", "status", "notes"))
    scm = mapping(build.get("scm"))
    recovers = options.get("success_recovers") is True and status == "success"
    result = {
        "event_key": first_text(body.get("url"), body.get("name")),
        "event_type": "RECOVERY" if recovers else "ALERT",
        "title": name and f"[Jenkins] Build - {name}",
        "description": joined(number and f"Build {number}", *said, by=", "),
        "severity": _STATUSES.severity(status),
        "rule": text(body.get("name")),
        "occurred_at": from_epoch_or_text(build.get("timestamp")),
        "additional_info": texts(
            {
                "url": body.get("url"),
                "full_url": build.get("full_url"),
                "build_no": build.get("number"),
                "build_phase": build.get("phase"),
                "build_status": build.get("status"),
                "build_duration": build.get("duration"),
                "scm_url": scm.get("url"),
                "branch": scm.get("branch"),
                "commit": scm.get("commit"),
                "culprits": joined(scm.get("culprits"), by=", "),
                "failed_tests": at(build, "test_summary", "failed"),
            }
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it has a job's name and address, and a build with a number and a phase."""
    build = mapping(body.get("build"))
    return "name" in body and "url" in body and "number" in build and "phase" in build


SOURCE = Source(
    name="jenkins",
    parse=parse,
    recognises=recognises,
    looks_like="Jenkins' Notification plugin: name, url and a build with number and phase",
    marks=frozenset({"build"}),
    plugin_ids=("plugin-jenkins-mon-webhook",),
)
