"""What is allowed and revoked by name: identities, providers and commands of a checkout."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest

from trust_world import checkout_of_stacks
from world import World


@pytest.fixture
def world(world: World) -> World:
    """A world whose configuration is a checkout's, of which nothing was allowed."""
    world.is_own = False
    return world


@pytest.fixture
def stacks(world: World) -> World:
    return checkout_of_stacks(world)


COMMAND = (
    "auth: {identities: {x: {kind: mock/aws, default: true, spec: {lifetime: "
    "!exec 'echo yes >>ran; echo 30m'}}}}\n"
)


@pytest.fixture
def commanding(world: World) -> World:
    """A project whose identity `x` runs a command that was allowed in the directory `stack`."""
    world.configure(COMMAND)
    world.run("allow", cwd=world.select("stack", "x"), status=0)
    world.run("login", "x", status=0)
    assert (world.repository / "ran").exists()
    return world


@pytest.mark.parametrize("words", [["revoke"], ["deny"]])
def test_commands_go_with_the_grant(commanding: World, words: list[str]):
    commanding.run(*words, cwd=commanding.repository / "stack", status=0)
    (commanding.repository / "ran").unlink()
    answer = commanding.run("login", "x", status=77)
    assert "is not allowed yet" in answer.stderr
    assert "`atmos-auth allow -i x`" in answer.stderr
    assert not (commanding.repository / "ran").exists()


def test_commands_that_another_directory_allowed_stay(commanding: World):
    other = commanding.select("other", "x")
    commanding.run("allow", cwd=other, status=0)
    commanding.run("revoke", cwd=other, status=0)
    commanding.run("login", "x", status=0)
    commanding.run("revoke", cwd=commanding.repository / "stack", status=0)
    commanding.run("login", "x", status=77)


def test_allowing_many_things_at_once_loses_none(commanding: World):
    directories = [commanding.select(f"more/{index}", "x") for index in range(12)]
    running = [commanding.start("allow", str(directory)) for directory in directories]
    assert [process.wait() for process in running] == [0] * len(running)
    (trusted,) = (commanding.state / "trust").glob("*.commands")
    text = trusted.read_text()
    for directory in directories:
        # Once for the command and once more for nothing else.
        assert text.count(f"\t{directory}\n") == 1, text


def test_commands_are_pruned_with_their_directory(commanding: World):
    shutil.rmtree(commanding.repository / "stack")
    commanding.run("prune", status=0)
    assert list((commanding.state / "trust").glob("*.commands")) == []
    # What was allowed by name belongs to the configuration, which is still there.
    commanding.run("revoke", "-i", "x", status=0)
    commanding.run("login", "x", status=77)


def test_commands_are_allowed_without_a_file_and_revoked(world: World):
    world.configure(COMMAND)
    world.run("login", "x", status=77)
    answer = world.run("allow", "-i", "x", status=0)
    assert "echo yes" in answer.stderr, "what is allowed is not shown"
    world.run("login", "x", status=0)
    world.configure(COMMAND.replace("30m", "40m"))
    world.run("login", "x", status=77)
    world.configure(COMMAND)
    world.run("revoke", status=0)
    world.run("login", "x", status=77)
    assert world.run("revoke").status == 64


def test_what_is_the_persons_own_needs_no_allowing(stacks: World):
    stacks.is_own = True
    answer = stacks.run("allow", "-i", "dev-admin", status=0)
    assert "needs no allowing" in answer.stderr
    stacks.run("env", "-i", "dev-admin", status=0)


@pytest.mark.parametrize(
    "words",
    [
        ["login", "dev-admin"],
        ["login", "--provider", "sandbox"],
        ["env", "-i", "dev-admin"],
        ["exec", "-i", "dev-admin", "--", "true"],
        ["shell", "-i", "dev-admin", "--shell", "/bin/sh"],
        ["credential-process", "-i", "dev-admin"],
        ["console", "-i", "dev-admin", "--print-only"],
    ],
)
def test_nothing_of_a_checkout_is_used_before_it_is_allowed(stacks: World, words: list[str]):
    answer = stacks.run(*words, status=77)
    assert "is not allowed yet" in answer.stderr and not answer.stdout, str(answer)
    assert not list(stacks.state.rglob("*.session"))
    # And in the person's own configuration it is.
    stacks.is_own = True
    assert "is not allowed yet" not in stacks.run(*words).stderr


def test_whoami_tells_nothing_stored_of_what_was_not_allowed(stacks: World):
    stacks.is_own = True
    stacks.run("login", "dev-admin", status=0)
    assert "Expires" in stacks.run("whoami", "dev-admin", status=0).stdout
    stacks.is_own = False
    files = sorted(stacks.state.rglob("*"))
    answer = stacks.run("whoami", "dev-admin", status=77)
    assert "Expires" not in answer.stdout
    assert "is not allowed yet" in answer.stderr
    assert "`atmos-auth allow -i dev-admin`" in answer.stderr
    assert stacks.run("whoami", "dev-admin", "-o", "json", status=77).json()["valid"] is False
    assert sorted(stacks.state.rglob("*")) == files
    stacks.run("allow", "-i", "dev-admin", status=0)
    assert "Expires" in stacks.run("whoami", "dev-admin", status=0).stdout


def test_what_is_revoked_in_one_clone_is_revoked_in_all(stacks: World):
    clone = stacks.root / "clone"
    shutil.copytree(stacks.repository, clone)
    stacks.run("allow", "-i", "dev-admin", status=0)
    stacks.run("exec", "dev-admin", "--", "true", cwd=clone, status=0)
    answer = stacks.run("revoke", "-i", "dev-admin", cwd=clone, status=0)
    assert "revoked `dev-admin`" in answer.stderr
    stacks.run("exec", "dev-admin", "--", "true", status=77)


def test_what_a_refusal_says_to_type_allows_it(stacks: World):
    for target in (["dev-admin"], ["--provider", "sandbox"]):
        answer = stacks.run("login", *target, status=77)
        [line] = [line for line in answer.stderr.splitlines() if "atmos-auth allow" in line]
        command = shlex.split(line.split("`")[1])
        assert command[0] == "atmos-auth"
        stacks.run(*command[1:], status=0)
        assert "is not allowed yet" not in stacks.run("login", *target).stderr
        revoke = ["-i", *target] if len(target) == 1 else target
        assert "revoked" in stacks.run("revoke", *revoke, status=0).stderr
        stacks.run("login", *target, status=77)


def test_a_job_uses_a_checkout(stacks: World):
    job = {"CI": "true"}
    stacks.run("exec", "-i", "dev-admin", "--", "true", env=job, status=0)
    stacks.run(
        "exec",
        "-i",
        "dev-admin",
        "--",
        "true",
        env={"CI": "true", "ATMOS_AUTH_TRUST": "strict"},
        status=77,
    )


def test_commands_are_revoked_by_whatever_way_leads_there(world: World):
    world.configure(COMMAND)
    link = world.root / "link"
    link.symlink_to(world.repository)
    world.run("allow", "-i", "x", str(link), status=0)
    world.run("login", "x", status=0)
    world.run("revoke", str(link), status=0)
    world.run("login", "x", status=77)


def test_the_hook_sees_an_address_that_was_set_later(stacks: World):
    """At a change of directory; commands refuse in any case."""
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)

    def hook(question: str) -> str:
        words = ["bash", question, "80", str(directory), str(directory / ".atmos-identity"), ""]
        answer = subprocess.run(
            [stacks.hook_binary, *words],
            env=stacks.variables(),
            capture_output=True,
            text=True,
            check=True,
        )
        return answer.stdout

    def looked_again() -> str:
        assert "revalidate" in hook("directory")
        stacks.run("__revalidate", "--directory", str(directory), status=0)
        return hook("again")

    assert "'dev-admin'" in hook("directory")
    stacks.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    said = looked_again()
    assert "has changed" in said and "__atmos_auth_put" not in said
    stacks.environment["AWS_ENDPOINT_URL"] = None
    assert "'dev-admin'" in looked_again()
