"""The claims of a SpaceONE token, version 2.0 (CONTRACT 2)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from event_service.errors import AuthenticateFailure

LEEWAY_SECONDS: Final = 60

# What ids of SpaceONE are made of, and nothing that could confuse a log or a message.
Id = Annotated[str, Field(pattern=r"^[!-~]{1,256}$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Claims(BaseModel):
    """What a token says of its bearer. Times are seconds since 1970; other claims are ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)

    typ: Literal["ACCESS_TOKEN", "CLIENT_SECRET", "SYSTEM_TOKEN"]
    own: Literal["USER", "APP", "SYSTEM"]
    did: Id
    ver: Literal["2.0"]
    exp: Seconds | None = None
    iat: Seconds
    nbf: Seconds | None = None
    rol: str | None = None
    wid: Id | None = None
    jti: Id | None = None
    permissions: list[str] | None = None
    projects: list[Id] | None = None

    @property
    def is_system(self) -> bool:
        """Whether this is a token of SpaceONE itself rather than of somebody in a domain."""
        return self.typ == "SYSTEM_TOKEN"

    @property
    def is_app(self) -> bool:
        """Whether the bearer is an app, whose permissions the identity service knows."""
        return self.own == "APP"


_OWNERS: Final = {
    "ACCESS_TOKEN": ("USER", "APP"),
    "CLIENT_SECRET": ("APP",),
    "SYSTEM_TOKEN": ("SYSTEM",),
}


def read_claims(payload: dict[str, object], now: float) -> Claims:
    """The claims of a token's payload, at the time ``now`` (seconds since 1970).

    An expiry is taken at its word; a clock that is up to 60 s ahead is forgiven. Only a system
    token may do without one: SpaceONE's identity service makes them so. Raises
    AuthenticateFailure, which names the claim and never shows its value.
    """
    try:
        claims = Claims.model_validate(payload)
    except ValidationError as fault:
        name = fault.errors(include_url=False, include_input=False)[0]["loc"][0]
        raise wrong_claim(name) from None
    if claims.own not in _OWNERS[claims.typ]:
        raise wrong_claim("own")
    if claims.exp is None and not claims.is_system:
        raise wrong_claim("exp")
    check_time(claims, now)
    return claims


def wrong_claim(name: object) -> AuthenticateFailure:
    """What the bearer is told of a claim."""
    return AuthenticateFailure(f"Token has a claim that is missing or wrong. (claim = {name})")


def check_time(claims: Claims, now: float) -> None:
    """Raises AuthenticateFailure when the claims don't hold at the time ``now``."""
    if claims.exp is not None and claims.exp <= now:
        raise AuthenticateFailure("Token has expired.")
    if max(claims.iat, claims.nbf or 0) > now + LEEWAY_SECONDS:
        raise AuthenticateFailure("Token is not valid yet.")
