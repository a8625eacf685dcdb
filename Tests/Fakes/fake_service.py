"""What the fakes of this directory have in common: refusals, faults, requests, the server."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import secrets
import ssl
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Refusal(Exception):
    """What the service answers when it says no."""

    def __init__(self, status: int, code: str, message: str, headers: dict | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = headers or {}


def invalid(message: str) -> Refusal:
    return Refusal(400, "ValidationError", message)


def denied(message: str) -> Refusal:
    return Refusal(403, "AccessDenied", message)


@dataclasses.dataclass
class Fault:
    """One thing that goes wrong for the next `count` calls of `action` (`*`: any).

    Kinds that answer in place of the service: `503` and `500` (empty), `502` (HTML), `throttle`
    (with `retry_after`), `expired`, `garbage` (200 with HTML), `drop` (connection closed unread),
    `refuse` (with `status` and `code`).
    Kinds that act around it: `slow` (`seconds` before the work), `drop-after` (the work is done,
    a code is used up, and the connection closes without an answer), `skew` (the server's clock is
    `seconds` ahead, from now on), `hold` and `hold-after` (the call waits before or after the work,
    until `/__release`; then its connection closes without an answer), `meet` (two calls wait for
    each other before the work; one that stays alone is refused). The first `skip` calls pass.
    """

    kind: str
    action: str = "*"
    count: int = 1
    seconds: float = 0
    retry_after: str | None = None
    code: str = ""
    status: int = 400
    skip: int = 0


class Dropped(Exception):
    """The connection is closed without an answer."""


class Book:
    """What came in, what went out, and what is to go wrong."""

    def __init__(self, skew: float = 0) -> None:
        self.lock = threading.Lock()
        self.faults: list[Fault] = []
        self.handed_out: list[str] = []
        self.skew = skew
        self.held = 0
        self.release = threading.Event()
        self.meeting = threading.Barrier(2, timeout=20)
        self.reset()

    def reset(self) -> None:
        self.calls: collections.Counter[str] = collections.Counter()
        self.served: collections.Counter[str] = collections.Counter()
        self.log: list[dict] = []
        self.faults.clear()

    def now(self) -> float:
        return time.time() + self.skew

    def take_fault(self, action: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.action not in ("*", action):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def add_faults(self, faults: list[dict]) -> None:
        with self.lock:
            for text in faults:
                fault = Fault(**text)
                if fault.kind == "skew":
                    self.skew = fault.seconds
                else:
                    self.faults.append(fault)

    def hold(self) -> None:
        """Waits until a test lets go, and answers nothing."""
        with self.lock:
            self.held += 1
            release = self.release
        release.wait(60)
        raise Dropped

    def meet(self) -> None:
        """Waits for another call."""
        try:
            self.meeting.wait()
        except threading.BrokenBarrierError:
            raise Refusal(400, "Alone", "no other call came at the same time") from None

    def let_go(self) -> None:
        with self.lock:
            self.release.set()
            self.release = threading.Event()
            self.held = 0


@dataclasses.dataclass
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    query: str
    headers: dict[str, list[str]]
    body: bytes

    def one(self, name: str) -> str | None:
        values = self.headers.get(name)
        return values[0].strip() if values else None


class BookHandler(BaseHTTPRequestHandler):
    """Speaks HTTP, and lets a test read the book."""

    protocol_version = "HTTP/1.1"
    sys_version = ""
    timeout = 60
    # A header and a body are two writes; the second must not wait for the first one's receipt.
    disable_nagle_algorithm = True
    book: Book

    def log_message(self, *arguments) -> None:
        pass

    def date_time_string(self, timestamp=None) -> str:
        return super().date_time_string(self.book.now() if timestamp is None else timestamp)

    def read_book(self, path: str) -> bool:
        """Answers what a test asks about the past; false when `path` is not about that."""
        with self.book.lock:
            found = {
                "/__calls": lambda: dict(self.book.calls),
                "/__served": lambda: dict(self.book.served),
                "/__log": lambda: list(self.book.log),
                "/__secrets": lambda: list(self.book.handed_out),
                "/__held": lambda: self.book.held,
            }.get(path)
            answer = found() if found else None
        if answer is not None:
            self.reply(200, json.dumps(answer).encode(), "application/json")
        return answer is not None

    def do_GET(self) -> None:
        if not self.read_book(self.path):
            self.reply(404, b"", "text/plain")

    def read_request(self) -> Request:
        """Reads the request that came in, its body included."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), []).append(value)
        path, _, query = self.path.partition("?")
        return Request(self.command, path, query, headers, body)

    def break_before(self, fault: Fault, entry: dict) -> bool:
        """Carries out a fault; true when the call is answered with it."""
        if fault.kind == "drop":
            entry["status"] = -1
            raise Dropped
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return False
        if fault.kind == "hold":
            entry["status"] = -1
            self.book.hold()
        if fault.kind == "meet":
            self.book.meet()
            return False
        if fault.kind in ("drop-after", "hold-after"):
            return False
        if fault.kind == "refuse":
            raise Refusal(fault.status, fault.code, "a fault of the test")
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        if fault.kind in ("500", "503"):
            entry["status"] = int(fault.kind)
            self.reply(int(fault.kind), b"", "text/plain", headers)
        elif fault.kind in ("502", "garbage"):
            entry["status"] = 502 if fault.kind == "502" else 200
            self.reply(
                entry["status"],
                b"<html><head><title>Gateway</title></head><body><p>Sorry</body></html>",
                "text/html",
                headers,
            )
        elif fault.kind == "throttle":
            raise Refusal(400, "Throttling", "Rate exceeded", headers)
        elif fault.kind == "expired":
            raise Refusal(
                403, "ExpiredToken", "The security token included in the request is expired"
            )
        else:
            raise Refusal(400, "InvalidAction", f"there is no fault called {fault.kind}")
        return True

    def break_after(self, fault: Fault | None, entry: dict) -> None:
        """Carries out the faults that leave a call without its answer."""
        if fault is None or fault.kind not in ("drop-after", "hold-after"):
            return
        entry["status"] = -1
        if fault.kind == "hold-after":
            self.book.hold()
        raise Dropped

    @staticmethod
    def request_id() -> str:
        digits = secrets.token_hex(16)
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def reply(self, status: int, body: bytes, kind: str, headers: dict | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # Hundreds of processes may come at the same moment.
    request_queue_size = 512

    def handle_error(self, request, client_address) -> None:
        # Clients that are killed or give up are what many tests are about.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def serve(handler: type[BookHandler], options: argparse.Namespace) -> Server:
    """Binds the port, with TLS when a certificate is named; `serve_forever` is the caller's."""
    server = Server(("127.0.0.1", options.port), handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def main(server: Server) -> None:
    """Says where the server is, and answers until it is interrupted."""
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)


class Running:
    """A fake in this process, and what a test asks of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def later(self, seconds: float) -> None:
        """Lets time pass for the fake, which nobody has to wait for."""
        self.server.RequestHandlerClass.book.skew += seconds

    def get(self, path: str):
        return json.load(urllib.request.urlopen(self.url + path))

    def post(self, path: str, data=None):
        """Posts JSON; returns what is answered, `None` when that is nothing."""
        with urllib.request.urlopen(self.url + path, json.dumps(data).encode()) as response:
            return json.loads(response.read() or b"null")
