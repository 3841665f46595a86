"""Public keys from a file that is changed while the service runs."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from event_service.auth.jwks import MAX_DOCUMENT_BYTES, JwksFile, read_document
from tests.auth.issuer import Issuer, rsa_key

if TYPE_CHECKING:
    from pathlib import Path

    from structlog.typing import EventDict

OTHER = Issuer(rsa_key("domain-b"), kid="other")


@pytest.fixture
def path(tmp_path: Path, issuer: Issuer) -> Path:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"domain-a": issuer.jwk()}))
    return path


def ids(source: JwksFile, domain_id: str = "domain-a") -> list[str | None]:
    return [key.kid for key in source.get(domain_id) or ()]


def test_one_key_and_sets(path: Path, issuer: Issuer) -> None:
    document = {"domain-a": issuer.jwk(), "domain-b": {"keys": [issuer.jwk(), OTHER.jwk()]}}
    path.write_text(json.dumps(document))
    source = JwksFile(path)
    assert ids(source) == ["key-1"]
    assert ids(source, "domain-b") == ["key-1", "other"]
    assert ids(source, "domain-c") == []
    assert source.renew("domain-a") == source.get("domain-a")


def test_ten_thousand_domains_whose_keys_are_being_rotated(issuer: Issuer) -> None:
    keys = {"keys": [issuer.jwk(), OTHER.jwk()]}
    domains = {f"domain-{number:012x}": keys for number in range(10_000)}
    assert read_document(json.dumps(domains).encode()).keys() == domains.keys()


def test_a_change_is_seen_at_the_next_call(path: Path) -> None:
    source = JwksFile(path)
    assert ids(source) == ["key-1"]
    path.write_text(json.dumps({"domain-a": {"keys": [OTHER.jwk()]}}))
    assert ids(source) == ["other"]
    replacement = path.with_name("new.json")
    replacement.write_text(json.dumps({"domain-b": OTHER.jwk()}))
    replacement.replace(path)
    assert ids(source) == []
    assert ids(source, "domain-b") == ["other"]


def test_a_change_is_seen_that_leaves_size_and_time_as_they_were(path: Path) -> None:
    source = JwksFile(path)
    assert ids(source) == ["key-1"]
    before, text = path.stat(), path.read_text().replace("key-1", "key-2")
    while path.stat().st_ctime_ns == before.st_ctime_ns:
        path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert ids(source) == ["key-2"]


def test_a_file_that_has_not_changed_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = JwksFile(path)
    monkeypatch.setattr("event_service.auth.jwks.read_document", lambda _: {})
    assert ids(source) == ["key-1"]


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null"])
def test_a_broken_edition_leaves_the_last_in_force(
    path: Path, text: str, log: list[EventDict]
) -> None:
    source = JwksFile(path)
    good = path.read_text()
    path.write_text(text)
    assert [ids(source) for _ in range(3)] == [["key-1"]] * 3
    assert [line["log_level"] for line in log] == ["error"]
    path.write_text(good.replace("key-1", "key-2"))
    assert ids(source) == ["key-2"]


def test_a_file_that_goes_away_and_comes_back(path: Path, log: list[EventDict]) -> None:
    source = JwksFile(path)
    text = path.read_text()
    path.unlink()
    assert [ids(source) for _ in range(3)] == [["key-1"]] * 3
    assert len(log) == 1
    path.write_text(text.replace("key-1", "key-2"))
    assert ids(source) == ["key-2"]
    path.unlink()
    assert [ids(source) for _ in range(3)] == [["key-2"]] * 3
    assert len(log) == 2


def test_the_first_edition_must_be_good(tmp_path: Path, issuer: Issuer) -> None:
    with pytest.raises(FileNotFoundError):
        JwksFile(tmp_path / "nowhere.json")
    path = tmp_path / "jwks.json"
    for document in (issuer.jwk(), {"keys": [issuer.jwk()]}, [issuer.jwk()], None):
        path.write_text(json.dumps(document))
        with pytest.raises(ValueError, match="keyed by domain"):
            JwksFile(path)


def test_a_pipe_is_not_waited_for(path: Path) -> None:
    source = JwksFile(path)
    path.unlink()
    os.mkfifo(path)
    assert ids(source) == ["key-1"]
    with pytest.raises(OSError, match="not a regular file"):
        JwksFile(path)


def test_a_broken_domain_does_not_take_the_others_with_it(
    issuer: Issuer, log: list[EventDict]
) -> None:
    document = {"domain-a": issuer.jwk(), "domain-b": {"kty": "oct", "k": "c2VjcmV0"}}
    assert list(read_document(json.dumps(document).encode())) == ["domain-a"]
    assert [line["domain_id"] for line in log] == ["domain-b"]
    assert "c2VjcmV0" not in str(log)


def test_documents_are_bounded() -> None:
    with pytest.raises(ValueError, match="more than"):
        read_document(b"{" + b" " * MAX_DOCUMENT_BYTES + b"}")
    with pytest.raises(ValueError, match="not JSON"):
        read_document(b"[" * 100_000)
