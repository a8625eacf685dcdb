#!/usr/bin/env python3
"""A person at a real browser: a headless Chromium that opens a page and clicks a button.

    BROWSER="python browser.py --click allow --log FILE %s"

It speaks the DevTools protocol over two pipes, finds the button, clicks it with the mouse, waits
until the page that follows is there, and writes `opened URL-without-query` and
`ended TITLE: TEXT` to FILE. Without `--click` it only opens the page; with `--plain` no browser
is started, and redirects are followed as curl does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PATIENCE = 40


def program() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/bin")
        if found:
            return found
    sys.exit("chromium is not installed: run scripts/install-dependencies test")


class Chromium:
    """One headless browser with one page."""

    def __init__(self) -> None:
        # Its sockets are in here, whose names may have 108 bytes; a test's directory is too long.
        self.profile = tempfile.mkdtemp(prefix="chromium-", dir="/tmp")
        to_browser, self.write = os.pipe()
        self.read, from_browser = os.pipe()

        def wire() -> None:
            # Numbers 3 and 4 are where it listens and speaks; they may be in use for the others.
            left, right = os.dup(to_browser), os.dup(from_browser)
            os.dup2(left, 3)
            os.dup2(right, 4)

        self.process = subprocess.Popen(
            [
                program(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-proxy-server",
                "--disable-component-update",
                f"--user-data-dir={self.profile}",
                "--remote-debugging-pipe",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.profile, "TMPDIR": self.profile},
            close_fds=False,
            preexec_fn=wire,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        self.number = 0
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(item["targetId"] for item in targets if item["type"] == "page")
        self.session = None
        self.session = self.ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]

    session: str | None = None

    def ask(self, method: str, **parameters) -> dict:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            text, found, self.rest = self.rest.partition(b"\0")
            if not found:
                more = os.read(self.read, 65536)
                if not more:
                    raise RuntimeError("the browser went away")
                self.rest = text + more
                continue
            answer = json.loads(text)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def evaluate(self, expression: str):
        try:
            return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)[
                "result"
            ].get("value")
        except RuntimeError:
            # Between two pages there is nobody to ask.
            return None

    def wait(self, expression: str):
        """The first value of the expression that is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            value = self.evaluate(expression)
            if value:
                return value
            time.sleep(0.05)
        raise RuntimeError(f"{expression} did not become true: {self.text()}")

    def open(self, url: str) -> None:
        failure = self.ask("Page.navigate", url=url).get("errorText")
        if failure:
            raise RuntimeError(failure)
        self.wait("location.href != 'about:blank' && document.readyState == 'complete'")

    def click(self, button: str) -> None:
        """Clicks as a mouse does, and waits until the button's page is gone."""
        place = self.wait(
            f"(() => {{ const e = document.getElementById({json.dumps(button)});"
            " if (!e) return null;"
            " const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )
        self.wait(
            f"document.readyState == 'complete' && !document.getElementById({json.dumps(button)})"
        )

    def text(self) -> str:
        return str(self.evaluate("document.title + ': ' + document.body.innerText"))

    def close(self) -> None:
        for number in (self.write, self.read):
            os.close(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def plainly(url: str) -> str:
    """What a program without windows sees."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=PATIENCE) as response:
            return f"plain: {response.read().decode(errors='replace')}"
    except urllib.error.HTTPError as error:
        return f"plain: {error.read().decode(errors='replace')}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--click", help="the id of the button")
    parser.add_argument("--log", help="where to write what was opened and seen")
    parser.add_argument("--plain", action="store_true", help="no browser")
    parser.add_argument("url")
    options = parser.parse_args()

    def note(text: str) -> None:
        if options.log:
            with open(options.log, "a", encoding="utf-8") as file:
                file.write(" ".join(text.split()) + "\n")

    # Whatever happens, nothing is left running.
    signal.alarm(2 * PATIENCE)
    note(f"opened {options.url.partition('?')[0]}")
    if options.plain:
        note("ended " + plainly(options.url))
        return 0
    browser = Chromium()
    try:
        browser.open(options.url)
        if options.click:
            browser.click(options.click)
        note("ended " + browser.text())
    except (RuntimeError, OSError) as error:
        note(f"failed {error}")
        return 1
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
