"""A registry of images that takes the passwords of the fake ECR, and who logs in to it."""

from __future__ import annotations

import base64
import json
import pathlib
import time
from http.server import BaseHTTPRequestHandler

from server import served_by_tls
from services import StrictSTS
from world import World

HELPER = "docker-credential-atmos-auth"
HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"

IMAGES = """\
auth:
  realm: e2e
  identities:
    engineer: {kind: aws/user, credentials: {region: eu-west-1}}
    dev:
      kind: aws/assume-role
      default: true
      via: {identity: engineer}
      principal: {assume_role: "arn:aws:iam::123456789012:role/dev", region: eu-west-1}
  integrations:
    images:
      kind: aws/ecr
      via: {identity: dev}
      spec: {registry: {account_id: "123456789012", region: eu-west-1}}
"""


class AWSAPIs(StrictSTS):
    """The strict STS with ECR and EKS."""

    program = "aws_apis_fake.py"

    def passwords(self) -> dict[str, float]:
        return json.loads(self._server.get("/__passwords"))

    def count(self, action: str) -> int:
        return self.calls().get(action, 0)


class Registry:
    """The part of the registry API that reading a manifest takes, behind TLS."""

    def __init__(self, apis: AWSAPIs, certificate: tuple[pathlib.Path, pathlib.Path]) -> None:
        self.apis = apis
        self.asked: list[tuple[str, int]] = []
        self.server = served_by_tls(
            lambda request: self.answer(request), certificate, ("GET", "HEAD")
        )
        self.port = self.server.server_address[1]

    MANIFEST = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": "sha256:" + "0" * 64,
                "size": 2,
            },
            "layers": [],
        }
    ).encode()

    def is_known(self, authorization: str | None) -> bool:
        if not (authorization or "").startswith("Basic "):
            return False
        user, _, password = base64.b64decode(authorization[6:]).decode().partition(":")
        return user == "AWS" and self.apis.passwords().get(password, 0) > time.time()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        headers = {"Content-Type": "application/json"}
        if not self.is_known(request.headers["Authorization"]):
            status, body = 401, b'{"errors":[{"code":"UNAUTHORIZED"}]}'
            headers["WWW-Authenticate"] = f'Basic realm="https://{HOST}/",service="ecr"'
        elif request.path == "/v2/app/manifests/latest":
            status, body = 200, self.MANIFEST
            headers["Content-Type"] = "application/vnd.oci.image.manifest.v1+json"
        else:
            status, body = (200, b"{}") if request.path == "/v2/" else (404, b"{}")
        self.asked.append((request.path, status))
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def with_images(world: World, apis: AWSAPIs, configuration: str = IMAGES) -> World:
    """Makes a world one whose identity may pull images; Docker's helper is on its PATH."""
    programs = world.root / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "docker-credential-atmos-auth").symlink_to(world.binary)
    world.environment |= {
        "AWS_ENDPOINT_URL": apis.url,
        "PATH": f"{programs}:{world.variables()['PATH']}",
    }
    world.configure(configuration)
    world.store_keys("engineer", apis.access_key_id, apis.secret_access_key)
    return world


def file(world: World) -> pathlib.Path:
    """Docker's own file."""
    return world.home / ".docker/config.json"


def helper(world: World, verb: str, stdin: str = "", status: int = 0, **options):
    """Asks the helper as Docker does."""
    answer = world.program(HELPER, verb, stdin=stdin, **options)
    assert answer.status == status, str(answer)
    return answer


def get(world: World, **options) -> dict:
    """A user and password, as Docker gets them."""
    answer = helper(world, "get", f"https://{HOST}\n", **options)
    world.transcript.remove(answer.stdout)
    return answer.json()
