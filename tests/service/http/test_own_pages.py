"""Without tokens, nothing but the browser's word keeps other sites' pages out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.http.asking import Asking, asking

if TYPE_CHECKING:
    from tests.service.running import Start


@pytest.fixture(scope="module")
def open_(start_module: Start) -> Asking:
    return asking(start_module(no_auth=True))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:8080"},
        {"Host": ""},
        {"Host": "["},
        {"Host": "[::1"},
        {"Host": "[x]"},
        {"Origin": "http://["},
        {"Origin": "http://[x]"},
    ],
    ids=repr,
)
def test_other_sites(open_: Asking, headers: dict[str, str]) -> None:
    answer = open_.call("list", {}, headers)
    assert (answer.status, answer.code) == (403, "ERROR_PERMISSION_DENIED")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_our_own_page(open_: Asking, host: str) -> None:
    own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {"Host": host}, {"Host": host, "Origin": f"http://{host}"}):
        # Past the page's check the token is asked for: the service of the tests has one.
        assert open_.call("list", {}, headers).status == 401
