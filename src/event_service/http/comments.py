"""What the proto files say about their messages, fields and methods, for the documentation."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FileDescriptorProto

_PACKAGE: Final = "event_service.stubs"
_FILE: Final = "descriptors.binpb"
"""Written by the build (``hatch_build.py``): descriptors at run time have no comments."""

# Numbers of fields in descriptor.proto, which a place in a file is made of.
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM = 2, 3, 4
_ENUM_VALUE = 2
_SERVICE_METHOD = 2

_Place = tuple[int, ...]


def read_comments() -> Mapping[str, str]:
    """Full names of what has a comment, with the comment as one paragraph."""
    content = (files(_PACKAGE) / _FILE).read_bytes()
    comments: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(content).file:
        told = {
            tuple(location.path): " ".join(location.leading_comments.split())
            for location in file.source_code_info.location
            if location.leading_comments
        }
        for place, name in _named(file):
            if place in told:
                comments[name] = told[place]
    return comments


def _named(file: FileDescriptorProto) -> Iterator[tuple[_Place, str]]:
    for index, message in enumerate(file.message_type):
        yield from _in_message(message, (_FILE_MESSAGE, index), file.package)
    for index, enum in enumerate(file.enum_type):
        yield from _in_enum(enum, (_FILE_ENUM, index), file.package)
    for index, service in enumerate(file.service):
        place, name = (_FILE_SERVICE, index), f"{file.package}.{service.name}"
        yield place, name
        for number, method in enumerate(service.method):
            yield (*place, _SERVICE_METHOD, number), f"{name}.{method.name}"


def _in_message(
    message: DescriptorProto, place: _Place, outer: str
) -> Iterator[tuple[_Place, str]]:
    name = f"{outer}.{message.name}"
    yield place, name
    for index, field in enumerate(message.field):
        yield (*place, _MESSAGE_FIELD, index), f"{name}.{field.name}"
    for index, inner in enumerate(message.nested_type):
        yield from _in_message(inner, (*place, _MESSAGE_NESTED, index), name)
    for index, enum in enumerate(message.enum_type):
        yield from _in_enum(enum, (*place, _MESSAGE_ENUM, index), name)


def _in_enum(enum: EnumDescriptorProto, place: _Place, outer: str) -> Iterator[tuple[_Place, str]]:
    name = f"{outer}.{enum.name}"
    yield place, name
    for index, value in enumerate(enum.value):
        yield (*place, _ENUM_VALUE, index), f"{name}.{value.name}"
