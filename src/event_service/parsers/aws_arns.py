"""What an Amazon resource name tells: ``arn:aws:sns:<region>:<account>:<resource>``."""

_REGION, _ACCOUNT, _PARTS = 3, 4, 6


def region_of(arn: str | None) -> str | None:
    """The region, or None for what has none or is no resource name."""
    return _part(arn, _REGION)


def account_of(arn: str | None) -> str | None:
    """The account, or None for what has none or is no resource name."""
    return _part(arn, _ACCOUNT)


def _part(arn: str | None, place: int) -> str | None:
    parts = (arn or "").split(":")
    return parts[place] or None if len(parts) >= _PARTS else None
