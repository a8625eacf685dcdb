"""IAM user → role → role against moto's STS, delivered to the real AWS CLI and an SDK."""

from __future__ import annotations

import json
import pathlib

import pytest

from programs import tool
from services import ACCOUNT, OTHER_ACCOUNT, Moto, client
from world import World

LAST_ARN = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/deploy/end-to-end"


def test_exec_gives_the_aws_cli_the_last_role_of_the_chain(chain: World):
    answer = chain.run(
        "exec", "--", tool("aws"), "sts", "get-caller-identity", "--output", "json", status=0
    )
    assert answer.json()["Arn"] == LAST_ARN
    assert answer.json()["Account"] == OTHER_ACCOUNT


def test_exec_gives_any_link_of_the_chain(chain: World):
    answer = chain.run(
        "exec",
        "--identity",
        "base",
        "--",
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        status=0,
    )
    assert answer.json()["Arn"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/base/atmos-base-")


def test_the_child_inherits_what_its_caller_gave_and_no_socket_of_the_login(chain: World):
    answer = chain.run("exec", "--", "/bin/sh", "-c", "readlink /proc/self/fd/* || true", status=0)
    found = answer.stdout.split()
    assert len(found) >= 3 and not [name for name in found if "socket" in name or "anon" in name]


def test_the_child_sees_a_profile_and_no_key(chain: World):
    answer = chain.run("exec", "--", "/usr/bin/env", status=0)
    variables = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    assert variables["AWS_PROFILE"] == "deploy"
    assert variables["ATMOS_IDENTITY"] == "deploy"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert variables["AWS_SDK_LOAD_CONFIG"] == "1"
    assert variables["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert name not in variables
    empty = pathlib.Path(variables["AWS_SHARED_CREDENTIALS_FILE"])
    assert empty.read_text() == ""
    config = pathlib.Path(variables["AWS_CONFIG_FILE"]).read_text()
    assert "[profile deploy]" in config
    assert "credential_process" in config
    assert "aws_secret_access_key" not in config.lower()


def test_what_stood_in_the_environment_does_not_reach_the_child(chain: World):
    stale = {
        "AWS_ACCESS_KEY_ID": "AKIASTALESTALESTALE0",
        "AWS_SECRET_ACCESS_KEY": "stale",
        "AWS_SESSION_TOKEN": "stale",
        "AWS_SECURITY_TOKEN": "stale",
        "AWS_PROFILE": "somebody-else",
        "AWS_DEFAULT_PROFILE": "somebody-else",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "stale",
        "AWS_VAULT": "somebody-else",
    }
    answer = chain.run(
        "exec",
        "--",
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        env=stale,
        status=0,
    )
    assert answer.json()["Arn"] == LAST_ARN
    seen = chain.run("exec", "--", "/usr/bin/env", env=stale, status=0).stdout
    assert "stale" not in seen.lower()
    assert "somebody-else" not in seen


def test_static_keys_are_exported_only_when_asked_for(chain: World):
    answer = chain.run("exec", "--static", "--", "/usr/bin/env", status=0)
    variables = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
    assert variables["AWS_ACCESS_KEY_ID"] and variables["AWS_SECRET_ACCESS_KEY"]
    assert variables["AWS_SESSION_TOKEN"]
    assert "AWS_PROFILE" not in variables, "keys beside a profile: tools disagree which wins"
    cli = chain.run(
        "exec",
        "--static",
        "--",
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        status=0,
    )
    assert cli.json()["Arn"] == LAST_ARN


def test_an_sdk_reads_the_process_credentials(chain: World):
    program = """
import boto3, json
session = boto3.session.Session()
print(json.dumps({
    "method": session.get_credentials().method,
    "region": session.region_name,
    "arn": session.client("sts").get_caller_identity()["Arn"],
}))
"""
    answer = chain.run("exec", "--", tool("python"), "-c", program, status=0)
    assert answer.json() == {"method": "custom-process", "region": "eu-west-1", "arn": LAST_ARN}


def test_the_aws_cli_reads_the_credential_process_of_its_own_config(
    chain: World, tmp_path: pathlib.Path
):
    config = tmp_path / "config"
    config.write_text(
        "[profile mine]\nregion = eu-west-1\n"
        f'credential_process = "{chain.binary}" credential-process --identity deploy '
        f'--chdir "{chain.repository}"\n'
    )
    answer = chain.program(
        tool("aws"),
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        cwd="/",
        env={"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "mine"},
    )
    assert answer.status == 0, str(answer)
    assert answer.json()["Arn"] == LAST_ARN


@pytest.mark.parametrize("start", ["/", "elsewhere"])
def test_the_managed_profile_works_from_every_directory(chain: World, start: str):
    other = chain.repository.parent / "elsewhere"
    other.mkdir()
    where = "/" if start == "/" else str(other)
    answer = chain.run(
        "exec",
        "--",
        "/bin/sh",
        "-c",
        f'cd "{where}" && exec "{tool("aws")}" sts get-caller-identity --output json',
        status=0,
    )
    assert answer.json()["Arn"] == LAST_ARN


def test_whoami_can_ask_the_service_itself(chain: World):
    chain.run("login", status=0)
    answer = chain.run("whoami", "--verify", "--output", "json", status=0)
    assert answer.json()["principal"] == LAST_ARN
    assert answer.json()["account"] == OTHER_ACCOUNT


def test_moto_verifies_the_signature_of_the_first_call(world: World, moto: Moto):
    """moto checks SigV4 when IAM enforcement is on: a signer nobody of this project wrote."""
    world.environment.update(moto.environment)
    world.configure("""
        auth:
          realm: e2e
          identities:
            engineer: {kind: aws/user, default: true, credentials: {region: us-east-1}}
        """)
    world.store_keys("engineer", moto.access_key_id, moto.secret_access_key + "-wrong")
    _allow_everything(moto)
    moto.server.post("/moto-api/reset-auth", b"0")
    try:
        refused = world.run("login")
        assert refused.status == 77, str(refused)
        world.store_keys("engineer", moto.access_key_id, moto.secret_access_key)
        assert world.run("login").status == 0
    finally:
        moto.server.post("/moto-api/reset-auth", b"1000000000")


def _allow_everything(moto: Moto) -> None:
    client("iam", moto.url).put_user_policy(
        UserName="engineer",
        PolicyName="all",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
        ),
    )


def test_the_region_of_the_target_beats_the_regions_up_the_chain(chain: World):
    assert "AWS_REGION=eu-west-1" in chain.run("exec", "--", "/usr/bin/env", status=0).stdout
    user = chain.run("exec", "-i", "engineer", "--", "/usr/bin/env", status=0).stdout
    assert "AWS_REGION=eu-central-1" in user


@pytest.mark.parametrize("spelling", ["DEPLOY", "Deploy"])
def test_names_are_matched_without_case_and_shown_as_written(chain: World, spelling: str):
    answer = chain.run("exec", "-i", spelling, "--", "/usr/bin/env", status=0)
    assert "ATMOS_IDENTITY=deploy" in answer.stdout
