"""Where the public keys of domains come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from event_service.auth.jwk import VerificationKey


class KeySource(Protocol):
    """The keys that sign the tokens of a domain. Safe to use from many threads.

    A LoadingCache of what somebody else tells is one.
    """

    def get(self, domain_id: str, /) -> tuple[VerificationKey, ...] | None:
        """The keys of the domain, None for an unknown one.

        Raises Unavailable when that can't be found out now.
        """
        ...

    def renew(self, domain_id: str, /) -> tuple[VerificationKey, ...] | None:
        """The same, asked when ``get`` gave none that the signature fits.

        A source that keeps answers asks again, if it hasn't just done so.
        """
        ...
