"""Permission sets: found by id and name, not found, not assigned, and what stands on them."""

from __future__ import annotations

import json
import time

import pytest

from identity_center_world import against, asked_for, log_in, team
from terminal import Terminal
from world import World

ACCOUNTS = [
    {"id": "111111111111", "name": "production", "roles": ["ReadOnlyAccess", "Billing"]},
    {"id": "222222222222", "name": "staging", "roles": ["AdministratorAccess"]},
    {"id": "333333333333", "name": "twins", "roles": ["AdministratorAccess"]},
    {"id": "444444444444", "name": "twins", "roles": ["AdministratorAccess"]},
]


def identity(role: str, account: str) -> str:
    return f"""\
    target:
      kind: aws/permission-set
      via: {{provider: corp}}
      principal: {{name: {role}, account: {account}}}
"""


@pytest.fixture
def organisation(world: World, center):
    """A world that is logged in, and a function that asks for one permission set."""
    server = center("--auto-approve", "--page-size", "1")
    server.tell("/__accounts", ACCOUNTS)
    against(world, server)
    log_in(world, server, "--provider", "corp")

    def ask(role: str, account: str):
        world.configure(team(identities=identity(role, account)))
        return world.run("credential-process", "-i", "target")

    ask.server = server
    return ask


def test_by_id(organisation):
    answer = organisation("ReadOnlyAccess", '{id: "111111111111"}')
    assert answer.status == 0, str(answer)
    assert asked_for(organisation.server) == "account_id=111111111111&role_name=ReadOnlyAccess"
    assert "ListAccounts" not in organisation.server.calls()


def test_trap_1_the_expiry_is_in_milliseconds(organisation):
    document = organisation("ReadOnlyAccess", '{id: "111111111111"}').json()
    end = time.mktime(time.strptime(document["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 3400 < end - time.time() < 3700


def test_an_id_that_yaml_takes_for_a_number(organisation):
    assert organisation("ReadOnlyAccess", "{id: 111111111111}").status == 0


def test_trap_34_by_name_on_any_page(organisation):
    assert organisation("AdministratorAccess", "{name: staging}").status == 0
    assert organisation.server.calls()["ListAccounts"] >= 2


def test_by_name_in_another_case_when_it_is_the_only_one(organisation):
    assert organisation("AdministratorAccess", "{name: Staging}").status == 0


def test_an_ambiguous_name_lists_the_accounts(organisation):
    answer = organisation("AdministratorAccess", "{name: twins}")
    assert answer.status == 78, str(answer)
    assert "333333333333" in answer.stderr and "444444444444" in answer.stderr
    assert "GetRoleCredentials" not in organisation.server.calls()


def test_an_unknown_name_says_what_is_near(organisation):
    answer = organisation("AdministratorAccess", "{name: stagin}")
    assert answer.status == 78, str(answer)
    assert "stagin" in answer.stderr and "`staging`" in answer.stderr


def test_an_unknown_account(organisation):
    answer = organisation("AdministratorAccess", '{id: "555555555555"}')
    assert answer.status == 77, str(answer)
    assert "555555555555" in answer.stderr


def test_a_permission_set_that_is_not_assigned_says_what_is(organisation):
    answer = organisation("AdministratorAccess", '{id: "111111111111"}')
    assert answer.status == 77, str(answer)
    assert "not assigned" in answer.stderr
    assert "`Billing`" in answer.stderr and "`ReadOnlyAccess`" in answer.stderr


def test_a_permission_set_that_nobody_has(organisation):
    answer = organisation("NoSuchSet", '{id: "111111111111"}')
    assert answer.status == 77 and "NoSuchSet" in answer.stderr, str(answer)


def test_every_call_of_the_portal_is_unsigned(organisation):
    """Trap 2; the fake refuses anything else, so this is about which calls there were."""
    organisation("AdministratorAccess", "{name: staging}")
    log = organisation.server.ask("/__log")
    portal = [entry for entry in log if entry["action"] in ("ListAccounts", "GetRoleCredentials")]
    assert portal and all(entry["status"] == 200 for entry in portal)


def test_throttling_passes(organisation):
    organisation.server.tell(
        "/__faults", [{"kind": "throttle", "action": "GetRoleCredentials", "count": 2}]
    )
    assert organisation("ReadOnlyAccess", '{id: "111111111111"}').status == 0
    assert organisation.server.calls()["GetRoleCredentials"] == 3


# What stands on a permission set


def test_a_role_over_a_permission_set(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server, "-i", "deploy")
    answer = world.run(
        "exec",
        "-i",
        "deploy",
        "--",
        "aws",
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        status=0,
    )
    assert json.loads(answer.stdout)["Arn"].startswith(
        "arn:aws:sts::123456789012:assumed-role/Deploy/"
    )
    [call] = server.entries("AssumeRole")
    assert "assumed-role/AWSReservedSSO_ReadOnlyAccess_" in call["caller"], "the STS checked it"


def test_trap_21_role_chaining_lasts_an_hour_at_most(world: World, center):
    server = center("--auto-approve")
    against(
        world,
        server,
        team(
            identities="""\
    long:
      kind: aws/assume-role
      via: {identity: dev}
      principal: {assume_role: "arn:aws:iam::123456789012:role/Long", duration: 2h}
"""
        ),
    )
    terminal = Terminal(world, "login", "--no-browser", "-i", "long")
    status = terminal.wait()
    durations = [entry["duration"] for entry in server.entries("AssumeRole")]
    # Either it knows better, or it says what AWS said.
    assert (status == 0 and durations[-1] in ("3600", None)) or (
        status != 0 and "hour" in terminal.shown
    ), (status, terminal.shown)


def test_the_chain_renews_itself_under_a_child(world: World, center):
    """Role credentials of two seconds, in a child that runs for six."""
    server = center("--auto-approve", "--role-lifetime", "4", "--lifetime", "3")
    against(world, server)
    log_in(world, server, "-i", "deploy")
    script = world.temporary / "work.sh"
    script.write_text(
        "for i in 1 2 3 4; do aws sts get-caller-identity --output text --query Arn || exit 9; "
        "sleep 1; done\n"
    )
    answer = world.run("exec", "-i", "deploy", "--", "/bin/sh", str(script), timeout=100)
    assert answer.status == 0, str(answer)
    assert len(server.entries("AssumeRole")) >= 2
    assert server.grants() == ["device_code"]
