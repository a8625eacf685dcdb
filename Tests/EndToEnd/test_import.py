"""`import aws-config`: AWS profiles become identities that do the same."""

from __future__ import annotations

import json
import re

import pytest

from import_world import (
    ACCOUNT,
    CONFIG,
    CREDENTIALS,
    KEY,
    OTHER,
    SECRET,
    brought,
    listed,
    put,
)
from programs import tool
from pty_shell import PtyShell
from terminal import Terminal
from world import World


@pytest.fixture
def strict(world: World, sts):
    server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    put(world, CONFIG, CREDENTIALS)
    return server


def with_aws(world: World, profile: str) -> str:
    """Who the real AWS CLI says it is by the original profile."""
    answer = world.program(
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--profile",
        profile,
        "--region",
        "eu-west-1",
        env={"AWS_CONFIG_FILE": None},
    )
    assert answer.status == 0, str(answer)
    return answer.json()["Arn"]


def with_ours(world: World, identity: str) -> str:
    """Who it says it is with the identity that was made of it."""
    answer = world.run(
        "exec",
        "-i",
        identity,
        "--",
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--region",
        "eu-west-1",
        status=0,
    )
    return answer.json()["Arn"]


@pytest.mark.parametrize("profile", ["base", "hub", "deploy", "self", "onself"])
def test_an_identity_is_who_its_profile_is(world: World, strict, profile: str):
    strict._server.post(
        "/__roles",
        json.dumps(
            {
                "arn": f"arn:aws:iam::{OTHER}:role/deploy",
                "external_id": "Ext-1",
                "max_duration": 1800,
            }
        ).encode(),
    )
    brought(world, "--with-keys")
    log = json.loads(strict._server.get("/__log"))
    theirs = with_aws(world, profile)
    assert with_ours(world, profile) == theirs
    if profile == "deploy":
        durations = [
            entry["duration"]
            for entry in json.loads(strict._server.get("/__log"))[len(log) :]
            if entry["role"] and entry["role"].endswith("role/deploy")
        ]
        assert durations == ["1800", "1800"], "once by the AWS CLI, once by us"


def typed(world: World, *command: str, code: str) -> str:
    terminal = Terminal(world, *command[1:], program=command[0])
    terminal.expect("(?i)(MFA code|code).*:")
    terminal.child.sendline(code)
    terminal.wait(0)
    return re.search(r"arn:aws:sts::[^\s\"]+", terminal.last).group()


def test_a_role_with_a_code_is_who_its_profile_is(world: World, strict):
    strict._server.post(
        "/__roles", json.dumps({"arn": f"arn:aws:iam::{OTHER}:role/coded", "mfa": True}).encode()
    )
    brought(world, "--with-keys")
    call = [tool("aws"), "sts", "get-caller-identity", "--region", "eu-west-1"]
    theirs = typed(world, *call, "--profile", "coded", code="111111")
    ours = typed(world, world.binary, "exec", "-i", "coded", "--", *call, code="222222")
    assert ours == theirs == f"arn:aws:sts::{OTHER}:assumed-role/coded/coded-session"


def test_secrets_are_in_no_output(world: World, strict):
    answer = world.run("import", "aws-config", status=0)
    assert SECRET not in answer.stdout + answer.stderr
    assert f"atmos-auth user configure -i base --access-key-id {KEY}" in answer.stderr
    brought(world)
    assert SECRET not in (world.repository / "atmos.yaml").read_text()
    # The command works as it stands.
    line = next(line for line in answer.stderr.splitlines() if "configure -i base" in line)
    words = line.split("#")[0].split()
    world.run(*words[1:], stdin=SECRET + "\n", status=0)
    assert with_ours(world, "base") == f"arn:aws:iam::{ACCOUNT}:user/engineer"


def test_keys_that_are_there_already_stay(world: World, strict):
    brought(world)
    world.store_keys("base", "AKIAOTHEROTHEROTHER0", "another")
    (world.repository / "atmos.yaml").unlink()
    report = brought(world, "--with-keys")
    assert "already has other keys for `base`" in report
    assert "stored the keys of `self-keys`" in report


def test_keys_need_a_configuration_and_a_keyring(world: World, strict):
    answer = world.run("import", "aws-config", "--with-keys", status=64)
    assert answer.stdout == "" and "--output" in answer.stderr
    answer = world.run(
        "import",
        "aws-config",
        "--with-keys",
        "--output",
        "atmos.yaml",
        env={"ATMOS_KEYRING_PASSWORD": None},
        status=77,
    )
    assert "configure -i base" in answer.stderr and SECRET not in answer.stderr
    assert (world.repository / "atmos.yaml").exists()
    world.run("import", "aws-config", "--with-keys", status=0)


def test_what_it_says(world: World, strict):
    report = brought(world)
    assert "~/.aws/config:12: deploy: role" not in report
    assert re.search(r"~/\.aws/config:13: deploy: role arn:\S+, from hub", report)
    assert "~/.aws/config:1: profile `default`: it gives no credentials" in report
    assert "atmos-auth validate --config" in report


def test_nothing_is_written_over(world: World, strict):
    world.configure("# mine\n")
    answer = world.run("import", "aws-config", "--output", "atmos.yaml", status=64)
    assert "already exists" in answer.stderr
    assert (world.repository / "atmos.yaml").read_text() == "# mine\n"


def test_a_single_profile_brings_what_it_comes_from(world: World, strict):
    report = brought(world, "--profile", "deploy")
    assert set(listed(world)["identities"]) == {"base", "hub", "deploy"}
    assert "default" not in report
    answer = world.run("import", "aws-config", "--profile", "nobody", status=64)
    assert "no AWS profile `nobody`" in answer.stderr


def test_files_of_ones_own_choice(world: World):
    path = world.root / "other"
    path.write_text(
        f"[default]\naws_access_key_id={KEY}\naws_secret_access_key=x\n"
        "[profile p]\ncredential_process = /bin/echo\n"
    )
    put(world, CONFIG, CREDENTIALS)
    report = brought(world, "--config", str(path))
    assert set(listed(world)["identities"]) == {"default"}
    assert "AWS tools do not read that file here" in report


def test_sources_outside_of_the_files(world: World, sts):
    """credential_source, credential_process and web identity stay where they are."""
    server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    token = world.root / "token"
    token.write_text("eyJ.eyJ.sig")
    keys = json.dumps(
        {
            "Version": 1,
            "AccessKeyId": server.access_key_id,
            "SecretAccessKey": server.secret_access_key,
        }
    )
    program = world.root / "print keys"
    program.write_text(f"#!/bin/sh\necho '{keys}'\n")
    program.chmod(0o755)
    put(
        world,
        f"""\
[profile env]
role_arn = arn:aws:iam::{ACCOUNT}:role/env
credential_source = Environment
role_session_name = one
[profile pod]
role_arn = arn:aws:iam::{ACCOUNT}:role/pod
web_identity_token_file = {token}
role_session_name = two
[profile program]
credential_process = "{program}"
[profile after]
role_arn = arn:aws:iam::{ACCOUNT}:role/after
source_profile = program
role_session_name = three
""",
    )
    report = brought(world)
    assert "must stay in this file" in report
    found = listed(world)["identities"]
    assert found["ambient-environment"]["spec"] == {"source": "environment"}
    world.environment.update(
        AWS_ACCESS_KEY_ID=server.access_key_id, AWS_SECRET_ACCESS_KEY=server.secret_access_key
    )
    for profile in ("env", "pod", "program", "after"):
        ours = world.run("credential-process", "-i", profile, cwd=world.repository, status=0).json()
        arn = who(world, ours)
        assert arn == with_aws(world, profile), profile


def who(world: World, keys: dict) -> str:
    answer = world.program(
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--region",
        "eu-west-1",
        env={
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys.get("SessionToken"),
            "AWS_CONFIG_FILE": "/dev/null",
        },
    )
    assert answer.status == 0, str(answer)
    return answer.json()["Arn"]


def test_in_a_hooked_shell_the_persons_files_are_meant(world: World, strict):
    brought(world, "--with-keys")
    with PtyShell(world, "bash") as terminal:
        terminal.run("atmos-auth use hub")
        terminal.run("atmos-auth import aws-config --output again.yaml")
    first = (world.repository / "atmos.yaml").read_text()
    assert (world.repository / "again.yaml").read_text() == first


def test_what_was_written_by_us_is_not_taken_back(world: World, strict):
    brought(world)
    world.run("aws-config", "--write", "--yes", "--prefix", "x-", status=0)
    answer = world.run("import", "aws-config", status=0)
    assert "x-hub" not in answer.stdout
    assert "profile `x-hub`: it comes from atmos-auth" in answer.stderr
