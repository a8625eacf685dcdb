"""What is asked about holds by whatever way a command is started."""

from __future__ import annotations

import pathlib

import pytest

from mfa_world import Coded
from policy_world import STUB, Deployed
from repl_terminal import ReplTerminal
from terminal import Terminal
from world import World

NAME = "Type its name to go on: "
PROTECTED = "      protected: true\n"


@pytest.fixture
def deploy(coded: Coded) -> Deployed:
    return Deployed(coded)


@pytest.fixture
def prod(deploy: Deployed) -> Deployed:
    """The role is protected, and its session is there."""
    deploy.configure("", PROTECTED)
    deploy.log_in()
    return deploy


# Identities that take the surroundings as they are


def ambient(world: World, kind: str, more: str) -> None:
    world.configure(f"auth: {{identities: {{here: {{kind: {kind}, default: true, {more}}}}}}}\n")


@pytest.mark.parametrize("kind", ["ambient", "aws/ambient"])
@pytest.mark.parametrize(
    "words",
    [
        ["exec", "--", "env"],
        ["exec", "--static", "-i", "here", "--", "env"],
        ["exec", "-i", "here", "--wrapper", "--", "terraform", "plan"],
        ["shell", "--shell", "/bin/sh", "--", "-c", "env"],
        ["env"],
        ["repl"],
        ["login", "here"],
    ],
    ids=" ".join,
)
def test_the_surroundings_of_a_checkout_are_allowed_first(world: World, kind, words):
    world.is_own = False
    ambient(world, kind, "env: [{key: AWS_ENDPOINT_URL, value: 'http://evil.example'}]")
    answer = world.run(*words, stdin="exec env\n!env\n", status=77)
    assert "is not allowed yet" in answer.stderr and "evil" not in answer.stdout, str(answer)
    if words[0] == "exec" and words[-1] == "env":
        world.run("allow", "-i", "here", status=0)
        world.run("allow", status=None)
        allowed = world.run("exec", "-i", "here", "--", "env", status=0)
        assert "AWS_ENDPOINT_URL=http://evil.example" in allowed.stdout


@pytest.mark.parametrize("kind", ["ambient", "aws/ambient"])
def test_the_surroundings_are_guarded_as_others_are(deploy: Deployed, kind: str):
    def run(*words: str, **variables: str):
        return deploy.world.run("exec", "-i", "here", "--", *words, env=variables)

    ambient(deploy.world, kind, "protected: true")
    assert "asks for the name" in run("terraform", "apply").stderr
    assert run("terraform", "plan").status == 0
    terminal = Terminal(deploy.world, "exec", "-i", "here", "--", "terraform", "apply")
    terminal.answer(NAME, "here")
    terminal.wait(0)
    assert "ran terraform apply" in terminal.shown
    ambient(deploy.world, kind, "mfa: {policy: applies-only}")
    assert run("terraform", "apply").status == 77
    terminal = Terminal(deploy.world, "exec", "-i", "here", "--", "terraform", "apply")
    terminal.wait(77)
    assert "nothing in the chain of `here` takes one" in terminal.shown
    assert run("terraform", "plan", A="1").status == 0


# The name of a protected identity


def test_who_is_there_types_the_name_though_programs_need_not(deploy: Deployed):
    deploy.configure("{unattended: true}", PROTECTED)
    deploy.log_in()
    terminal = deploy.at_terminal("terraform", "apply")
    terminal.answer(NAME, "no")
    terminal.wait(77)
    assert "ran terraform" not in terminal.shown
    automated = deploy.at_terminal("terraform", "apply", TF_IN_AUTOMATION="1")
    automated.wait(0)


def test_a_name_does_for_all_that_its_command_starts(prod: Deployed):
    inside = (
        "unset INSIDE; export TF_IN_AUTOMATION=1; "
        '"$ATMOS_AUTH" exec --wrapper -- terraform apply x; '
        '"$ATMOS_AUTH" exec -i deploy -- sh -c "echo and $ATMOS_IDENTITY"'
    )
    # No table knows the program.
    terminal = prod.at_terminal("deploy.sh", INSIDE=inside)
    terminal.answer(NAME, "deploy")
    terminal.wait(0)
    assert "ran terraform apply x" in terminal.shown and "and deploy" in terminal.shown
    assert terminal.shown.count("Type its name") == 1
    # What no name was typed for does not get to apply, and neither does anybody afterwards.
    planned = prod.at_terminal("terraform", "plan", INSIDE=inside + "; echo status $?")
    planned.wait(0)
    assert "ran terraform apply" not in planned.shown and "status 77" in planned.shown
    assert prod.alone("terraform", "apply").status == 77


def test_a_name_says_nothing_of_another_identity(prod: Deployed):
    text = (prod.world.repository / "atmos.yaml").read_text()
    prod.world.configure(text + text[text.index("    deploy:") :].replace("deploy:", "other:"))
    inside = 'TF_IN_AUTOMATION=1 "$ATMOS_AUTH" exec -i other -- terraform apply; echo status $?'
    terminal = prod.at_terminal("deploy.sh", INSIDE=inside)
    terminal.answer(NAME, "deploy")
    terminal.wait(0)
    assert "status 77" in terminal.shown and "ran terraform" not in terminal.shown


# Shells


def test_a_shell_that_reads_a_script_may_do_anything(prod: Deployed):
    script = "echo carried out\n"
    for words in (
        ["exec", "-i", "deploy", "--", "sh"],
        ["exec", "-i", "deploy", "--", "bash", "-i"],
        ["exec", "-i", "deploy", "--", "/bin/sh"],
        ["shell", "-i", "deploy", "--shell", "/bin/sh"],
    ):
        answer = prod.world.run(*words, stdin=script, status=77)
        assert "carried out" not in answer.stdout and "asks for the name" in answer.stderr
    answer = prod.world.run(
        "shell", "-i", "deploy", "--shell", "/bin/sh", "--", "-c", script, status=77
    )
    assert answer.stdout == ""


def test_a_shell_that_a_person_types_in_has_what_shells_have(prod: Deployed):
    for words in (
        ["exec", "-i", "deploy", "--", "sh"],
        ["exec", "-i", "deploy", "--", "/bin/sh"],
        ["shell", "-i", "deploy", "--shell", "/bin/sh"],
    ):
        terminal = Terminal(prod.world, *words)
        terminal.child.sendline('echo "as $ATMOS_IDENTITY"; exit')
        terminal.wait(0)
        assert "as deploy\n" in terminal.shown and "Type its name" not in terminal.shown


def test_a_checkouts_program_is_no_shell_for_its_name(prod: Deployed):
    own = prod.world.write("sh", "#!/bin/sh\necho carried out\n", mode=0o755)
    for word in ("./sh", str(own)):
        terminal = Terminal(prod.world, "exec", "-i", "deploy", "--", word)
        terminal.answer(NAME, "no")
        terminal.wait(77)
        assert "carried out" not in terminal.shown


# Why a line counts as it does


def test_a_line_that_counts_as_apply_says_why(prod: Deployed):
    refused = prod.alone("terraform", "plan", TF_CLI_ARGS_plan="'")
    assert refused.status == 77
    assert "`terraform plan` counts as apply: TF_CLI_ARGS cannot be taken apart" in refused.stderr
    unknown = prod.alone("terraform", "frobnicate")
    assert "counts as apply: it is not a command of terraform that is known" in unknown.stderr
    plain = prod.alone("terraform", "apply", "-auto-approve")
    assert plain.status == 77 and "counts as" not in plain.stderr
    terminal = prod.at_terminal("terraform", "apply", TF_CLI_ARGS_apply="-auto-approve")
    terminal.answer(NAME, "deploy")
    terminal.wait(0)
    assert "note: TF_CLI_ARGS keeps it from asking" in terminal.shown


def test_what_nobody_typed_approves_no_plan_unseen(deploy: Deployed):
    deploy.configure("{policy: plans-and-applies}")
    terminal = deploy.at_terminal("terraform", "apply", TF_CLI_ARGS_apply="-auto-approve")
    terminal.wait(77)
    assert "its plan would only be seen after the second" in terminal.shown
    assert "TF_CLI_ARGS keeps it from asking" in terminal.shown
    deploy.with_code("terraform", "apply", "-auto-approve")


def test_plans_of_all_units_are_saved_in_a_directory(deploy: Deployed):
    path = deploy.coded.programs / "terragrunt"
    path.write_text(STUB)
    path.chmod(0o755)
    deploy.configure("{policy: plans-and-applies}")
    terminal = deploy.at_terminal("terragrunt", "run", "--all", "apply")
    terminal.wait(77)
    assert "`terragrunt run --all --out-dir DIRECTORY plan`" in terminal.shown
    assert "`terragrunt run --all --out-dir DIRECTORY apply`" in terminal.shown
    deploy.with_code("terragrunt", "run", "--all", "--out-dir", "plans", "apply")


# The REPL


@pytest.mark.parametrize(
    "line",
    [
        "exec terraform apply",
        "!terraform apply",
        "!for d in a b; do terraform apply; done",
        "!>log terraform apply",
        "!sh -c 'terraform apply'",
    ],
)
def test_the_repl_asks_before_a_line_that_may_apply(prod: Deployed, line: str):
    with ReplTerminal(prod.world, "-i", "deploy") as repl:
        repl.keys(line + "\r")
        repl.answer(NAME, "no")
        assert "nothing was run" in repl.wait()
        assert "ran terraform" not in repl.shown


def test_a_script_for_the_repl_is_no_person(prod: Deployed):
    for line in ("exec terraform apply", "!for i in 1; do terraform apply; done", "!\nterraform x"):
        answer = prod.world.run("repl", "-i", "deploy", stdin=f"{line}\n", status=77)
        assert "ran terraform" not in answer.stdout and "asks for the name" in answer.stderr


def test_the_repl_asks_once_where_there_is_a_shim(prod: Deployed):
    shims: pathlib.Path = prod.world.root / "shims"
    prod.world.run("shims", "install", "--dir", str(shims), "terraform", status=0)
    prod.world.environment["PATH"] = f"{shims}:{prod.world.variables()['PATH']}"
    for line in ("exec terraform apply x", "!terraform apply x", "!true; terraform apply x"):
        with ReplTerminal(prod.world, "-i", "deploy") as repl:
            repl.keys(line + "\r")
            repl.answer(NAME, "deploy")
            assert "ran terraform apply x" in repl.wait()
            assert repl.shown.count("Type its name") == 1
