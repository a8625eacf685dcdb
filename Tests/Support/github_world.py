"""A job of GitHub Actions: what its runner sets, and the service that gives it tokens."""

from __future__ import annotations

import json
import pathlib
import secrets
import urllib.parse
from http.server import BaseHTTPRequestHandler

from oidc_issuer import Issuer
from server import served_by_tls
from services import StrictSTS
from world import World

SUBJECT = "repo:acme/infra:ref:refs/heads/main"
ISSUER = "https://token.actions.githubusercontent.com"

#: GitHub → role → role, the last one the default.
JOB = """\
auth:
  realm: ci
  providers:
    actions:
      kind: github/oidc
      region: eu-west-1
      spec: {audience: sts.amazonaws.com, allowed_hosts: [localhost]}
  identities:
    base:
      kind: aws/assume-role
      via: {provider: actions}
      principal: {assume_role: "arn:aws:iam::123456789012:role/base"}
    deploy:
      kind: aws/assume-role
      default: true
      via: {identity: base}
      principal: {assume_role: "arn:aws:iam::210987654321:role/deploy"}
"""


class GitHub:
    """The token service, which takes the job's own request token only, over TLS."""

    def __init__(self, certificate: tuple[pathlib.Path, pathlib.Path]) -> None:
        self.issuer = Issuer(ISSUER)
        self.request_token = "request-token-" + secrets.token_hex(16)
        self.subject = SUBJECT
        self.seconds = 300
        self.asked: list[str] = []
        # Statuses to answer with first, and where a redirection leads.
        self.faults: list[int] = []
        self.elsewhere = ""
        self.server = served_by_tls(lambda request: self.answer(request), certificate)
        self.port = self.server.server_address[1]
        self.certificate = certificate[0]

    @property
    def url(self) -> str:
        """What the runner tells the job; its query is part of it."""
        return f"https://localhost:{self.port}/job/7/idtoken?api-version=2.0&a=%2Fb+c"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        path, _, query = request.path.partition("?")
        kept, _, audience = query.rpartition("&audience=")
        if self.faults:
            status, body = self.faults.pop(0), b"{}"
        elif request.headers["Authorization"] != f"bearer {self.request_token}":
            status, body = 401, b'{"message": "no"}'
        elif path != "/job/7/idtoken" or kept != "api-version=2.0&a=%2Fb+c":
            status, body = 400, b'{"message": "the address is not what the runner gave"}'
        else:
            token = self.issuer.token(self.subject, urllib.parse.unquote(audience), self.seconds)
            status, body = 200, json.dumps({"count": len(token), "value": token}).encode()
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", self.elsewhere)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def job(world: World, github: GitHub, sts: StrictSTS, configuration: str = JOB) -> World:
    """Makes a world one of a job, in a checkout that nobody has allowed."""
    world.is_own = False
    world.configure(configuration)
    world.environment |= {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": github.url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": github.request_token,
        "AWS_ENDPOINT_URL_STS": sts.url,
        "SSL_CERT_FILE": str(github.certificate),
        "ATMOS_KEYRING_TYPE": None,
        "ATMOS_KEYRING_PASSWORD": None,
    }
    sts.tell(
        "/__providers",
        {ISSUER: {"jwks": github.issuer.jwks(), "audiences": ["sts.amazonaws.com"]}},
    )
    role = {"arn": "arn:aws:iam::123456789012:role/base", "subject": "repo:acme/infra:*"}
    sts.tell("/__roles", role)
    return world
