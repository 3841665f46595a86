"""How long tests have a service wait for stores that are well."""

from typing import Final

STORE_TIMEOUT_SECONDS: Final = 20
"""Of Redis it waits for a fifth of that. Where both stand on a busy machine any of them may stand
still for a second or two, and what a service does then is not what most tests are about.
"""
