"""Data on stdout, words for people on stderr, documented statuses, no question to nobody."""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import signal

import pytest

from mock_world import STACKS, single
from world import World

#: Commands without commands below them; `user` has some.
COMMANDS = (
    *("login", "logout", "whoami", "list", "validate", "env", "exec", "shell"),
    *("credential-process", "use", "allow", "deny", "revoke", "prune", "status"),
    *("hook", "completion"),
)


def test_without_a_command_the_usage_is_shown(world: World):
    answer = world.run()
    assert answer.status in (0, 64)
    assert "login" in answer.stdout + answer.stderr


def test_help_is_data_and_succeeds(world: World):
    answer = world.run("--help", status=0)
    assert "USAGE" in answer.stdout and answer.stderr == ""
    for command in (*COMMANDS, "user"):
        assert f"\n  {command}" in answer.stdout, command


@pytest.mark.parametrize("home", [None, "", "here"])
def test_without_a_home_the_account_s_own_is_meant(world: World, home: str | None):
    world.configure(single("1h"))
    roots = {
        f"XDG_{name}_HOME": str(world.root / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")
    }
    answer = world.run(
        "exec", "--", "/bin/sh", "-c", 'echo "$HOME"', env={"HOME": home, **roots}, status=0
    )
    assert answer.stdout == pwd.getpwuid(os.geteuid()).pw_dir + "\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(world: World, command: str):
    answer = world.run(command, "--help", status=0)
    assert "USAGE" in answer.stdout and answer.stderr == ""
    assert len(answer.stdout.splitlines()) > 4


def test_version_is_one_line(world: World):
    answer = world.run("--version", status=0)
    assert len(answer.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frobnicate"], "unknown command"),
        (["list", "--nope"], "--nope"),
        (["list", "--format", "pdf"], "pdf"),
        (["hook", "tcsh"], "tcsh"),
        (["completion", "tcsh"], "tcsh"),
        (["exec", "-i", "dev-admin"], "no command specified"),
        (["use", "a", "b"], "b"),
    ],
)
def test_usage_errors_exit_64_with_empty_stdout(world: World, arguments: list[str], words: str):
    world.configure(STACKS)
    answer = world.run(*arguments)
    assert answer.status == 64, str(answer)
    assert answer.stdout == ""
    assert words in answer.stderr


def test_an_unknown_command_names_the_nearest_one(world: World):
    assert "login" in world.run("logni").stderr


@pytest.mark.parametrize(
    "command",
    [
        ["login"],
        ["whoami"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "--shell", "bash"],
    ],
)
def test_an_unknown_identity_exits_64_and_lists_near_names(world: World, command: list[str]):
    world.configure(STACKS)
    name = ["dev-admn"] if command[0] == "use" else []
    flag = [] if command[0] == "use" else ["--identity", "dev-admn"]
    answer = world.run(command[0], *flag, *command[1:], *name)
    assert answer.status == 64, str(answer)
    assert answer.stdout == ""
    assert "identity not found" in answer.stderr
    assert "dev-admin" in answer.stderr, "the near name is the most useful thing to say"


def test_no_default_identity_without_a_terminal_asks_nobody(world: World):
    world.configure(STACKS)
    answer = world.run("login")
    assert answer.status == 77, str(answer)
    assert "--identity" in answer.stderr or "ATMOS_IDENTITY" in answer.stderr


def test_choosing_without_a_terminal_is_refused(world: World):
    world.configure(STACKS)
    answer = world.run("login", "--identity")
    assert answer.status == 77, str(answer)
    assert "interactive identity selection" in answer.stderr
    assert answer.stdout == ""


def test_the_flag_beats_the_environment(world: World):
    world.configure(STACKS)
    answer = world.run(
        "exec",
        "--identity",
        "dev-admin",
        "--",
        "/usr/bin/env",
        env={"ATMOS_IDENTITY": "staging-admin"},
        status=0,
    )
    assert "ATMOS_IDENTITY=dev-admin" in answer.stdout


def test_an_alias_is_accepted_wherever_a_name_is(world: World):
    world.configure(STACKS)
    answer = world.run("exec", "-i", "stage", "--", "/usr/bin/env", status=0)
    assert "ATMOS_IDENTITY=staging-admin" in answer.stdout


def test_a_mock_code_without_a_terminal_needs_a_person(world: World):
    world.configure(single().replace("{lifetime: 1h}", "{lifetime: 1h, mfa: true}"))
    answer = world.run("login")
    assert answer.status == 77, str(answer)
    assert answer.stdout == ""
    assert "terminal" in answer.stderr.lower()


def test_a_service_that_is_not_there_exits_69(world: World):
    world.environment["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9"
    world.configure("""
        auth:
          realm: e2e
          identities:
            engineer: {kind: aws/user, default: true, credentials: {region: us-east-1}}
        """)
    world.store_keys("engineer", "AKIAEXAMPLEEXAMPLE00", "wJalr-not-a-real-key")
    answer = world.run("credential-process", timeout=120)
    assert answer.status == 69, str(answer)
    assert answer.stdout == ""
    assert "127.0.0.1:9" in answer.stderr


def test_bad_configuration_exits_78_and_names_the_place(world: World):
    world.configure("auth:\n  identities:\n    x: [not, a, mapping]\n")
    answer = world.run("login", "-i", "x")
    assert answer.status == 78, str(answer)
    assert answer.stdout == ""
    assert "atmos.yaml:3:8: identity `x` must be a map" in answer.stderr
    # A list shows what there is, and says that not all of it is right.
    answer = world.run("list", status=0)
    assert "atmos-auth validate" in answer.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["login"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "--shell", "bash"],
    ],
)
def test_an_identity_that_is_not_right_is_never_used(world: World, command: list[str]):
    world.configure(STACKS + "    broken: {kind: aws/assume-role, via: {identity: dev-admin}}\n")
    name = ["broken"] if command[0] == "use" else ["--identity", "broken"]
    answer = world.run(command[0], *name, *command[1:])
    assert answer.status == 78, str(answer)
    assert answer.stdout == ""
    assert "broken" in answer.stderr
    world.run("login", "-i", "dev-admin", status=0)


def test_yaml_that_cannot_be_read_names_line_and_column(world: World):
    file = world.configure("auth:\n  identities:\n    x: 'unclosed\n")
    answer = world.run("list")
    assert answer.status == 78
    assert answer.stdout == ""
    assert f"{file}:3:8: not valid YAML" in answer.stderr


def test_a_kind_that_is_not_there_yet_says_so(world: World):
    world.configure("""
        auth:
          realm: e2e
          providers:
            sso: {kind: atmos/pro}
          identities:
            x:
              kind: aws/assume-role
              default: true
              via: {provider: sso}
              principal: {assume_role: "arn:aws:iam::111122223333:role/Admin"}
        """)
    assert world.run("validate", status=0)
    assert world.run("list", status=0)
    for command in (
        ["login"],
        ["env"],
        ["exec", "--", "true"],
        ["credential-process"],
        ["use", "x", "--shell", "bash"],
    ):
        answer = world.run(*command)
        assert answer.status == 78, str(answer)
        assert answer.stdout == ""
        assert "not supported yet" in answer.stderr


def test_a_missing_keyring_password_without_a_terminal_says_which_variable(world: World):
    world.configure(single())
    answer = world.run("login", env={"ATMOS_KEYRING_PASSWORD": None})
    assert answer.status == 77, str(answer)
    assert "ATMOS_KEYRING_PASSWORD" in answer.stderr


def test_errors_as_json_have_a_stable_code(world: World):
    world.configure(STACKS)
    answer = world.run("whoami", "--identity", "nope", "--output", "json")
    assert answer.status == 64
    assert answer.stdout == "" or json.loads(answer.stdout)


def test_human_text_goes_to_stderr_only(world: World):
    world.configure(single())
    login = world.run("login", status=0)
    assert login.stdout == ""
    assert "Authentication successful" in login.stderr
    assert world.run("validate", status=0).stdout in ("", "Authentication configuration is valid\n")


def test_no_escape_sequences_without_a_terminal(world: World):
    world.configure(STACKS)
    for arguments in (
        ["list"],
        ["list", "--format", "table"],
        ["login", "-i", "dev-admin"],
        ["whoami", "-i", "dev-admin"],
        ["validate"],
        ["--help"],
    ):
        answer = world.run(*arguments)
        assert answer.stdout or answer.stderr, str(answer)
        assert "\x1b" not in answer.stdout + answer.stderr, str(answer)


def test_a_closed_stdout_is_not_a_crash(world: World):
    world.configure(STACKS)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        process = world.start("list", "--format", "json", stdout=nobody)
    assert process.wait(20) in (71, -signal.SIGPIPE, 128 + signal.SIGPIPE)
    assert b"Fatal error" not in process.stderr.read()


def test_a_full_stdout_is_an_error(world: World):
    world.configure(STACKS)
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    with pathlib.Path("/dev/full").open("wb") as full:
        process = world.start("list", "--format", "json", stdout=full)
        assert process.wait(20) == 71


@pytest.mark.parametrize(
    "words",
    [
        ["login", "dev", "-i", "other"],
        ["login", "dev", "--tags", "x"],
        ["login", "dev", "-p", "sandbox"],
        ["login", "-i", "dev", "-p", "sandbox"],
        ["logout", "dev", "-i", "other"],
        ["logout", "-i", "dev", "--all"],
        ["logout", "-i", "dev", "-p", "sandbox"],
        ["use", "dev", "--auto"],
        ["use", "dev", "--tags", "x"],
        ["use", "dev", "-i", "other"],
    ],
)
def test_contradictions_are_refused(world: World, words: list[str]):
    world.configure(single())
    world.run("login", status=0)
    assert "mutually exclusive" in world.run(*words, status=64).stderr
    world.run("whoami", status=0)


def test_a_command_to_type_means_the_same_configuration(world: World):
    world.configure(single())
    file = world.repository / "atmos.yaml"
    elsewhere = world.root / "else where"
    elsewhere.mkdir()
    answer = world.run("whoami", "--config", str(file), cwd=elsewhere, status=77)
    assert f"`atmos-auth login -i dev --config {file}`" in answer.stderr
    file.write_text("""\
auth:
  identities:
    user:
      kind: aws/user
      default: true
      credentials: {mfa_arn: "arn:aws:iam::123456789012:mfa/jane"}
""")
    world.store_keys("user", "AKIAIOSFODNN7EXAMPLE", "a-secret-key")
    answer = world.run("credential-process", "-C", str(world.repository), cwd=elsewhere, status=77)
    assert f"`atmos-auth login -i user --chdir {world.repository}` in a terminal" in answer.stderr
