"""Logins that are shared with the `aws login` of a real AWS CLI, where one is new enough."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

from aws_login import USER, cache_file, expire
from identity_center_world import browser
from signin_world import SignIn, against
from terminal import Terminal
from waiting import wait_for
from world import World

#: The first version that has the command.
FIRST = (2, 32)

IDENTITIES = """\
auth:
  realm: e2e
  identities:
    mine:
      kind: aws/ambient
      spec: {profile: jane}
    stored:
      kind: aws/user
      credentials: {region: eu-central-1}
      spec: {store: aws-cli}
"""


def version(program: str) -> tuple[int, int]:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True)
    found = re.match(r"aws-cli/(\d+)\.(\d+)\.", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


@pytest.fixture(scope="module")
def cli() -> str:
    """The first AWS CLI that is new enough: that of scripts/make-aws-cli, or one on the PATH."""
    beside = pathlib.Path(sys.executable).parents[1] / "aws-cli-2" / "aws"
    places = os.environ["PATH"].split(":")
    found = [str(beside)] + [shutil.which("aws", path=place) or "" for place in places]
    for program in found:
        if os.access(program, os.X_OK) and version(program) >= FIRST:
            return program
    pytest.skip(
        "no AWS CLI of version 2.32 or later is installed: that its own `aws login` and ours "
        "share a login is NOT shown"
    )


@pytest.fixture
def server(world: World, signin) -> SignIn:
    server = signin("--auto-approve")
    against(world, server, IDENTITIES)
    config = world.home / ".aws/config"
    config.parent.mkdir(exist_ok=True)
    config.write_text("[profile jane]\nregion = eu-central-1\n")
    return server


def ours(world: World, identity: str) -> str:
    return world.run("credential-process", "-i", identity, status=0).json()["AccessKeyId"]


def theirs(world: World, cli: str) -> str:
    """The keys that the AWS CLI has for the profile."""
    answer = world.program(cli, "configure", "export-credentials", "--profile", "jane")
    assert answer.status == 0, str(answer)
    return json.loads(answer.stdout)["AccessKeyId"]


def caller(world: World, cli: str) -> str:
    words = ["sts", "get-caller-identity", "--profile", "jane", "--output", "json"]
    answer = world.program(cli, *words)
    assert answer.status == 0, str(answer)
    return json.loads(answer.stdout)["Arn"]


def test_a_login_of_the_real_cli_is_used_and_renewed_by_both(
    world: World, server: SignIn, cli: str
):
    browser(world, "--plain")
    # Python waits for a browser whose command does not end so.
    world.environment["BROWSER"] += " &"
    answer = world.program(cli, "login", "--profile", "jane")
    assert answer.status == 0 and USER in answer.stdout, str(answer)
    path = cache_file(world)
    first = ours(world, "mine")
    assert first == json.loads(path.read_text())["accessToken"]["accessKeyId"]
    assert server.grants() == ["authorization_code"], "nobody was asked again"
    expire(path)
    renewed = ours(world, "mine")
    assert renewed != first and theirs(world, cli) == renewed
    expire(path)
    again = theirs(world, cli)
    assert again != renewed and ours(world, "mine") == again
    assert server.grants()[1:] == ["refresh_token", "refresh_token"]
    assert caller(world, cli) == USER
    answer = world.program(cli, "logout", "--profile", "jane")
    assert answer.status == 0 and not path.exists(), str(answer)
    assert "aws login --profile jane" in world.said("credential-process", "-i", "mine", status=77)


def test_a_login_of_ours_is_used_and_renewed_by_the_real_cli(
    world: World, server: SignIn, cli: str
):
    browser(world, "--plain")
    server.tell("/__lifetime", 1)
    Terminal(world, "login", "stored").wait(0)
    with (world.home / ".aws/config").open("a") as file:
        file.write(f"login_session = {USER}\n")
    server.tell("/__lifetime", 900)
    facts = next(world.state.rglob("stored.facts"))
    wait_for(lambda: time.time() > facts.stat().st_mtime, "the keys do not end")
    renewed = theirs(world, cli)
    assert ours(world, "stored") == renewed and caller(world, cli) == USER
    assert server.grants() == ["authorization_code", "refresh_token"]
