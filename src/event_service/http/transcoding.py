"""Which path a method has over HTTP, as its ``google.api.http`` annotation says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from google.api import annotations_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from google.protobuf.descriptor import MethodDescriptor

    from event_service.servicer.method import Method

_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_WHOLE_BODY: Final = "*"


@dataclass(frozen=True, slots=True)
class Binding:
    """A method and the path that its requests are posted to, each as a body."""

    method: Method
    path: str


def bindings_of(methods: Iterable[Method]) -> Sequence[Binding]:
    """The paths of those methods that have an annotation.

    All that the published API annotates is posted so (CONTRACT 1.1), and nothing else is taken.
    Raises ValueError for another annotation, and KeyError for a method whose descriptor is not
    loaded.
    """
    annotated = ((method, method_descriptor(method).GetOptions()) for method in methods)
    return [
        Binding(method, _path(method, options.Extensions[annotations_pb2.http]))
        for method, options in annotated
        if options.HasExtension(annotations_pb2.http)
    ]


def method_descriptor(method: Method) -> MethodDescriptor:
    """The descriptor of a method, of the pool that its request comes from."""
    pool = method.request.DESCRIPTOR.file.pool
    service = pool.FindServiceByName(method.service)
    return cast("MethodDescriptor", service.methods_by_name[method.name])


def _path(method: Method, rule: Any) -> str:
    path: str = rule.post
    if not _PATH.fullmatch(path) or rule.body != _WHOLE_BODY or rule.additional_bindings:
        raise ValueError(f"{method.path}: no HTTP path that can be served: {rule}")
    return path
