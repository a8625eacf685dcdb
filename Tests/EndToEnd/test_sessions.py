"""Sessions: sealed, shared, resumed, renewed, and never half-written."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import json
import os
import pathlib
import random
import re
import signal
import time

import pytest

from killing import MOMENTS, killed_at
from mock_world import STACKS, single
from programs import tool
from services import USERS, against
from waiting import wait_for
from world import World

LINKS = {"GetSessionToken": 1, "AssumeRole": 2}


# credential-process


def test_credential_process_prints_exactly_the_documented_json(world: World):
    world.configure(single())
    answer = world.run("credential-process", status=0)
    document = answer.json()
    assert set(document) - {"AccountId"} == {
        "Version",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
    }
    assert document["Version"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["Expiration"])
    assert answer.stderr == "", "tools show what a credential process writes to stderr"


def test_a_second_call_answers_from_the_session(world: World, sts):
    server = sts()
    against(world, server)
    first = world.run("credential-process", status=0).json()
    second = world.run("credential-process", status=0).json()
    assert first == second
    assert server.calls() == LINKS


def test_a_failure_prints_nothing_to_stdout(world: World, sts):
    server = sts()
    against(world, server)
    world.store_keys("engineer", server.access_key_id, "not-the-secret")
    answer = world.run("credential-process")
    assert answer.status == 77, str(answer)
    assert answer.stdout == ""
    assert "not-the-secret" not in answer.stderr


# One login, however many ask.


@pytest.mark.slow
def test_200_parallel_callers_cause_one_call_per_link(world: World, sts):
    server = sts()
    against(world, server)

    def ask(_: int) -> str:
        return world.run("credential-process", status=0, timeout=120).stdout

    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = set(pool.map(ask, range(200)))
    assert len(answers) == 1, "all were given the same credential"
    assert server.calls() == LINKS


@pytest.mark.slow
def test_parallel_callers_of_different_identities_share_their_common_links(world: World, sts):
    server = sts()
    against(world, server)
    names = ["engineer", "base", "deploy"] * 10
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        for answer in pool.map(
            lambda name: world.run("credential-process", "-i", name, timeout=120), names
        ):
            assert answer.status == 0, str(answer)
    assert server.calls() == LINKS


def test_a_chain_is_resumed_from_its_last_usable_link(world: World, sts):
    server = sts()
    against(world, server)
    world.run("credential-process", "-i", "base", status=0)
    assert server.calls() == {"GetSessionToken": 1, "AssumeRole": 1}
    world.run("credential-process", "-i", "deploy", status=0)
    assert server.calls() == LINKS


def test_login_renews_the_last_link_only(world: World, sts):
    server = sts()
    against(world, server)
    world.run("login", status=0)
    world.run("login", status=0)
    assert server.calls() == {"GetSessionToken": 1, "AssumeRole": 3}


def test_another_role_of_the_same_name_does_not_get_the_old_session(world: World, sts):
    server = sts()
    against(world, server)
    first = world.run("credential-process", status=0).json()
    world.configure(USERS.replace("role/deploy", "role/other"))
    second = world.run("credential-process", status=0).json()
    assert first["AccessKeyId"] != second["AccessKeyId"]


def test_a_failure_is_not_remembered(world: World, sts):
    server = sts()
    against(world, server)
    world.store_keys("engineer", server.access_key_id, "not-the-secret")
    assert world.run("credential-process").status == 77
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    world.run("credential-process", status=0)


# Fifteen-second sessions.


@pytest.mark.slow
def test_a_child_that_runs_for_a_minute_never_fails_on_15_second_sessions(world: World, sts):
    """The AWS CLI calls all the while; the STS refuses every session that is over."""
    server = sts(lifetime=15)
    against(world, server)
    script = world.temporary / "work.sh"
    script.write_text(f"""
        end=$(($(date +%s) + 60)) count=0
        while [ "$(date +%s)" -lt "$end" ]; do
          "{tool("aws")}" sts get-caller-identity --output text --query Arn || exit 9
          count=$((count + 1))
        done
        echo "calls $count"
        """)
    answer = world.run("exec", "--", "/bin/sh", str(script), timeout=170)
    assert answer.status == 0, str(answer)
    lines = answer.stdout.splitlines()
    assert int(lines[-1].split()[1]) >= 10
    assert {line.split("/")[1] for line in lines[:-1]} == {"deploy"}
    assert server.calls()["AssumeRole"] >= 4, "several sessions were needed"


def test_a_session_that_is_over_is_not_handed_out(world: World):
    world.configure(single("2s"))
    first = world.run("credential-process", status=0).json()
    end = datetime.datetime.fromisoformat(first["Expiration"])
    wait_for(lambda: datetime.datetime.now(datetime.timezone.utc) > end, "it does not end", 10)
    second = world.run("credential-process", status=0).json()
    assert first["AccessKeyId"] != second["AccessKeyId"]


# Whatever happens to the process or the disk.


@pytest.mark.slow
def test_kill_at_any_moment_loses_nothing_and_blocks_nobody(world: World):
    """Forty logins are killed at random moments; after each the next command works at once."""
    world.configure(single("1h"))
    world.run("login", status=0)
    generator = random.Random(1)
    for _ in range(40):
        process = world.start("login")
        time.sleep(generator.uniform(0, 0.08))
        process.send_signal(signal.SIGKILL)
        process.wait()
        # Nor is a lock of the dead process waited for.
        assert world.run("credential-process", status=0, timeout=20).json()["Version"] == 1
    left = [path for path in world.home.rglob("*") if path.is_file() and "tmp" in path.name.lower()]
    world.run("prune", status=0)
    assert len(left) < 40


def test_services_are_told_which_release_calls(world: World, sts):
    server = sts()
    against(world, server).run("credential-process", status=0)
    version = world.run("--version", status=0).stdout.strip()
    assert server.user_agents() == {f"atmos-auth/{version}"}


def over(world: World, identity: str, days: int = 0) -> pathlib.Path:
    """Says of a session that it ended so long ago; returns its file."""
    [facts] = (world.state / "sessions").rglob(f"{identity}.facts")
    words = facts.read_text().split(" ")
    words[3] = str(int(time.time()) - days * 86_400)
    facts.write_text(" ".join(words))
    return facts.with_suffix(".session")


def test_prune_removes_sessions_that_ended_long_ago(world: World):
    world.configure(STACKS)
    for name in ("dev-admin", "staging-admin"):
        world.run("login", "-i", name, status=0)
    # A season and a bit: it says that it renews itself, and might hold what does so.
    for days, stays in ((1, True), (30, True), (100, False)):
        session = over(world, "dev-admin", days)
        answer = world.run("prune", status=0)
        assert ("removed 0 sessions" if stays else "removed 1 session ") in answer.stderr
        assert session.exists() == stays, days
    world.run("credential-process", "-i", "staging-admin", status=0)
    world.run("credential-process", "-i", "dev-admin", status=0)


def test_prune_needs_no_configuration_that_can_be_read(world: World):
    world.configure(single())
    world.run("login", status=0)
    session = over(world, "dev", 100)
    assert session.exists()
    world.configure("auth: [")
    world.run("list", status=78)
    world.run("prune", status=0)
    assert not session.exists()


@pytest.mark.parametrize("moment, left", zip(MOMENTS, ("old", "old", "new"), strict=True))
def test_kill_during_user_configure_leaves_the_old_keys_or_the_new_ones(
    world: World, sts, moment: tuple[str, int], left: str
):
    server = sts()
    against(world, server)
    configure = ("user", "configure", "-i", "engineer", "--access-key-id", "AKIANEWNEWNEWNEWNEW1")
    assert killed_at(world, moment, *configure, stdin="a-new-secret\n")
    if left == "old":
        assert world.run("credential-process", status=0).json()["Version"] == 1
        assert server.calls() == LINKS
    else:
        # Keys that the server does not know.
        assert "AKIA…NEW1" in world.run("credential-process", status=77).stderr


@pytest.mark.root
def test_a_full_disk_is_an_error_and_leaves_what_was_there(world: World, tiny_disk: pathlib.Path):
    world.configure(single("1h"))
    world.environment["HOME"] = str(tiny_disk)
    world.run("login", status=0)
    kept = {p: p.read_bytes() for p in tiny_disk.rglob("*.session")}
    filler = tiny_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"x" * 1024)
            file.flush()
    answer = world.run("login")
    assert answer.status == 71, str(answer)
    assert "space" in answer.stderr.lower()
    assert {p: p.read_bytes() for p in tiny_disk.rglob("*.session")} == kept
    assert world.run("credential-process").status == 0, "the session there was is still usable"
    filler.unlink()
    world.run("login", status=0)


def test_a_read_only_home_is_an_error_that_names_the_place(world: World):
    world.configure(single("1h"))
    if os.geteuid() == 0:
        # Permissions do not stop root; /proc does.
        world.environment["HOME"] = "/proc"
    else:
        world.home.chmod(0o500)
    try:
        answer = world.run("login")
    finally:
        world.home.chmod(0o755)
    assert answer.status == 71, str(answer)
    assert ("/proc" if os.geteuid() == 0 else str(world.home)) in answer.stderr


def test_damaged_files_of_ours_are_made_again(world: World):
    world.configure(single("1h"))
    world.run("login", status=0)
    for damage in (b"", b"\0" * 64, b"garbage"):
        for path in world.state.rglob("*.session"):
            path.write_bytes(damage)
        assert world.run("whoami").status in (0, 77)
        assert world.run("credential-process", status=0).json()["Version"] == 1


def test_sessions_are_private_and_sealed(world: World, sts):
    server = sts()
    against(world, server)
    document = world.run("credential-process", status=0).json()
    secrets = [document["SecretAccessKey"], document["SessionToken"], server.secret_access_key]
    for path in world.home.rglob("*"):
        mode = path.lstat().st_mode & 0o777
        if path.is_dir():
            inside_ours = any(part.startswith("atmos") for part in path.parts)
            assert not inside_ours or mode == 0o700, path
        else:
            assert mode == 0o600, path
            content = path.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, path


def test_a_copied_session_file_does_not_work_for_another_identity(world: World, sts):
    server = sts()
    against(world, server)
    world.run("credential-process", "-i", "deploy", status=0)
    directory = next((world.state / "sessions").iterdir())
    (directory / "base.session").write_bytes((directory / "deploy.session").read_bytes())
    before = server.calls()["AssumeRole"]
    world.run("credential-process", "-i", "base", status=0)
    assert server.calls()["AssumeRole"] == before + 1


def test_facts_stand_beside_the_session_without_a_secret(world: World):
    world.configure(single("1h"))
    document = world.run("credential-process", status=0).json()
    facts = next(world.state.rglob("dev.facts"))
    text = facts.read_text()
    assert text.startswith("atmos-auth-facts 1 ") and text.count("\n") == 1 and len(text) <= 512
    assert "111122223333" in text and "eu-west-1" in text
    expiry = int(text.split()[3])
    assert int(facts.stat().st_mtime) == expiry
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expiry))
    assert stamp == document["Expiration"]


def test_the_keyring_password_has_to_be_right(world: World):
    world.configure(single("1h"))
    world.run("login", status=0)
    answer = world.run("credential-process", env={"ATMOS_KEYRING_PASSWORD": "wrong-password"})
    assert answer.status == 77, str(answer)
    assert answer.stdout == ""
    assert "password" in answer.stderr.lower()


def test_the_memory_keyring_leaves_no_secret_on_disk(world: World):
    world.configure(single("1h"))
    world.environment["ATMOS_KEYRING_TYPE"] = "memory"
    shown = world.run("exec", "--static", "--", "/usr/bin/env", status=0).stdout
    assert "AWS_SESSION_TOKEN=" in shown
    assert not list(world.home.rglob("keyring/*"))
    assert not list(world.home.rglob("*.session"))


def test_the_system_keyring_falls_to_files_with_one_line(world: World):
    world.configure(single("1h"))
    world.environment["ATMOS_KEYRING_TYPE"] = "system"
    answer = world.run("login", status=0)
    lines = [line for line in answer.stderr.splitlines() if "keyring" in line.lower()]
    assert len(lines) == 1, str(answer)
    quiet = world.run("credential-process", status=0)
    assert quiet.stderr == ""


def test_the_output_of_credential_process_fits_one_write(world: World):
    """Readers that take the first chunk for the whole must not be caught out."""
    world.configure(single("1h"))
    world.run("login", status=0)
    answer = world.run("credential-process", status=0)
    assert json.loads(answer.stdout) and answer.stdout.endswith("\n")
