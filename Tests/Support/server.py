"""Servers that one test, or one run, has to itself."""

from __future__ import annotations

import os
import pathlib
import socket
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import PATIENCE, wait_for


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def served_by_tls(
    answer: Callable[[BaseHTTPRequestHandler], None],
    certificate: tuple[pathlib.Path, pathlib.Path],
    methods: tuple[str, ...] = ("GET",),
) -> ThreadingHTTPServer:
    """A server on a port of 127.0.0.1 that lets `answer` answer these methods, already running."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments) -> None:
            pass

    for method in methods:
        setattr(Handler, f"do_{method}", answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Server:
    """A program that answers HTTP on a port of 127.0.0.1 until the test is over."""

    def __init__(
        self,
        arguments: list[str],
        port: int,
        probe: str,
        log: pathlib.Path,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"PATH": os.environ["PATH"], "HOME": str(log.parent), **(environment or {})},
            )
        wait_for(
            lambda: self.process.poll() is not None or self._answers(probe),
            "the server does not answer",
            PATIENCE,
        )
        assert self.process.poll() is None, f"the server did not start:\n{log.read_text()}"

    def _answers(self, probe: str) -> bool:
        try:
            self.get(probe)
        except OSError:
            return False
        return True

    def get(self, path: str) -> bytes:
        # A proxy of the machine must not stand between the tests and their own servers.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=10) as response:
            return response.read()

    def post(self, path: str, body: bytes = b"") -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            self.url + path, data=body, method="POST", headers={"Content-Type": "text/plain"}
        )
        with opener.open(request, timeout=10) as response:
            return response.read()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
