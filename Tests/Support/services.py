"""The services that the tests talk to: moto's, and this project's own strict STS."""

from __future__ import annotations

import functools
import json
import pathlib
import sys
from dataclasses import dataclass

from programs import FAKES
from server import Server, free_port
from world import World

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"


@dataclass
class Moto:
    """moto's server: an STS and an IAM that nobody of this project wrote."""

    server: Server
    access_key_id: str
    secret_access_key: str
    base_role: str
    last_role: str

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_STS": self.url}


@functools.cache
def boto3_session():
    """What boto3 reads to make a client takes it a second; once is enough."""
    import boto3

    return boto3.session.Session()


def client(
    service: str,
    url: str,
    key: str = "AKIAMOTOBOOTSTRAP00",
    secret: str = "bootstrap",
    token: str | None = None,
):
    from botocore.config import Config

    return boto3_session().client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(proxies={}, retries={"max_attempts": 1}),
    )


def chain_configuration(base_role: str, last_role: str) -> str:
    """IAM user → role → role, the last one the default."""
    return f"""\
auth:
  realm: e2e
  identities:
    engineer:
      kind: aws/user
      credentials:
        region: eu-central-1
    base:
      kind: aws/assume-role
      via: {{identity: engineer}}
      principal:
        assume_role: {base_role}
    deploy:
      kind: aws/assume-role
      default: true
      via: {{identity: base}}
      principal:
        assume_role: {last_role}
        session_name: end-to-end
        region: eu-west-1
"""


#: An IAM user, and two roles in a chain, the last one the default; nothing here is from moto.
USERS = """\
auth:
  realm: e2e
  identities:
    engineer:
      kind: aws/user
      credentials: {region: us-east-1}
    base:
      kind: aws/assume-role
      via: {identity: engineer}
      principal: {assume_role: "arn:aws:iam::123456789012:role/base"}
    deploy:
      kind: aws/assume-role
      default: true
      via: {identity: base}
      principal: {assume_role: "arn:aws:iam::210987654321:role/deploy", region: eu-west-1}
"""


class StrictSTS:
    """This project's own STS: it verifies signatures and refuses sessions that are over.

    `lifetime` is the length of every session it hands out and `latency` how long it takes to
    answer, both in seconds.
    """

    #: The fake, which others extend.
    program = "sts_fake.py"

    def __init__(
        self, directory: pathlib.Path, lifetime: int | None = None, latency: float = 0
    ) -> None:
        self.access_key_id = "AKIASTRICTSTRICT0001"
        self.secret_access_key = "the+secret/key+of+the+strict/user=="
        port = free_port()
        arguments = [
            sys.executable,
            str(FAKES / self.program),
            "--port",
            str(port),
            "--access-key-id",
            self.access_key_id,
            "--secret-access-key",
            self.secret_access_key,
            "--latency",
            str(latency),
        ]
        if lifetime is not None:
            arguments += ["--lifetime", str(lifetime)]
        self._server = Server(arguments, port, "/__calls", directory / f"sts-{port}.log")
        self.url = self._server.url

    def calls(self) -> dict[str, int]:
        """How often each action was asked for that makes a session."""
        counted = json.loads(self._server.get("/__calls"))
        return {name: count for name, count in counted.items() if name != "GetCallerIdentity"}

    def tell(self, path: str, data) -> None:
        """Tells it something beside its API."""
        self._server.post(path, json.dumps(data).encode())

    def log(self) -> list[dict]:
        """What was asked, in order."""
        return json.loads(self._server.get("/__log"))

    def user_agents(self) -> set[str]:
        """What callers said they are."""
        return {entry["user_agent"] for entry in json.loads(self._server.get("/__log"))}

    def issued_secrets(self) -> list[str]:
        """Every secret key and session token that was handed out."""
        return json.loads(self._server.get("/__secrets"))

    def stop(self) -> None:
        self._server.stop()


def against(world: World, server: StrictSTS) -> World:
    """The chain of `USERS` against a strict STS."""
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(USERS)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    return world
