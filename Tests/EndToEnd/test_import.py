"""`import aws-config`: AWS profiles become identities that do the same."""

from __future__ import annotations

import json
import re

import pytest

from programs import tool
from pty_shell import PtyShell
from terminal import Terminal
from world import World

ACCOUNT = "123456789012"
OTHER = "210987654321"
SECRET = "the+secret/key+of+the+strict/user=="
KEY = "AKIASTRICTSTRICT0001"
DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/engineer"

CONFIG = f"""\
[default]
region = eu-west-1
output = json

[profile base]
region = eu-central-1

[profile hub]
role_arn = arn:aws:iam::{ACCOUNT}:role/hub
source_profile = base
role_session_name = hub-session

[profile deploy]
role_arn = arn:aws:iam::{OTHER}:role/deploy
source_profile = hub
external_id = Ext-1
role_session_name = deploy-session
duration_seconds = 1800
region = eu-west-3

[profile coded]
role_arn = arn:aws:iam::{OTHER}:role/coded
source_profile = base
mfa_serial = {DEVICE}
role_session_name = coded-session

[profile self]
role_arn = arn:aws:iam::{ACCOUNT}:role/self
source_profile = self
role_session_name = self-session
aws_access_key_id = {KEY}
aws_secret_access_key = {SECRET}

[profile onself]
role_arn = arn:aws:iam::{ACCOUNT}:role/onself
source_profile = self
role_session_name = onself-session
"""

CREDENTIALS = f"[base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"


def put(world: World, config: str | bytes, credentials: str | bytes | None = None) -> None:
    directory = world.home / ".aws"
    directory.mkdir(exist_ok=True)
    for name, content in (("config", config), ("credentials", credentials)):
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (directory / name).write_bytes(data)


def brought(world: World, *arguments: str, status: int = 0):
    """Imports into atmos.yaml, which must be valid; the report."""
    answer = world.run("import", "aws-config", "--output", "atmos.yaml", *arguments, status=status)
    if status == 0:
        assert answer.stdout == ""
        check = world.run("validate")
        assert check.status == 0 and "error" not in check.stderr, str(check)
    return answer.stderr


def listed(world: World) -> dict:
    return world.run("list", "--format", "json", status=0).json()


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
    assert "has other keys for `base` already" in report
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
    assert "there already" in answer.stderr
    assert (world.repository / "atmos.yaml").read_text() == "# mine\n"


SSO = """\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start#/
sso_region = eu-central-1
sso_registration_scopes = sso:account:access

[profile admin]
sso_session = corp
sso_account_id = 012345678901
sso_role_name = Admin
region = eu-west-1

[profile reader]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader

[profile old]
sso_start_url = https://corp.awsapps.com/start/
sso_region = eu-central-1
sso_account_id = 111122223333
sso_role_name = Reader

[profile elsewhere]
sso_start_url = https://my.org.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Reader

[profile chained]
role_arn = arn:aws:iam::444455556666:role/x
source_profile = admin

[profile lost]
sso_session = none
sso_account_id = 111122223333
sso_role_name = Reader

[profile half]
sso_session = corp
sso_role_name = Reader
"""


def test_profiles_of_one_portal_share_a_provider(world: World):
    put(world, SSO)
    report = brought(world)
    found = listed(world)
    assert set(found["providers"]) == {"corp", "my"}
    identities = found["identities"]
    assert {name: entry["via"] for name, entry in identities.items()} == {
        "admin": {"provider": "corp"},
        "reader": {"provider": "corp"},
        "old": {"provider": "corp"},
        "elsewhere": {"provider": "my"},
        "chained": {"identity": "admin"},
    }
    text = (world.repository / "atmos.yaml").read_text()
    assert 'id: "012345678901"' in text, "leading zeros stay"
    assert "start_url: https://corp.awsapps.com/start\n" in text
    assert "profile `lost`: its sso-session `none` does not exist" in report
    assert "profile `half`: it needs both" in report


def test_names_are_made_to_fit(world: World):
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = x\n"
    names = ["ok", "OK", "it's", "größe", "!x", "off", '"a b"', "a.b@c+d/e:f-g_h", "日本"]
    put(
        world,
        "".join(f"[profile {name}]\n{keys}" for name in names if name != "it's"),
        f"[it's]\n{keys}",
    )
    report = brought(world)
    assert set(listed(world)["identities"]) == {
        "ok",
        "OK-2",
        "it-s",
        "gr-e",
        "x",
        "off-profile",
        "a b",
        "a.b@c+d/e:f-g_h",
        "profile",
    }
    assert "profile `größe` is called `gr-e`" in report


UNUSABLE = """\
[profile a]
role_arn = arn:aws:iam::111122223333:role/a
source_profile = b
[profile b]
role_arn = arn:aws:iam::111122223333:role/b
source_profile = a
[profile orphan]
role_arn = arn:aws:iam::111122223333:role/o
[profile missing]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = nobody
[profile both]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = good
credential_source = Environment
[profile selfish]
role_arn = arn:aws:iam::111122223333:role/m
source_profile = selfish
[profile noarn]
role_arn = somewhere
source_profile = good
[profile odd]
role_arn = arn:aws:iam::111122223333:role/m
credential_source = Moon
[profile session]
aws_access_key_id = ASIASESSIONSESSION00
aws_secret_access_key = x
aws_session_token = y
[profile onehalf]
aws_access_key_id = AKIAHALFHALFHALFHALF
[profile webby]
login_session = arn:aws:iam::111122223333:user/x
[good]
region = eu-west-1
[preview]
x = y
"""

REASONS = {
    "b": "go in a circle: a → b → a",
    "a": "source_profile `b` was not taken",
    "orphan": "neither `source_profile` nor",
    "missing": "`nobody` does not exist",
    "both": "both `source_profile` and",
    "selfish": "is itself, and it has no keys",
    "noarn": "not the ARN of a role",
    "odd": "not known: Moon",
    "session": "those of a session",
    "onehalf": "without the other",
    "webby": "aws login",
}


def test_each_profile_that_cannot_be_taken_is_told_with_its_reason(world: World):
    put(
        world,
        UNUSABLE,
        f"[good]\naws_access_key_id = {KEY}\naws_secret_access_key = x\n"
        "[profile prefixed]\nregion = eu-west-1\n",
    )
    report = brought(world)
    assert set(listed(world)["identities"]) == {"good"}
    for profile, reason in REASONS.items():
        number = UNUSABLE.splitlines().index(f"[profile {profile}]") + 1
        line = next(line for line in report.splitlines() if f"profile `{profile}`:" in line)
        assert line.startswith(f"  ~/.aws/config:{number}: ") and reason in line, line
    assert "[good]: a profile's title is `[profile good]`" in report
    assert "[preview]" in report
    assert "~/.aws/credentials:4: [profile prefixed]: in this file" in report


def test_nothing_to_take_is_an_error(world: World):
    put(world, "[default]\nregion = eu-west-1\n")
    report = brought(world, status=78)
    assert "profile `default`: it gives no credentials" in report
    assert not (world.repository / "atmos.yaml").exists()


def test_no_files_is_an_error(world: World):
    assert "neither" in world.run("import", "aws-config", status=78).stderr
    assert "no file" in world.run("import", "aws-config", "--config", "x", status=64).stderr


def test_settings_beside_credentials(world: World):
    put(
        world,
        f"""\
        [default]
        region = nowhere
        output = yaml
        cli_pager =
        use_fips_endpoint = true
        mfa_serial = {DEVICE}
        s3 =
          max_concurrent_requests = 20
        services = mine
        role_session_name = x
        [services mine]
        sts =
          endpoint_url = http://localhost:4566/sts
        s3 =
          endpoint_url = http://localhost:4566/s3
        dynamodb =
          region = x
        """.replace("        ", ""),
        CREDENTIALS.replace("base", "default"),
    )
    report = brought(world)
    entry = listed(world)["identities"]["default"]
    assert entry["default"] is True
    assert entry["spec"] == {"endpoint_url": "http://localhost:4566/sts"}
    assert {pair["key"]: pair["value"] for pair in entry["env"]} == {
        "AWS_DEFAULT_OUTPUT": "yaml",
        "AWS_PAGER": "",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_ENDPOINT_URL_STS": "http://localhost:4566/sts",
        "AWS_ENDPOINT_URL_S3": "http://localhost:4566/s3",
    }
    for place, key in ((2, "region"), (6, "mfa_serial"), (7, "s3"), (10, "role_session_name")):
        assert f"~/.aws/config:{place}: `{key}` of profile `default`" in report
    assert "`region` of dynamodb in [services mine]" in report


def test_the_grammar_of_the_files(world: World):
    config = (
        b"\xef\xbb\xbf# comment\r\n; comment\r\n[profile a]\r\n"
        b"role_arn = arn:aws:iam::111122223333:role/a#b\r\n"
        b"source_profile = default ; trailing\r\n"
        b"external_id = first\r\nexternal_id = x=y\r\n[profile a]\r\nREGION=eu-west-1\r\n"
        b"nonsense\r\n[broken\r\n"
    )
    put(world, config, f"[default]\naws_access_key_id={KEY}\naws_secret_access_key=x#y;z\n")
    report = brought(world)
    entry = listed(world)["identities"]["a"]
    assert entry["principal"] == {
        "assume_role": "arn:aws:iam::111122223333:role/a#b",
        "external_id": "x=y",
        "region": "eu-west-1",
    }
    for line, words in {
        1: "byte order mark",
        5: "taken for a comment",
        7: "`external_id` is there twice",
        8: "[profile a] is there twice",
        10: "neither a section",
        11: "no `]`",
    }.items():
        assert re.search(rf"config:{line}: .*{re.escape(words)}", report), words


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
    assert "has to stay in this file" in report
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
