"""How large a document may be in the database."""

from __future__ import annotations

from typing import Final

MOST_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
"""MongoDB's own limit, for what is stored and for each result of a query."""
