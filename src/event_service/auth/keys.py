"""Where the public keys of domains come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from event_service.auth.jwk import VerificationKey


class KeySource(Protocol):
    """The keys that sign the tokens of a domain. Safe to use from many threads."""

    def keys(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        """The keys that a token of the domain with this key id can be signed with.

        None at all for an unknown domain or key id. Raises Unavailable when that can't be found
        out now.
        """
        ...

    def renewed(self, domain_id: str, kid: str | None) -> tuple[VerificationKey, ...]:
        """The same, asked when ``keys`` gave none, or none that the signature fits.

        A source that keeps answers asks again, if it hasn't just done so.
        """
        ...


def matching(keys: Iterable[VerificationKey], kid: str | None) -> tuple[VerificationKey, ...]:
    """Those of ``keys`` that a token with the key id ``kid`` can be signed with.

    A token without an id fits every key, and a key without one every token: SpaceONE names
    neither.
    """
    return tuple(key for key in keys if kid is None or key.kid is None or key.kid == kid)
