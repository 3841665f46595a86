"""What says of what kind the parts of a google.protobuf.Struct, and those of BSON, are."""

from __future__ import annotations

from typing import Final

# Before a field of a message: its number * 8 + its wire type.
MEMBER: Final = 10
"""Of an entry of a Struct or a Value of a ListValue."""
KEY: Final = 10
KEYED_VALUE: Final = 18
NULL: Final = 8
NUMBER: Final = 17
TEXT: Final = 26
BOOLEAN: Final = 32
OBJECT: Final = 42
LIST: Final = 50

# Before a member of a document.
BSON_DOUBLE: Final = 1
BSON_TEXT: Final = 2
BSON_OBJECT: Final = 3
BSON_LIST: Final = 4
BSON_BOOLEAN: Final = 8
BSON_NULL: Final = 10
BSON_INT32: Final = 16
BSON_INT64: Final = 18

DOUBLE_BYTES: Final = 8
"""Of a number, here and there."""

ID: Final = b"_id"
"""The key that the driver writes first in a document, wherever it stands; in objects in it, not."""
