"""Everything a full run wrote or said is searched for the secrets it used."""

from __future__ import annotations

import os
import pathlib
import signal

import pytest

from programs import tool
from secret_scan import ProcessWatch, assert_nowhere
from services import USERS, against
from waiting import wait_for
from world import KEYRING_PASSWORD, World


def test_a_full_run_leaves_no_secret_anywhere(world: World, sts, tmp_path: pathlib.Path):
    server = sts(lifetime=900)
    against(world, server)
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    world.select("stack", "deploy")
    secrets = {server.secret_access_key, KEYRING_PASSWORD}
    said: list[str] = []

    def run(*arguments: str, **options) -> None:
        answer = world.run(*arguments, **options)
        said.extend([answer.stdout, answer.stderr])

    with ProcessWatch() as watch:
        run(
            "user",
            "configure",
            "--identity",
            "engineer",
            "--access-key-id",
            server.access_key_id,
            stdin=server.secret_access_key + "\n",
        )
        run("login")
        run("whoami")
        run("whoami", "--output", "json")
        run("whoami", "--verify")
        for form in ("tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown"):
            run("list", "--format", form)
        run("validate", "--verbose")
        for form in ("bash", "zsh", "fish", "json", "dotenv", "env", "powershell"):
            run("env", "--login", "--format", form)
        run("exec", "--", tool("aws"), "sts", "get-caller-identity")
        run("exec", "--", tool("aws"), "--debug", "sts", "get-caller-identity")
        run("allow", cwd=world.repository / "stack")
        run("status", cwd=world.repository / "stack")
        for shell in ("bash", "zsh", "fish"):
            run("use", "deploy", "--shell", shell)
            run("login", "--shell", shell)
            run("hook", shell)
        world.store_keys("engineer", server.access_key_id, "a-wrong-secret-key-for-the-user")
        secrets.add("a-wrong-secret-key-for-the-user")
        run("logout", "--all")
        run("login")
        run("frobnicate", "--secret")
        # The one command whose output is the secret.
        world.store_keys("engineer", server.access_key_id, server.secret_access_key)
        document = world.run("credential-process", status=0).json()
        run("credential-process", "--logs-level", "trace", "-i", "nobody")
        run("prune")

    issued = server.issued_secrets()
    assert document["SecretAccessKey"] in issued, "the fake told us what it handed out"
    secrets |= set(issued)
    # The AWS CLI's own debug log shows the headers of its requests, token included.
    checked = [text for text in said if "MainThread" not in text]

    assert_nowhere(world, secrets, watch, said=checked)
    assert any("credential-process" in line for line in watch.seen), "the watch saw our processes"


def test_the_watch_sees_environments(world: World):
    """Of a program that starts another one with a secret, which is in nothing else."""
    secret = "a-secret-that-only-a-child-has"
    script = world.write(
        "leak", f"#!/bin/sh\nHIDDEN='{secret}' sleep 30 >/dev/null 2>&1 &\necho $!\n", 0o755
    )
    with ProcessWatch() as watch:
        child = int(world.program(str(script)).stdout)
        wait_for(lambda: b"HIDDEN" in b"".join(watch.environments_of(world)), "it is not seen")
        os.kill(child, signal.SIGKILL)
    script.unlink()
    with pytest.raises(AssertionError, match="HIDDEN="):
        assert_nowhere(world, [secret], watch)
    # What a test hands over itself says nothing about anybody.
    world.variables({"HIDDEN": secret})
    assert_nowhere(world, [secret], watch)


def test_core_dumps_are_off_while_secrets_are_held(world: World):
    world.configure(USERS)
    answer = world.run("exec", "--identity=off", "--", "/bin/sh", "-c", "ulimit -c", status=0)
    # The child's limit is its own; it must not be changed by us for good.
    before = world.program("/bin/sh", "-c", "ulimit -c").stdout
    assert answer.stdout == before
