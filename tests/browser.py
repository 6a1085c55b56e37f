"""Headless Chromium over its debugging pipe: what a person would see, do and be told."""

import json
import os
import selectors
import shutil
import subprocess
import time
from contextlib import contextmanager

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
TIMEOUT_S = 30


class Browser:
    """One browser with one window. Its complaints (errors, refused resources) are in `complaints`."""

    def __init__(self, process, to_browser, from_browser):
        self._process, self._out, self._in = process, to_browser, from_browser
        self._selector = selectors.DefaultSelector()
        self._selector.register(from_browser, selectors.EVENT_READ)
        self._buffer, self._count, self._session = b"", 0, None
        self.events = []
        self.complaints = []

    def open_window(self):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Audits"):
            self.send(f"{domain}.enable")

    def go(self, url, width=1000, *, height=800, dark=False, script=True, motion=True):
        """Show an address and wait until it is there with all that belongs to it."""
        self.events.clear()
        self.complaints.clear()
        is_phone = width < 600
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=is_phone,
        )
        features = {"prefers-color-scheme": "dark" if dark else "light"}
        features["prefers-reduced-motion"] = "no-preference" if motion else "reduce"
        self.send(
            "Emulation.setEmulatedMedia",
            features=[{"name": name, "value": value} for name, value in features.items()],
        )
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def run(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key):
        code = {"Tab": 9, "Enter": 13, "Space": 32, "ArrowRight": 39}[key]
        given = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code}
        text = {"Enter": "\r", "Space": " "}.get(key)
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.send("Input.dispatchKeyEvent", **given, **down)
        self.send("Input.dispatchKeyEvent", **given, type="keyUp")

    def picture(self):
        """A PNG of the whole page, as base64."""
        return self.send("Page.captureScreenshot", captureBeyondViewport=True)["data"]

    def send(self, method, **params):
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + TIMEOUT_S
        while (answer := self._next(deadline)).get("id") != self._count:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def wait_for(self, method):
        deadline = time.monotonic() + TIMEOUT_S
        while not any(event["method"] == method for event in self.events):
            self._next(deadline)

    def _next(self, deadline):
        while b"\0" not in self._buffer:
            left_s = max(deadline - time.monotonic(), 0)
            assert self._selector.select(left_s), "the browser does not answer"
            read = os.read(self._in, 1 << 20)
            assert read, "the browser is gone"
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(line)
        if "method" in message:
            self._notice(message)
        return message

    def _notice(self, event):
        self.events.append(event)
        params = event["params"]
        match event["method"]:
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(params["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(params["args"]))
            case "Audits.issueAdded" if params["issue"]["code"] == "ContentSecurityPolicyIssue":
                self.complaints.append(str(params["issue"]["details"]))


@contextmanager
def running_browser(folder):
    """A browser with its profile in `folder`."""
    there, to_browser = os.pipe()
    from_browser, back = os.pipe()
    # The browser reads from 3 and writes to 4, whatever these numbers are here.
    shell = f'exec "$@" 3<&{there} 4>&{back} {there}<&- {back}>&-'
    command = ["bash", "-c", shell, "browser", BROWSER, *FLAGS, f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        command,
        pass_fds=(there, back),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(there)
    os.close(back)
    browser = Browser(process, to_browser, from_browser)
    try:
        browser.open_window()
        yield browser
    finally:
        os.close(to_browser)
        os.close(from_browser)
        process.kill()
        process.wait()
