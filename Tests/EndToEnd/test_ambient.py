"""Chains that start with what the surroundings offer, where an identity is already active."""

from __future__ import annotations

import json

import pytest

import host_keys
from programs import tool
from pty_shell import PtyShell
from services import ACCOUNT
from world import KEYRING_PASSWORD, World

CHAIN = f"""\
auth:
  realm: e2e
  identities:
    here: {{kind: aws/ambient}}
    role:
      kind: aws/assume-role
      via: {{identity: here}}
      principal:
        assume_role: arn:aws:iam::{ACCOUNT}:role/role
        session_name: on-ambient
        region: eu-west-1
    other:
      kind: aws/assume-role
      via: {{identity: here}}
      principal: {{assume_role: "arn:aws:iam::{ACCOUNT}:role/other", session_name: on-ambient}}
"""


def arn(name: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/on-ambient"


@pytest.fixture
def strict(world: World, sts):
    server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(CHAIN)
    return server


@pytest.fixture
def web_identity(world: World, strict):
    token = world.root / "token"
    token.write_text("eyJ.eyJ.sig")
    world.environment.update(
        AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        AWS_ROLE_ARN=f"arn:aws:iam::{ACCOUNT}:role/pod",
        AWS_ROLE_SESSION_NAME="pod-1",
    )
    return strict


@pytest.fixture
def container(world: World, strict):
    """A container's credential service that asks for the token in a file."""
    keys = {
        "AccessKeyId": strict.access_key_id,
        "SecretAccessKey": strict.secret_access_key,
        "Token": "",
    }
    with host_keys.container(keys, world.root / "pod-token") as variables:
        world.environment |= variables
        yield strict


@pytest.fixture(params=["web_identity", "container"])
def surroundings(request):
    return request.getfixturevalue(request.param)


CALLER = ["sts", "get-caller-identity", "--output", "text", "--query", "Arn"]


def test_in_a_shell_where_it_is_active(world: World, surroundings, shell: str):
    aws = tool("aws")
    with PtyShell(world, shell) as terminal:
        terminal.run("atmos-auth use role")
        assert not terminal.is_set("AWS_ROLE_ARN")
        assert not terminal.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        # The SDK asks `credential-process`, which inherits the marker.
        assert arn("role") in terminal.run(f"'{aws}' {' '.join(CALLER)}", timeout=60)
        shown = terminal.run(f"env AWS_PROFILE=other '{aws}' {' '.join(CALLER)}", timeout=60)
        assert arn("other") in shown
        shown = terminal.run(f"atmos-auth exec -i other -- '{aws}' {' '.join(CALLER)}", timeout=60)
        assert arn("other") in shown
        terminal.run("atmos-auth use none")
        assert terminal.is_set("AWS_ROLE_ARN") or terminal.is_set(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        )


def test_in_a_program_that_exec_starts(world: World, surroundings):
    answer = world.run("exec", "-i", "role", "--", tool("aws"), *CALLER, status=0)
    assert answer.stdout.strip() == arn("role")
    # And one inside the other.
    answer = world.run(
        "exec",
        "-i",
        "role",
        "--",
        world.binary,
        "exec",
        "-i",
        "other",
        "--",
        tool("aws"),
        *CALLER,
        status=0,
    )
    assert answer.stdout.strip() == arn("other")


def test_after_env(world: World, surroundings):
    code = world.run("env", "-i", "role", status=0).stdout
    answer = world.program("/bin/sh", "-c", f"{code}\n'{tool('aws')}' {' '.join(CALLER)}")
    assert answer.stdout.strip() == arn("role"), str(answer)


def test_keys_of_the_environment_reach_what_exec_starts_and_nothing_else(world: World, strict):
    world.environment.update(
        AWS_ACCESS_KEY_ID=strict.access_key_id, AWS_SECRET_ACCESS_KEY=strict.secret_access_key
    )
    answer = world.run("exec", "-i", "role", "--", tool("aws"), *CALLER, status=0)
    assert answer.stdout.strip() == arn("role")
    for form in ("bash", "json", "dotenv"):
        assert (
            strict.secret_access_key
            not in world.run("env", "-i", "role", "--format", form, status=0).stdout
        )


def test_keys_that_the_hook_took_away_are_named(world: World, strict):
    world.environment.update(
        AWS_ACCESS_KEY_ID=strict.access_key_id, AWS_SECRET_ACCESS_KEY=strict.secret_access_key
    )
    with PtyShell(world, "bash") as terminal:
        terminal.run("atmos-auth use role")
        shown = terminal.run("atmos-auth credential-process -i role")
        assert "AWS_SECRET_ACCESS_KEY" in shown and "use none" in shown
        assert strict.secret_access_key not in shown


def test_a_profile_of_ours_is_no_surrounding(world: World, strict):
    """Neither the managed one nor one that `aws-config` wrote: it would ask itself."""
    world.run("aws-config", "--write", "--yes", status=0)
    text = (world.home / ".aws/config").read_text()
    assert "[profile role]" in text and "[profile here]" not in text
    answer = world.run("credential-process", "-i", "role", env={"AWS_PROFILE": "role"}, status=77)
    assert "finds no AWS credential in its environment" in answer.stderr


def test_the_profile_of_before_is_taken_in_a_shell_where_it_is_active(world: World, strict):
    directory = world.home / ".aws"
    directory.mkdir()
    (directory / "config").write_text(
        f"[profile mine]\naws_access_key_id = {strict.access_key_id}\n"
        f"aws_secret_access_key = {strict.secret_access_key}\n"
    )
    world.environment["AWS_PROFILE"] = "mine"
    with PtyShell(world, "bash") as terminal:
        terminal.run("atmos-auth use role")
        shown = terminal.run(f"'{tool('aws')}' {' '.join(CALLER)}", timeout=60)
        assert arn("role") in shown
    answer = world.run("exec", "-i", "role", "--", tool("aws"), *CALLER, status=0)
    assert answer.stdout.strip() == arn("role")


PROFILES = """\
auth:
  realm: e2e
  identities:
    one: {kind: aws/ambient, spec: {profile: one}}
    two: {kind: aws/ambient, spec: {profile: two}}
    source: {kind: aws/ambient, spec: {profile: two, as_source: true}}
    pod: {kind: aws/ambient, spec: {source: container}}
    variables: {kind: aws/ambient, spec: {source: environment}}
"""


def put(world: World, config: str, credentials: str = "") -> None:
    directory = world.home / ".aws"
    directory.mkdir()
    (directory / "config").write_text(config)
    (directory / "credentials").write_text(credentials)


def keys(server) -> str:
    return (
        f"aws_access_key_id = {server.access_key_id}\n"
        f"aws_secret_access_key = {server.secret_access_key}\n"
    )


USER = f"arn:aws:iam::{ACCOUNT}:user/"


def test_a_profile_that_an_identity_names_reaches_what_exec_starts(world: World, strict):
    """Not the keys of the environment, which would win over any profile."""
    world.configure(PROFILES)
    put(
        world,
        "[profile one]\nregion = eu-west-1\n"
        "[profile two]# on itself\nregion = eu-west-1\n"
        f"role_arn = arn:aws:iam::{ACCOUNT}:role/two\n"
        "source_profile = two\nrole_session_name = on-ambient\n",
        f"[one]\n{keys(strict)}[two]\n{keys(strict)}",
    )
    world.environment.update(AWS_ACCESS_KEY_ID="AKIAOTHER", AWS_SECRET_ACCESS_KEY="x")
    for identity, who in (("one", USER), ("two", arn("two")), ("source", USER)):
        answer = world.run("exec", "-i", identity, "--", tool("aws"), *CALLER)
        assert answer.status == 0 and answer.stdout.startswith(who), str(answer)
        shown = world.run("exec", "-i", identity, "--static", "--", tool("aws"), *CALLER)
        assert shown.stdout == answer.stdout, str(shown)
    with PtyShell(world, "bash") as terminal:
        terminal.run("atmos-auth use two")
        call = f"AWS_DEFAULT_REGION=eu-west-1 '{tool('aws')}' {' '.join(CALLER)}"
        assert arn("two") in terminal.run(call, timeout=60)


def test_a_place_that_an_identity_names_reaches_what_exec_starts(world: World, container):
    world.configure(PROFILES)
    world.environment.update(
        AWS_ACCESS_KEY_ID="AKIAOTHER", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-1"
    )
    answer = world.run("exec", "-i", "pod", "--", tool("aws"), *CALLER)
    assert answer.stdout.startswith(USER), str(answer)


def test_keys_of_the_environment_stay_where_an_identity_names_them(world: World, strict):
    world.configure(PROFILES)
    world.environment.update(
        AWS_ACCESS_KEY_ID=strict.access_key_id,
        AWS_SECRET_ACCESS_KEY=strict.secret_access_key,
        AWS_DEFAULT_REGION="eu-west-1",
    )
    answer = world.run("exec", "-i", "variables", "--", tool("aws"), *CALLER)
    assert answer.stdout.startswith(USER), str(answer)


def live(world: World, identity: str = "one") -> str:
    return world.run("credential-process", "-i", identity, status=0).json()["AccessKeyId"]


def test_a_program_comes_before_keys_of_the_config_file(world: World):
    world.configure(PROFILES)
    answer = '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "x # y"}'
    put(
        world,
        "[profile one]\naws_access_key_id = AKIAOWN\naws_secret_access_key = s\n"
        f"credential_process = /bin/echo\n    '{answer}'\n",
    )
    assert live(world) == "AKIAPROCESS"


def test_a_title_with_a_comment_begins_a_profile(world: World):
    world.configure(PROFILES)
    put(
        world,
        "[profile one]\naws_access_key_id = AKIAONE\naws_secret_access_key = s\n"
        "[profile two]# x\naws_access_key_id = AKIATWO\naws_secret_access_key = s\n",
    )
    assert live(world) == "AKIAONE" and live(world, "two") == "AKIATWO"


@pytest.mark.parametrize(
    "setting, words",
    [
        ("sso_account_id = 1\nsso_role_name = R", "no `sso_start_url`"),
        ("web_identity_token_file = /t", "no `role_arn`"),
        ("role_arn = arn:aws:iam::123456789012:role/x", "neither `source_profile`"),
    ],
)
def test_what_botocore_refuses_falls_back_to_nothing(world: World, setting: str, words: str):
    """Not to the keys beside it, which may be somebody else's."""
    world.configure(PROFILES)
    put(world, f"[profile one]\n{setting}\n" + "aws_access_key_id = K\naws_secret_access_key = s\n")
    answer = world.run("credential-process", "-i", "one", status=78)
    assert words in answer.stderr and "~/.aws/config:1" in answer.stderr


@pytest.mark.parametrize(
    "answer, words",
    [
        ("", "printed no JSON"),
        ("{}", "there is no `Version`"),
        ('{"Version": 2}', "but of version 2"),
        ('{"Version": 1, "AccessKeyId": "K"}', "no `SecretAccessKey`"),
        (
            '{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": "noon"}',
            "`Expiration` that is not a time: noon",
        ),
    ],
)
def test_what_is_wrong_with_a_programs_answer_is_told(world: World, answer: str, words: str):
    world.configure(PROFILES)
    put(world, f"[profile one]\ncredential_process = /bin/echo '{answer}'\n")
    assert words in world.run("credential-process", "-i", "one", status=78).stderr


def test_a_program_of_a_profile_has_the_environment_that_the_aws_cli_would_give_it(world: World):
    """It may be atmos-auth itself, which then needs the password of its keyring."""
    world.configure(PROFILES)
    seen = world.temporary / "seen"
    answer = '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}'
    program = world.write("keys", f"#!/bin/sh\nenv >'{seen}'\necho '{answer}'\n", 0o755)
    put(world, f"[profile one]\ncredential_process = {program}\n")
    world.environment["VAULT_TOKEN"] = "of-the-vault"
    assert live(world) == "AKIAPROCESS"
    lines = seen.read_text().splitlines()
    assert {"VAULT_TOKEN=of-the-vault", f"ATMOS_KEYRING_PASSWORD={KEYRING_PASSWORD}"} <= set(lines)


@pytest.mark.parametrize("end", ["2099-01-01T00:00:00UTC", "2099-01-01 00:00:00 UTC"])
def test_a_programs_answer_may_end_in_utc(world: World, end: str):
    world.configure(PROFILES)
    answer = json.dumps(
        {"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s", "Expiration": end}
    )
    put(world, f"[profile one]\ncredential_process = /bin/echo '{answer}'\n")
    shown = world.run("credential-process", "-i", "one", status=0).json()
    assert shown["Expiration"] == "2099-01-01T00:00:00Z"


@pytest.mark.parametrize("place", ["~/keys", "$HOME/keys", "${HOME}/keys"])
def test_variables_in_the_paths_of_the_files_are_expanded(world: World, place: str):
    world.configure(PROFILES)
    path = world.home / "keys"
    path.write_text("[one]\naws_access_key_id = AKIAEXPANDED00000000\naws_secret_access_key = s\n")
    world.environment["AWS_SHARED_CREDENTIALS_FILE"] = place
    assert live(world) == "AKIAEXPANDED00000000"
    answer = world.run("import", "aws-config", status=0)
    assert "one: user with the keys of ~/keys:2" in answer.stderr
    named = world.run("import", "aws-config", "--config=~/keys", "--credentials=~/keys", status=0)
    assert "one: user with the keys of ~/keys:2" in named.stderr
