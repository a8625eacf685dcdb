"""Root sessions in member accounts: what is allowed, for how long, and that they renew."""

from __future__ import annotations

import pytest

from identity_center_world import against
from world import World

TASK = "arn:aws:iam::aws:policy/root-task/"
ROOT = """\
auth:
  realm: e2e
  identities:
    engineer: {{kind: aws/user, credentials: {{region: eu-west-1}}}}
    root:
      kind: aws/assume-root
      default: true
      via: {{identity: engineer}}
      principal:
        target_principal: "{target}"
        task_policy_arn: {task}
{more}"""


def root(
    target: str = "210987654321", task: str = TASK + "S3UnlockBucketPolicy", more: str = ""
) -> str:
    return ROOT.format(target=target, task=task, more=more)


@pytest.fixture
def rooted(world: World, center):
    server = center()
    against(world, server, root())
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    return server


def test_a_root_session(world: World, rooted):
    answer = world.run(
        "exec",
        "--",
        "aws",
        "sts",
        "get-caller-identity",
        "--output",
        "text",
        "--query",
        "Account",
        status=0,
    )
    assert answer.stdout.strip() == "210987654321"
    [call] = rooted.entries("AssumeRoot")
    assert call["duration"] in (None, "900")


def test_trap_22_a_session_of_a_quarter_of_an_hour_is_no_loop(world: World, rooted):
    for _ in range(3):
        world.run("credential-process", status=0)
    world.run("exec", "--", "true", status=0)
    assert rooted.calls()["AssumeRoot"] == 1


def test_it_renews_under_a_child(world: World, center):
    server = center("--lifetime", "3")
    against(world, server, root())
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    script = world.temporary / "work.sh"
    script.write_text(
        "for i in 1 2 3; do aws sts get-caller-identity --output text --query Account || exit 9; "
        "sleep 1; done\n"
    )
    answer = world.run("exec", "--", "/bin/sh", str(script), timeout=100)
    assert answer.status == 0, str(answer)
    assert answer.stdout.split() == ["210987654321"] * 3
    assert server.calls()["AssumeRoot"] >= 2


@pytest.mark.parametrize("duration", ["15m", "10m"])
def test_a_shorter_duration_is_asked_for(world: World, rooted, duration: str):
    world.configure(root(more=f"        duration: {duration}\n"))
    world.run("credential-process", status=0)
    [call] = rooted.entries("AssumeRoot")
    assert call["duration"] == {"15m": "900", "10m": "600"}[duration]


def test_a_longer_duration_is_never_sent(world: World, rooted):
    world.configure(root(more="        duration: 1h\n"))
    answer = world.run("credential-process")
    calls = rooted.entries("AssumeRoot")
    # An error of the configuration, or 15 minutes with a word about it.
    assert answer.status == 78 or [call["duration"] for call in calls] == ["900"], str(answer)
    assert "15" in world.run("validate").stderr + answer.stderr + world.run("validate").stdout


def test_a_task_policy_that_is_none(world: World, rooted):
    world.configure(root(task=TASK + "S3UnlockBucketPolicies"))
    answer = world.run("validate")
    assert answer.status == 78, str(answer)
    assert "S3UnlockBucketPolicy" in answer.stdout + answer.stderr, "what is near"
    assert "AssumeRoot" not in rooted.calls()


def test_an_account_that_is_none(world: World, rooted):
    world.configure(root(target="12345"))
    assert world.run("validate").status == 78


def test_who_may_not(world: World, rooted):
    world.configure(root(target="000000000001"))
    answer = world.run("credential-process")
    assert answer.status == 77 and answer.stdout == "", str(answer)
    assert "000000000001" in answer.stderr
    assert rooted.calls()["AssumeRoot"] == 1, "a refusal is not asked for again"
