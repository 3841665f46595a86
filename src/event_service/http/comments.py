"""What the proto files say about their messages, fields and methods, for the documentation."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor_pb2 import FileDescriptorSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

_PACKAGE: Final = "event_service.stubs"
_FILE: Final = "descriptors.binpb"
"""Written by the build (``hatch_build.py``): descriptors at run time have no comments."""


def read_comments() -> Mapping[str, str]:
    """Full names of what has a comment, with the comment as one paragraph."""
    content = (files(_PACKAGE) / _FILE).read_bytes()
    return {
        name: " ".join(location.leading_comments.split())
        for file in FileDescriptorSet.FromString(content).file
        for location in file.source_code_info.location
        if location.leading_comments and (name := _name_at(file, location.path))
    }


def _name_at(file: FileDescriptorProto, place: Sequence[int]) -> str | None:
    """The full name of what is at a place of a file: numbers of fields in descriptor.proto, each
    with an index. None for what has no name, such as an option.
    """
    if len(place) % 2:
        return None
    names = [file.package]
    here: Any = file
    for number, index in zip(place[::2], place[1::2], strict=True):
        field = here.DESCRIPTOR.fields_by_number[number]
        kind = field.message_type
        if not field.is_repeated or kind is None or "name" not in kind.fields_by_name:
            return None
        here = getattr(here, field.name)[index]
        names.append(here.name)
    return ".".join(names)
