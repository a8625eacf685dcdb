"""The services that give keys to a container and to an instance of EC2."""

from __future__ import annotations

import contextlib
import json
import pathlib
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EXPIRY = "2099-01-01T00:00:00Z"


class Handler(BaseHTTPRequestHandler):
    def answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments) -> None:
        pass


@contextlib.contextmanager
def served(handler: type[Handler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def container(keys: dict[str, str], token_file: pathlib.Path) -> Iterator[dict[str, str]]:
    """As of ECS and EKS; the variables that lead there."""
    token = secrets.token_hex(16)
    token_file.write_text(token)

    class Keys(Handler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != token:
                return self.answer(401, "{}")
            return self.answer(200, json.dumps(keys | {"Expiration": EXPIRY}))

    with served(Keys) as address:
        yield {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/keys",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token_file),
        }


@contextlib.contextmanager
def instance(keys: dict[str, str], role: str) -> Iterator[dict[str, str]]:
    """As of EC2, where version 1 is switched off; the variables that lead there."""
    token = secrets.token_urlsafe(40)
    path = "/latest/meta-data/iam/security-credentials/"

    class Metadata(Handler):
        def do_PUT(self) -> None:
            if "X-Forwarded-For" in self.headers:
                return self.answer(403)
            lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if not lifetime.isdigit() or not 1 <= int(lifetime) <= 21600:
                return self.answer(400)
            return self.answer(200 if self.path == "/latest/api/token" else 404, token)

        def do_GET(self) -> None:
            if self.headers.get("X-aws-ec2-metadata-token") != token:
                return self.answer(401)
            if self.path == path:
                return self.answer(200, role)
            if self.path != path + role:
                return self.answer(404)
            document = {"Code": "Success", "Type": "AWS-HMAC", "Expiration": EXPIRY}
            return self.answer(200, json.dumps(document | keys))

    with served(Metadata) as address:
        yield {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": address,
            "AWS_EC2_METADATA_DISABLED": None,
        }
