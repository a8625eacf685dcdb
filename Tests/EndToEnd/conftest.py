"""Fixtures of the end-to-end tests: a hermetic world, and the services it talks to."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

from atmos_world import FAKES, Server, World, binaries, free_port, tool

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"


def pytest_configure(config: pytest.Config) -> None:
    # One clear sentence instead of several hundred failures.
    for name in ("atmos-auth", "atmos-auth-hook"):
        if not os.access(binaries() / name, os.X_OK):
            raise pytest.UsageError(f"{binaries() / name} is missing: run `make build` first")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture
def world(tmp_path: pathlib.Path) -> World:
    """A home, a repository and an environment that belong to one test."""
    return World(tmp_path / "world")


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


def _client(service: str, url: str, key: str = "AKIAMOTOBOOTSTRAP00", secret: str = "bootstrap",
            token: str | None = None):
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
        config=Config(proxies={}, retries={"max_attempts": 1}))


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory):
    """A moto server with one IAM user, a role in its account and a role in another account."""
    directory = tmp_path_factory.mktemp("moto")
    port = free_port()
    server = Server(
        [tool("moto_server"), "-H", "127.0.0.1", "-p", str(port)], port, "/moto-api/data.json",
        directory / "moto.log", {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"})
    try:
        iam = _client("iam", server.url)
        iam.create_user(UserName="engineer")
        key = iam.create_access_key(UserName="engineer")["AccessKey"]
        trust = json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}],
        })
        base = iam.create_role(RoleName="base", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        # moto lets anybody into another account through a role that does not exist there yet.
        other = _client("sts", server.url).assume_role(
            RoleArn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/bootstrap", RoleSessionName="bootstrap",
        )["Credentials"]
        far = _client(
            "iam", server.url, other["AccessKeyId"], other["SecretAccessKey"],
            other["SessionToken"])
        last = far.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        assert last == f"arn:aws:iam::{OTHER_ACCOUNT}:role/deploy"
        yield Moto(server, key["AccessKeyId"], key["SecretAccessKey"], base, last)
    finally:
        server.stop()


@pytest.fixture
def chain(world: World, moto: Moto) -> World:
    """A world whose configuration goes from an IAM user over two roles, against moto."""
    world.environment.update(moto.environment)
    world.configure(chain_configuration(moto.base_role, moto.last_role))
    world.store_keys("engineer", moto.access_key_id, moto.secret_access_key)
    return world


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


@pytest.fixture
def sts(tmp_path: pathlib.Path):
    """Starts this project's strict STS with the options given; stops it when the test ends."""
    with contextlib.ExitStack() as stack:
        def start(**options) -> "StrictSTS":
            server = StrictSTS(tmp_path, **options)
            stack.callback(server.stop)
            return server
        yield start


@pytest.fixture
def tiny_disk(tmp_path: pathlib.Path):
    """A file system of 96 KiB, or a skip where it cannot be mounted."""
    mount = tmp_path / "tiny"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k,mode=0755", "tmpfs", str(mount)],
        capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    """Each shell that has a hook."""
    if shutil.which(request.param) is None:
        pytest.fail(f"{request.param} is not installed: run scripts/install-dependencies test")
    return request.param
