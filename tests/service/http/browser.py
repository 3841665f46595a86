"""A real browser without a window, driven by its own protocol over a pipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1000",
)


class Page:
    """One page of a browser. ``requests`` are the addresses that it asked for."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = os.fdopen(to_browser, "wb", buffering=0)
        self._in = os.fdopen(from_browser, "rb")
        self._last = 0
        self._loaded = False
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[Any] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go to an address, and be there."""
        self._loaded = False
        self._ask("Page.navigate", url=url)
        while not self._loaded:
            self._note(self._read())

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression, waited for if it is a promise."""
        told = self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Return once an expression is true, which its page must see to within a minute."""
        self.evaluate(
            "new Promise((done, fail) => {"
            " const late = setTimeout(() => fail(new Error('it did not happen')), 60000);"
            f" const look = () => ({condition}) ? (clearTimeout(late), done())"
            " : requestAnimationFrame(look); look(); })"
        )

    def screenshot(self, file: Path) -> None:
        """Keep what the page looks like, as PNG."""
        file.write_bytes(b64decode(self._ask("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """Let go of the pipes; the browser ends then."""
        self._out.close()
        self._in.close()

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (told := self._read()).get("id") != self._last:
            self._note(told)
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    def _read(self) -> dict[str, Any]:
        read = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            assert byte, "the browser has ended"
            read += byte
        told: dict[str, Any] = json.loads(read)
        return told

    def _note(self, told: dict[str, Any]) -> None:
        match told.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])
            case "Runtime.exceptionThrown" | "Log.entryAdded":
                self.complaints.append(told["params"])


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A browser with a new profile, and a page of it."""
    assert CHROMIUM is not None
    browser_reads, we_write = os.pipe()
    we_read, browser_writes = os.pipe()
    # The browser expects its pipes at 3 and 4.
    shell = f'exec "$@" 3<&{browser_reads} 4>&{browser_writes}'
    command = ["bash", "-c", shell, "bash", CHROMIUM, *_OPTIONS]
    with subprocess.Popen(
        [*command, "--remote-debugging-pipe", f"--user-data-dir={profile}"],
        pass_fds=(browser_reads, browser_writes),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(browser_reads)
        os.close(browser_writes)
        page = Page(we_write, we_read)
        try:
            yield page
        finally:
            page.close()
            process.terminate()
