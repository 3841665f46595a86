"""Prometheus and Alertmanager as Debian has them, with one rule over one number of the test's."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PROMETHEUS = shutil.which("prometheus")
ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")

_LISTENING = re.compile(r'"?Listening on"? address=\S*:(?P<port>[0-9]+)')

_RULES = """
    groups:
      - name: pressure
        rules:
          - alert: PressureHigh
            expr: pressure_bar > 5
            labels:
              severity: critical
            annotations:
              summary: Pressure of {{ $labels.vessel }} is high
              description: It has {{ $value }} bar.
              runbook_url: https://runbooks.example/pressure
"""
_PROMETHEUS = """
    global:
      scrape_interval: 100ms
      scrape_timeout: 100ms
      evaluation_interval: 100ms
    rule_files: [rules.yml]
    alerting:
      alertmanagers:
        - static_configs: [{targets: ["127.0.0.1:%(alertmanager)s"]}]
    scrape_configs:
      - job_name: vessels
        static_configs: [{targets: ["127.0.0.1:%(metrics)s"]}]
"""
_ALERTMANAGER = """
    route:
      receiver: events
      group_by: [alertname]
      group_wait: 100ms
      group_interval: 200ms
      repeat_interval: 1h
    receivers:
      - name: events
        webhook_configs:
          - url: %(url)s
            send_resolved: true
            http_config: %(http_config)s
"""


@dataclass
class Pressure:
    """The number that Prometheus reads, of the vessel ``boiler-1``."""

    bar: float = 9.0

    def read(self) -> bytes:
        return f'# TYPE pressure_bar gauge\npressure_bar{{vessel="boiler-1"}} {self.bar}\n'.encode()


class _Child:
    """A program whose log is read to its end, so that it never waits for a reader."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._listening = threading.Event()
        self._port = ""
        self._log: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def port(self) -> str:
        """Where it says that it listens, once it does."""
        assert self._listening.wait(60)
        assert self._port, "it did not start:\n" + "".join(self._log)
        return self._port

    def end(self) -> None:
        """kill -9, and wait for the end."""
        self._process.kill()
        self._process.wait(60)
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as log:
            for line in log:
                self._log.append(line)
                found = _LISTENING.search(line)
                if found is not None and not self._port:
                    self._port = found["port"]
                    self._listening.set()
        self._listening.set()


@contextmanager
def sending(directory: Path, url: str, credentials: str | None) -> Iterator[Pressure]:
    """Both programs at work, sending to ``url`` until the end; the number is high at first.

    ``credentials`` go into ``Authorization: Bearer``, where they are not None.
    """
    assert PROMETHEUS is not None
    assert ALERTMANAGER is not None
    pressure = Pressure()
    http_config = (
        "{}" if credentials is None else f"{{authorization: {{credentials: {credentials}}}}}"
    )
    with ExitStack() as stack:
        metrics = stack.enter_context(_served(pressure))
        _write(
            directory, "alertmanager.yml", _ALERTMANAGER % {"url": url, "http_config": http_config}
        )
        alertmanager = _started(
            stack,
            [
                ALERTMANAGER,
                f"--config.file={directory / 'alertmanager.yml'}",
                f"--storage.path={directory / 'alertmanager'}",
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=",
            ],
        )
        ports = {"alertmanager": alertmanager.port(), "metrics": metrics}
        _write(directory, "rules.yml", _RULES)
        _write(directory, "prometheus.yml", _PROMETHEUS % ports)
        prometheus = _started(
            stack,
            [
                PROMETHEUS,
                f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'prometheus'}",
                "--web.listen-address=127.0.0.1:0",
            ],
        )
        prometheus.port()
        yield pressure


def _write(directory: Path, name: str, text: str) -> None:
    (directory / name).write_text(dedent(text))


def _started(stack: ExitStack, command: Sequence[str]) -> _Child:
    child = _Child(command)
    stack.callback(child.end)
    return child


@contextmanager
def _served(pressure: Pressure) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(pressure.read())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Nothing: there is a line ten times a second."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
