"""What a secret among the settings says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import SecretStr


def text_of(secret: SecretStr | None) -> str | None:
    """The text, which from here on nothing keeps from being printed; None where none is set."""
    return None if secret is None else secret.get_secret_value()
