"""Our proto files are the published ones, and live beside them in one process (CONTRACT 1.1)."""

import subprocess
import sys

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

OURS = "event_service.stubs"
MODULES = [
    "spaceone.api.core.v2.query_pb2",
    "spaceone.api.monitoring.v1.event_pb2",
    "spaceone.api.monitoring.v1.webhook_pb2",
    "spaceone.api.monitoring.v1.alert_pb2",
    "spaceone.api.monitoring.plugin.event_pb2",
    "spaceone.api.monitoring.plugin.webhook_pb2",
]


def run(program: str) -> str:
    """What a fresh interpreter prints; a descriptor pool can't be emptied within a process."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def descriptor(module: str) -> FileDescriptorProto:
    # The bytes in the generated module, not those of the pool: if both were loaded into one pool,
    # the second would be answered with the first.
    program = f"import {module} as m; print(m.DESCRIPTOR.serialized_pb.hex())"
    return FileDescriptorProto.FromString(bytes.fromhex(run(program)))


@pytest.mark.parametrize("module", MODULES)
def test_equals_the_published_file(module: str) -> None:
    ours, published = descriptor(f"{OURS}.{module}"), descriptor(module)
    for file in (ours, published):
        file.ClearField("source_code_info")
    assert [m.name for m in ours.message_type] == [m.name for m in published.message_type]
    for mine, theirs in zip(ours.message_type, published.message_type, strict=True):
        assert mine == theirs
    assert list(ours.service) == list(published.service)
    assert ours == published


@pytest.mark.parametrize("module", MODULES)
def test_one_service_per_file_in_lower_case(module: str) -> None:
    file = descriptor(f"{OURS}.{module}")
    assert len(file.service) == (0 if "query" in module else 1)
    for service in file.service:
        assert all(method.name == method.name.lower() for method in service.method)


@pytest.mark.parametrize("order", [["", f"{OURS}."], [f"{OURS}.", ""]], ids=["theirs", "ours"])
def test_both_load_in_one_process(order: list[str]) -> None:
    names = [f"{prefix}{module}" for prefix in order for module in MODULES]
    program = f"""
from importlib import import_module
for name in {names!r}:
    import_module(name)
    if not name.endswith("query_pb2"):
        import_module(name + "_grpc")
first, second = (import_module(p + "spaceone.api.monitoring.v1.event_pb2") for p in {order!r})
assert first is not second
sent = first.EventInfo(event_id="event-1", raw_data={{"a": [1, None]}})
sent_back = second.EventInfo.FromString(sent.SerializeToString())
assert sent_back.raw_data["a"][0] == 1, sent_back
second.EventsInfo(results=[second.EventInfo(event_id="event-1")])
"""
    run(program)
