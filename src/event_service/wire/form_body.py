"""A JSON body that comes as the ``payload`` of a form, as GitHub sends it unless told otherwise."""

from __future__ import annotations

import re
from typing import Final

# No JSON begins so, and not all who send a form say that it is one.
_FORM: Final = b"payload="
# A longer run would be remembered by its parts until its end is found.
_ESCAPES: Final = re.compile(rb"(?:%[0-9A-Fa-f]{2}){1,256}")


def without_form(body: bytes) -> bytes:
    """What a form has as its ``payload``; what is no form as it is.

    A percent sign that begins no escape stays. Takes a small multiple of the body's size:
    ``urllib.parse`` makes an object of each escape, hundreds of megabytes of a few.
    """
    if not body.startswith(_FORM):
        return body
    text = body.removeprefix(_FORM).partition(b"&")[0].replace(b"+", b" ")
    plain = bytearray()
    end = 0
    for escapes in _ESCAPES.finditer(text):
        plain += text[end : escapes.start()]
        plain += bytes.fromhex(escapes[0].replace(b"%", b"").decode())
        end = escapes.end()
    return bytes(plain + text[end:])
