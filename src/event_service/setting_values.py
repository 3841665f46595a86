"""How the text of an environment variable becomes the value of a setting."""

import json
from typing import Annotated

from pydantic import BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from event_service.quota import Quota


def lower(value: object) -> object:
    """A text in lower case; anything else as it is."""
    return value.lower() if isinstance(value, str) else value


def upper(value: object) -> object:
    """A text in upper case; anything else as it is."""
    return value.upper() if isinstance(value, str) else value


def from_json(value: object) -> object:
    """What a text says as JSON; anything else as it is. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("must be JSON") from None


def _quota(value: object) -> object:
    return Quota.parse(value) if isinstance(value, str) else value


Quotable = Annotated[Quota | None, NoDecode, BeforeValidator(_quota)]


def with_scheme(value: SecretStr | None, schemes: tuple[str, ...]) -> SecretStr | None:
    """An address with one of those schemes. Raises ValueError for any other."""
    # Only so far as this: what takes an address apart repeats what it can't read of it.
    if value is not None and value.get_secret_value().partition("://")[0].lower() not in schemes:
        raise ValueError("must begin with " + ", ".join(f"{scheme}://" for scheme in schemes))
    return value
