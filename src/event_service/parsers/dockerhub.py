"""Docker Hub's webhook: a tag was pushed. There is nothing to recover from."""

from collections.abc import Sequence

from event_service.parsers.derived_keys import plugin_key
from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.reading import first_text, joined, mapping, text, texts
from event_service.parsers.seam import Body, Options, Source


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result of severity INFO; repository and tag are the key."""
    push = mapping(body.get("push_data"))
    repository = mapping(body.get("repository"))
    name = first_text(
        repository.get("repo_name"),
        joined(repository.get("namespace"), repository.get("name"), by="/"),
    )
    tag = text(push.get("tag"))
    image = joined(name, tag, by=":")
    # In the words of SpaceONE's plugin.
    pushed = joined("New image", tag and f"tag({tag})", "has been pushed", name and f"to {name}")
    title = image and pushed
    result = {
        "event_key": plugin_key(name, tag) if name and tag else None,
        "event_type": "ALERT",
        "title": title,
        "description": title,
        "severity": "INFO",
        "resource": {"name": image},
        "occurred_at": from_epoch_or_text(push.get("pushed_at")),
        "additional_info": texts(
            {
                "repo_url": repository.get("repo_url"),
                "repo_name": name,
                "namespace": repository.get("namespace"),
                "tag": tag,
                "pusher": push.get("pusher"),
            }
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it has a push of a tag and the repository that it went to."""
    push = mapping(body.get("push_data"))
    return "tag" in push and "repo_name" in mapping(body.get("repository"))


SOURCE = Source(
    name="dockerhub",
    parse=parse,
    recognises=recognises,
    looks_like="Docker Hub's webhook, with push_data of a tag and a repository",
    marks=frozenset({"push_data"}),
    plugin_ids=("plugin-dockerhub-mon-webhook",),
)
