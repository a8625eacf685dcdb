"""What other tools' users bring along: variables of awsu, and shells of aws-vault and its like."""

from __future__ import annotations

import pytest

from mock_world import single
from services import StrictSTS
from world import World

ROLE = "arn:aws:iam::444455556666:role/Deploy"

#: What a shell of each tool has.
SHELLS = {
    "aws-vault": {
        "AWS_VAULT": "theirs",
        "AWS_ACCESS_KEY_ID": "ASIATHEIRS",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_CREDENTIAL_EXPIRATION": "2999-01-01T00:00:00Z",
    },
    "granted": {
        "AWS_PROFILE": "theirs",
        "AWS_ACCESS_KEY_ID": "ASIATHEIRS",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_SESSION_EXPIRATION": "2999-01-01T00:00:00Z",
        "GRANTED_SSO": "true",
        "GRANTED_SSO_START_URL": "https://theirs.awsapps.com/start",
        "GRANTED_SSO_ROLE_NAME": "theirs",
        "GRANTED_SSO_REGION": "us-east-1",
        "GRANTED_SSO_ACCOUNT_ID": "999999999999",
    },
    "awsume": {
        "AWSUME_PROFILE": "theirs",
        "AWSUME_EXPIRATION": "2999",
        "AWSUME_COMMAND": "theirs",
        "AWS_PROFILE": "theirs",
        "AWS_ACCESS_KEY_ID": "ASIATHEIRS",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_SECURITY_TOKEN": "theirs",
    },
    "awsu": {
        "AWSU_PROFILE": "theirs",
        "AWSU_EXPIRES": "2999",
        "AWS_ACCESS_KEY_ID": "ASIATHEIRS",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
    },
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_program_gets_nothing_of_the_shell_around(world: World, name: str):
    world.configure(single())
    for options in ([], ["--static"]):
        answer = world.run("exec", "dev", *options, "--", "env", env=SHELLS[name], status=0)
        found = dict(line.split("=", 1) for line in answer.stdout.splitlines() if "=" in line)
        left = {key: found[key] for key in SHELLS[name] if "theirs" in found.get(key, "").lower()}
        assert left == {}, answer
        assert not [key for key in found if key.startswith(("AWSUME_", "GRANTED_", "AWSU_"))]
        assert "AWS_VAULT" not in found
    text = world.run("env", "dev", env=SHELLS[name], status=0).stdout
    for key in SHELLS[name]:
        assert f"unset {key}" in text or f"export {key}=" in text, key


@pytest.mark.parametrize("name", SHELLS)
def test_an_ambient_identity_takes_it_as_it_is(world: World, name: str):
    world.configure("auth: {identities: {here: {kind: ambient}}}\n")
    answer = world.run("exec", "here", "--", "env", env=SHELLS[name], status=0)
    for key, value in SHELLS[name].items():
        assert f"{key}={value}" in answer.stdout


def test_assume_starts_from_the_shell_around(world: World, sts):
    server: StrictSTS = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    shell = SHELLS["awsu"] | {
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
    }
    text = world.run("assume", ROLE, env=shell, status=0).stdout
    assert "AWS_ACCESS_KEY_ID='ASIA" in text


# MARK: The variables of awsu


def test_grace_is_the_validity_at_least(world: World):
    world.configure(single("20m"))
    world.run("exec", "dev", "--", "true", status=0)
    before = world.run("env", "dev", "--static", status=0).stdout
    enough = {"AWSU_GRACE": "10m"}
    assert world.run("env", "dev", "--static", env=enough, status=0).stdout == before
    # More than a session can have.
    answer = world.run("env", "dev", "--static", env={"AWSU_GRACE": "30m"})
    assert answer.status != 0 and not answer.stdout, str(answer)
    said = world.said("exec", "dev", "--", "true", env={"AWSU_GRACE": "soon"})
    assert "AWSU_GRACE" in said


@pytest.mark.parametrize("name", ["AWSU_MFA_SERIAL", "AWSU_SERIAL", "AWS_MFA_SERIAL_NUMBER"])
def test_duration_and_serial_of_assume(world: World, sts, name: str):
    server: StrictSTS = sts()
    server.tell("/__roles", {"arn": ROLE, "mfa": True})
    shell = {
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
        "AWSU_DURATION": "30m",
        name: "arn:aws:iam::123456789012:mfa/jane",
        "ATMOS_AUTH_MFA_CODE": "123456",
    }
    world.run("assume", ROLE, env=shell, status=0)
    (call,) = [entry for entry in server.log() if entry["action"] == "AssumeRole"]
    assert call["duration"] == "1800"


def test_without_a_cache_assume_assumes_again(world: World, sts):
    server: StrictSTS = sts()
    shell = {
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
    }

    def calls(**variables: str) -> int:
        world.run("assume", ROLE, env=shell | variables, status=0)
        return len([entry for entry in server.log() if entry["action"] == "AssumeRole"])

    assert [calls(), calls(), calls(AWSU_NO_CACHE="false")] == [1, 1, 1]
    assert [calls(AWSU_NO_CACHE="true"), calls()] == [2, 2]


def test_verbose_is_the_level_of_the_log(world: World):
    world.configure(single("20m"))
    quiet = {"ATMOS_LOGS_LEVEL": None}
    assert world.run("env", "dev", env=quiet, status=0).stderr == ""
    verbose = quiet | {"AWSU_VERBOSE": "true"}
    assert "dev" in world.run("env", "dev", env=verbose, status=0).stderr
    stated = {"ATMOS_LOGS_LEVEL": "Warning", "AWSU_VERBOSE": "true"}
    assert world.run("env", "dev", env=stated, status=0).stderr == ""


@pytest.mark.parametrize("name", ["AWSU_TOKEN_GENERATOR", "AWSU_GENERATOR"])
def test_the_generator_is_the_source_of_codes(world: World, sts, name: str, tmp_path):
    server: StrictSTS = sts()
    server.tell("/__roles", {"arn": ROLE, "mfa": True})
    ykman = tmp_path / "ykman"
    ykman.write_text("#!/bin/sh\necho 246801\n")
    ykman.chmod(0o755)
    shell = {
        "PATH": f"{tmp_path}:{world.variables()['PATH']}",
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": server.access_key_id,
        "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
    }
    words = ["assume", ROLE, "--mfa-serial", "arn:aws:iam::123456789012:mfa/jane"]
    world.run(*words, env=shell, status=77)
    world.run(*words, env=shell | {name: "yubikey"}, status=0)


def test_mfa_code_prints_a_code_once(world: World, tmp_path):
    ykman = tmp_path / "ykman"
    ykman.write_text("#!/bin/sh\necho 246801\n")
    ykman.chmod(0o755)
    world.configure(
        """\
        auth:
          identities:
            jane:
              kind: aws/user
              credentials: {mfa_arn: "arn:aws:iam::123456789012:mfa/jane"}
              mfa: {sources: [ykman]}
        """
    )
    path = {"PATH": f"{tmp_path}:{world.variables()['PATH']}"}
    answer = world.run("mfa", "code", "-i", "jane", env=path, status=0)
    assert answer.stdout == "246801\n"
    assert (
        world.run("mfa", "code", "-i", "jane", env=path | {"ATMOS_AUTH_MFA_CODE": "1"}).status != 0
    )
    assert '"way":"mfa-code"' in world.run("audit", "export", status=0).stdout
    assert "`atmos-auth mfa code`" in world.said("token")
