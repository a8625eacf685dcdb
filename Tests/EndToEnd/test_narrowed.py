"""Programs that are given less than the person has: `exec --read-only`, `--policy`."""

from __future__ import annotations

import csv
import hashlib
import json
import pathlib
import shlex

import pytest

from services import USERS, StrictSTS, against
from terminal import Terminal
from world import Answer, World

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*"}]}


@pytest.fixture
def strict(world: World, sts) -> StrictSTS:
    server = sts()
    against(world, server)
    return server


def assumed(server: StrictSTS) -> list[dict]:
    """The calls that made a session of the last role."""
    return [entry for entry in server.log() if (entry["role"] or "").endswith("role/deploy")]


def inside(world: World, *options: str, script: str, status: int | None = None) -> Answer:
    """Runs a shell's script in a narrowed `exec`."""
    words = ["exec", *options, "deploy", "--", "/bin/sh", "-c", script]
    return world.run(*words, status=status)


def own(world: World, *words: str) -> str:
    """A command of ours as a word of a script."""
    return shlex.join([world.binary, *words])


CALLER = "aws sts get-caller-identity --output json"


def test_read_only(world: World, strict: StrictSTS):
    answer = inside(world, "--read-only", script=CALLER, status=0)
    assert ":assumed-role/deploy/" in json.loads(answer.stdout)["Arn"]
    [call] = assumed(strict)
    assert call["policies"] == [READ_ONLY]
    # The next program gets the same session, and the identity's own is another one.
    inside(world, "--read-only", script=CALLER, status=0)
    assert len(assumed(strict)) == 1
    world.run("exec", "deploy", "--", "true", status=0)
    assert [call["policies"] for call in assumed(strict)] == [[READ_ONLY], []]
    inside(world, "--read-only", script=CALLER, status=0)
    assert len(assumed(strict)) == 2, "neither takes the other's place"


def test_a_policy_of_a_file_and_of_aws(world: World, strict: StrictSTS):
    world.write("robot.json", json.dumps(POLICY, indent=2))
    arn = "arn:aws:iam::210987654321:policy/robots/Reader"
    inside(world, "--policy", "robot.json", "--policy", arn, script="true", status=0)
    [call] = assumed(strict)
    inline, managed = call["policies"]
    assert json.loads(inline) == POLICY and "\n" not in inline
    assert managed == arn


def test_a_shorter_session(world: World, strict: StrictSTS):
    inside(world, "--session-duration", "15m", script="true", status=0)
    inside(world, "--session-duration", "12h", script="true", status=0)
    assert [call["duration"] for call in assumed(strict)] == ["900", "3600"], "never longer"
    said = world.said("exec", "--session-duration", "5m", "deploy", "--", "true")
    assert "15m to 12h" in said or "15m" in said


def test_it_renews_narrowed(world: World, sts):
    server = sts(lifetime=2)
    against(world, server)
    script = f"{CALLER}; sleep 3; {CALLER}"
    inside(world, "--read-only", script=script, status=0)
    calls = assumed(server)
    assert len(calls) >= 2
    assert all(call["policies"] == [READ_ONLY] for call in calls)


def test_keys_as_variables_are_narrowed_too(world: World, strict: StrictSTS):
    answer = inside(world, "--read-only", "--static", script="echo $AWS_ACCESS_KEY_ID", status=0)
    assert answer.stdout.startswith("ASIA")
    assert [call["policies"] for call in assumed(strict)] == [[READ_ONLY]]


@pytest.mark.parametrize("name", ["engineer", "off"])
def test_what_takes_no_policy_is_refused_with_the_reason(world: World, strict, name: str):
    options = {"status": 77 if name == "engineer" else 64}
    said = world.said("exec", "--read-only", "-i", name, "--", "true", **options)
    assert "only a role that is assumed takes a session policy" in said or "nobody acts" in said
    assert strict.calls() == {}


def test_a_second_policy_would_permit_more(world: World, strict: StrictSTS):
    text = USERS.replace('role/deploy", ', f'role/deploy", policy_arns: ["{READ_ONLY}"], ')
    world.configure(text)
    said = world.said("exec", "--policy", READ_ONLY, "deploy", "--", "true", status=77)
    assert "would permit more" in said
    assert assumed(strict) == []
    inside(world, "--session-duration", "15m", script="true", status=0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "is not a policy"),
        ("[]", "is not a policy"),
        ("{}", "is not a policy"),
        (None, "there is no policy file"),
        (json.dumps({"Statement": "x" * 2048}), "a session takes 2048"),
    ],
)
def test_files_that_are_not_policies(world: World, strict: StrictSTS, content, words):
    if content is not None:
        world.write("robot.json", content)
    said = world.said("exec", "--policy", "robot.json", "deploy", "--", "true")
    assert words in said
    assert "ARN" in world.said("exec", "--policy", "arn:aws:s3:::bucket", "deploy", "--", "true")
    assert strict.calls() == {}


def test_the_audit_log_says_how_it_was_narrowed(world: World, strict: StrictSTS):
    world.write("robot.json", json.dumps(POLICY, indent=2))
    wide = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    inside(world, "--read-only", "--policy", wide, script=CALLER, status=0)
    inside(world, "--policy", "robot.json", script="true", status=0)
    world.run("exec", "deploy", "--", "true", status=0)
    exported = world.run("audit", "export", status=0).stdout.splitlines()
    digest = hashlib.sha256(json.dumps(POLICY, separators=(",", ":")).encode()).hexdigest()
    assert [(line["way"], line.get("policies")) for line in map(json.loads, exported)] == [
        ("exec", ["read-only", wide]),
        ("credential-process", ["read-only", wide]),
        ("exec", [f"sha256:{digest}"]),
        ("exec", None),
    ]
    rows = world.run("audit", "export", "--format", "csv", status=0).stdout.splitlines()
    assert next(csv.DictReader(rows))["policies"] == f"read-only {wide}"


# From inside


@pytest.mark.parametrize(
    "words",
    [
        ["allow", "-i", "deploy"],
        ["use", "engineer", "--shell", "bash"],
        ["use", "none", "--shell", "bash"],
        ["login", "deploy"],
        ["logout", "--all"],
        ["env", "deploy"],
        ["env", "--static", "-i", "base"],
        ["exec", "-i", "base", "--", "true"],
        ["exec", "--stack", "plat-use1-prod", "--", "true"],
        ["exec", "--static", "deploy", "--", "true"],
        ["exec", "--session-duration", "1h", "deploy", "--", "true"],
        ["credential-process", "-i", "base"],
        ["credential-process", "-i", "deploy"],
        ["mfa", "add", "-i", "engineer"],
        ["user", "configure", "-i", "engineer"],
        ["user", "rotate", "-i", "engineer"],
        ["eks-token", "--cluster", "c", "--region", "eu-west-1"],
        ["ecr-login"],
        ["console", "deploy", "--print-only"],
        ["shell", "deploy"],
        ["repl"],
        ["aws-config", "--write"],
        ["revoke", "-i", "deploy"],
        ["deny", "-i", "deploy"],
    ],
    ids=" ".join,
)
def test_from_inside_nothing_gets_more(world: World, strict: StrictSTS, words: list[str]):
    answer = inside(world, "--read-only", script=own(world, *words), status=77)
    assert "started with less than you have" in answer.stderr
    assert answer.stdout == ""
    assert [call["policies"] for call in assumed(strict)] == [[READ_ONLY]]


def test_from_inside_no_other_narrowed_session_is_had(world: World, strict: StrictSTS):
    wide = "arn:aws:iam::aws:policy/AdministratorAccess"
    script = "echo $ATMOS_AUTH_NARROWED"
    key = inside(world, "--policy", wide, script=script, status=0).stdout.strip()
    script = own(world, "credential-process", "-i", "deploy", "--narrowed", key)
    answer = inside(world, "--read-only", script=script, status=77)
    assert answer.stdout == "" and "started with less than you have" in answer.stderr


def test_from_inside_what_gives_nothing_works(world: World, strict: StrictSTS):
    for words in (
        ["list"],
        ["status"],
        ["validate"],
        ["whoami"],
        ["--version"],
        ["exec", "--help"],
    ):
        inside(world, "--read-only", script=own(world, *words), status=0)
    # A script that names the identity again stays as it is.
    script = own(world, "exec", "deploy", "--", "/bin/sh", "-c", CALLER)
    inside(world, "--read-only", script=script, status=0)
    inside(world, "--read-only", script=own(world, "exec", "--", "true"), status=0)
    assert [call["policies"] for call in assumed(strict)] == [[READ_ONLY]]
    assert "this narrowed session" in world.said(
        "credential-process", "-i", "deploy", "--narrowed", "0" * 32, status=77
    )


def test_other_profiles_are_not_there(world: World, strict: StrictSTS):
    answer = inside(world, "--read-only", script="AWS_PROFILE=base " + CALLER)
    assert answer.status != 0 and "base" in answer.stderr
    config = inside(world, "--read-only", script="cat $AWS_CONFIG_FILE", status=0).stdout
    assert config.count("[") == 1 and "--narrowed" in config


def test_logout_ends_narrowed_sessions_too(world: World, strict: StrictSTS):
    inside(world, "--read-only", script="true", status=0)
    assert list(world.state.rglob("*narrowed*.session"))
    world.run("logout", "deploy", status=0)
    assert list(world.state.rglob("*narrowed*.session")) == []


def test_a_checkout_that_changed_narrows_nothing_else(world: World, sts):
    server = sts()
    against(world, server)
    world.is_own = False
    world.run("allow", "-i", "deploy", "--with-keys", status=0)
    inside(world, "--read-only", script="true", status=0)
    world.configure(USERS.replace("role/deploy", "role/other"))
    answer = world.run("exec", "--read-only", "deploy", "--", "true")
    assert answer.status == 77
    assert not [entry for entry in server.log() if (entry["role"] or "").endswith("role/other")]


# Scripts


def test_every_error_as_json(world: World, strict: StrictSTS):
    variables = {"ATMOS_AUTH_ERROR_FORMAT": "json"}
    for words, code in [
        (["exec", "-i", "nobody", "--", "true"], "identity-not-found"),
        (["exec", "--read-only", "-i", "engineer", "--", "true"], "refused"),
        (["login", "--frobnicate"], "usage"),
        (["frobnicate"], "usage"),
        (["credential-process", "-i", "nobody"], "identity-not-found"),
    ]:
        answer = world.run(*words, env=variables)
        assert answer.stdout == "" and answer.status != 0
        assert json.loads(answer.stderr)["error"]["code"] == code, str(answer)


@pytest.mark.parametrize(
    "words",
    [
        ["login", "deploy"],
        ["exec", "--", "true"],
        ["exec", "-i", "--", "true"],
        ["user", "configure", "-i", "engineer"],
        ["mfa", "add", "-i", "engineer"],
        ["allow", "-i", "deploy"],
        ["logout", "--all", "--keychain"],
    ],
    ids=" ".join,
)
def test_nothing_is_asked_with_interactive_off(world: World, sts, words: list[str]):
    """At a terminal, too."""
    server = sts()
    against(world, server)
    world.is_own = False
    world.environment |= {"ATMOS_INTERACTIVE": "false", "ATMOS_KEYRING_PASSWORD": None}
    terminal = Terminal(world, *words)
    assert terminal.wait(timeout=20) != 0
    assert "assword" not in terminal.shown.replace("ATMOS_KEYRING_PASSWORD", ""), terminal.shown
    assert server.calls() == {}


def test_the_page_says_what_it_is_worth():
    text = (pathlib.Path(__file__).parents[2] / "docs/robots.md").read_text()
    assert "speed bump" in text
