"""Which HTTP calls a method takes, as its ``google.api.http`` annotation says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from google.api import annotations_pb2

from event_service.errors import InvalidParameterType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

    from event_service.servicer.method import Method

_VERBS = ("get", "put", "post", "delete", "patch")
_VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)(?:=\*)?\}")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~-]+|\{[^{}/]+\}))+")
WHOLE_BODY = "*"
BOOLEANS: Final = {"true": True, "false": False}
"""How a path or a query writes a boolean."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One way to call a method over HTTP.

    ``path`` holds its ``variables`` in braces; a variable is a field of the request, dotted where
    it lies deeper. ``body`` is the field that the body stands for, ``*`` for the whole request, or
    empty for none; what neither path nor body give comes from the query.
    """

    method: Method
    verb: str
    path: str
    variables: tuple[str, ...]
    body: str

    def request(
        self,
        path: Mapping[str, str],
        query: Iterable[tuple[str, str]],
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """The request as a JSON object. Raises InvalidParameterType for a member of no object.

        ``body`` is the object of the body, if there was one.
        """
        kind = cast("Descriptor", self.method.request.DESCRIPTOR)
        fields: dict[str, Any] = {}
        if body is not None and self.body:
            fields = dict(body) if self.body == WHOLE_BODY else {self.body: dict(body)}
        if self.body != WHOLE_BODY:
            for name, value in query:
                _place(fields, kind, name, value)
        for name in self.variables:
            _place(fields, kind, name, path[name])
        return fields


def bindings_of(methods: Iterable[Method]) -> Sequence[Binding]:
    """Every HTTP call of those methods that have an annotation.

    Raises ValueError for an annotation that can't be served, and KeyError for a method whose
    descriptor is not loaded.
    """
    return [
        _binding(method, rule) for method in methods for rule in _rules(method_descriptor(method))
    ]


def method_descriptor(method: Method) -> MethodDescriptor:
    """The descriptor of a method, of the pool that its request comes from."""
    pool = method.request.DESCRIPTOR.file.pool
    service = pool.FindServiceByName(method.service)
    return cast("MethodDescriptor", service.methods_by_name[method.name])


def _rules(descriptor: MethodDescriptor) -> Iterable[Any]:
    options = descriptor.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return
    rule = options.Extensions[annotations_pb2.http]
    yield rule
    yield from rule.additional_bindings


def _binding(method: Method, rule: Any) -> Binding:
    verb = rule.WhichOneof("pattern")
    template = getattr(rule, verb) if verb in _VERBS else ""
    path = _VARIABLE.sub(r"{\1}", template)
    variables = tuple(_VARIABLE.findall(template))
    # Of the template language, what stands for more than one segment is left: nobody uses it here.
    if not _PATH.fullmatch(template) or path.count("{") != len(variables):
        raise ValueError(f"{method.path}: no HTTP path that can be served: {template!r}")
    return Binding(method, verb.upper(), path, variables, rule.body)


def _place(fields: dict[str, Any], kind: Descriptor, name: str, text: str) -> None:
    """Put a text where a dotted name says; a name that the message hasn't is passed over."""
    first, _, rest = name.partition(".")
    field = kind.fields_by_name.get(first) or kind.fields_by_camelcase_name.get(first)
    if field is None:
        return
    if rest and field.message_type is not None and not field.is_repeated:
        inner = fields.setdefault(field.name, {})
        if not isinstance(inner, dict):
            raise InvalidParameterType(field.name, "an object")
        _place(inner, field.message_type, rest, text)
    elif not rest and field.is_repeated:
        fields.setdefault(field.name, []).append(_scalar(field, text))
    elif not rest:
        fields[field.name] = _scalar(field, text)


def _scalar(field: FieldDescriptor, text: str) -> str | bool:
    if field.type == field.TYPE_BOOL and text in BOOLEANS:
        return BOOLEANS[text]
    return text
