"""What somebody meets who types what other tools taught them, or has nothing configured yet."""

from __future__ import annotations

import re

import pytest

from mock_world import STACKS
from terminal import Terminal
from world import World

#: Commands that need an identity, and `list`, which shows them.
ASKING = ["list", "whoami", "exec -- true", "why", "env", "login", "console", "shell"]


@pytest.mark.parametrize(
    "line", [*ASKING, "validate", "whoami dev", "list -f json", "login -i dev"]
)
def test_without_a_configuration_every_command_says_the_same(world: World, line: str):
    answer = world.run(*line.split(), status=78)
    assert "no atmos.yaml was found here, above, or in ~/.atmos" in answer.stderr, answer
    assert f"looked in: {world.repository}, " in answer.stderr.replace(r"\/", "/"), answer
    assert "import aws-config" in answer.stderr
    assert answer.stdout == ""


def test_a_configuration_without_identities_is_named(world: World):
    path = world.configure("auth: {realm: e2e}\n")
    for line in ["list", "whoami", "exec -- true"]:
        answer = world.run(*line.split(), status=78)
        assert f"no identities are defined in {path}" in answer.stderr, answer


@pytest.mark.parametrize("words", [["list"], ["login"]])
def test_a_tag_that_nothing_has_is_named(world: World, words: list[str]):
    world.configure(STACKS)
    answer = world.run(*words, "--tags", "nope", status=64)
    assert "nothing has the tag: nope" in answer.stderr
    assert "tags are: development, production" in answer.stderr, answer


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["exec", "dev-admin", "--", "sh", "-c", "echo $ATMOS_IDENTITY"], "dev-admin\n"),
        (
            ["exec", "--static", "dev-admin", "--", "sh", "-c", "echo $ATMOS_IDENTITY"],
            "dev-admin\n",
        ),
        (["env", "dev-admin", "-f", "dotenv"], "ATMOS_IDENTITY=dev-admin\n"),
        (["whoami", "dev-admin"], "dev-admin"),
        (["why", "dev-admin"], "dev-admin"),
        (
            ["shell", "dev-admin", "--shell", "/bin/sh", "--", "-c", "echo $ATMOS_IDENTITY"],
            "dev-admin\n",
        ),
    ],
)
def test_an_identity_is_a_word_of_its_own(world: World, words: list[str], shown: str):
    world.configure(STACKS)
    world.run("login", "dev-admin", status=0)
    assert shown in world.run(*words, status=0).stdout


@pytest.mark.parametrize("command", ["exec", "env", "whoami", "shell", "console", "why"])
def test_an_identity_given_twice_is_refused(world: World, command: str):
    world.configure(STACKS)
    answer = world.run(command, "dev-admin", "-i", "prod-admin", status=64)
    assert "the identity is given twice" in answer.stderr, answer


def test_console_takes_the_identity_as_a_word(world: World):
    world.configure(STACKS)
    answer = world.run("console", "nobody-has-this-name")
    assert answer.status != 0 and "identity not found: `nobody-has-this-name`" in answer.stderr


def test_a_program_without_dashes_is_told_about_them(world: World):
    world.configure(STACKS)
    for words in (["exec", "dev-admin"], ["exec", "aws", "s3", "ls"]):
        answer = world.run(*words, status=64)
        assert "`--`" in answer.stderr, answer


@pytest.mark.parametrize(
    "words",
    [
        ["auth", "whoami", "dev-admin"],
        ["auth", "-i", "dev-admin", "whoami"],
        ["-i", "dev-admin", "auth", "whoami"],
        ["--no-color", "auth", "whoami", "-i", "dev-admin"],
    ],
)
def test_atmos_auth_is_understood(world: World, words: list[str]):
    world.configure(STACKS)
    world.run("auth", "login", "dev-admin", status=0)
    assert "dev-admin" in world.run(*words, status=0).stdout


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("add", "aws-vault's `add` is `atmos-auth user configure`"),
        ("rotate", "aws-vault's `rotate` is `atmos-auth user rotate`"),
        ("export", "`atmos-auth env`"),
        ("logni", "did you mean `login`?"),
    ],
)
def test_a_command_of_another_tool_is_named(world: World, word: str, hint: str):
    answer = world.run(word, status=64)
    assert hint in answer.stderr and "commands:" not in answer.stderr, answer


def test_a_table_fits_eighty_columns(world: World):
    world.configure(
        """\
        auth:
          realm: e2e
          providers:
            company-sso:
              kind: aws/iam-identity-center
              start_url: https://d-1234567890.awsapps.com/start
              region: eu-central-1
          identities:
            platform-production-admin:
              kind: aws/permission-set
              alias: prod
              default: true
              protected: true
              via: {provider: company-sso}
              principal: {name: AdministratorAccess, account: {id: "123456789012"}}
            platform-deployer:
              kind: aws/assume-role
              via: {identity: platform-production-admin}
              principal: {assume_role: arn:aws:iam::123456789012:role/deployer}
        """
    )
    with Terminal(world, "list", "-f", "table", columns=80) as terminal:
        terminal.wait(status=0)
        lines = terminal.shown.splitlines()
    assert max(map(len, lines)) <= 80, terminal.shown
    prod = [line for line in lines if "prod" in line and line.startswith("*!")]
    assert prod and re.search(
        r"platform-prod\S* +aws/permission\S* +company-sso +prod +-$", prod[0]
    ), lines
    assert "* default   ! protected" in lines
    # A program that reads it gets every name whole.
    assert "platform-production-admin" in world.run("list", "-f", "table", status=0).stdout


def test_text_that_was_asked_for_goes_to_standard_output(world: World):
    world.configure(STACKS)
    world.run("login", "dev-admin", status=0)
    for words in (["whoami", "dev-admin"], ["keyring", "status"]):
        answer = world.run(*words, status=0)
        assert answer.stdout and not answer.stderr, answer
