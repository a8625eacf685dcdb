"""Identities that a login writes down: every account and permission set of a person."""

from __future__ import annotations

import os

import pytest

from identity_center_world import against, asked_for, left_over, team
from terminal import Terminal
from world import World

PROVISION = "      auto_provision_identities: true\n"


def provisioned(world: World) -> list:
    return list(world.home.rglob("provisioned-identities.yaml"))


def names(world: World) -> list[str]:
    document = world.run("list", "--format", "json", status=0).json()
    found = document["identities"]
    return sorted(found if isinstance(found, dict) else [item["name"] for item in found])


def test_a_login_writes_down_what_there_is(world: World, center):
    server = center("--auto-approve", "--accounts", "4", "--roles", "3", "--twins")
    against(world, server, team(PROVISION))
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    [path] = provisioned(world)
    assert path.stat().st_mode & 0o777 == 0o600
    found = [name for name in names(world) if "/" in name]
    assert len(found) == 12
    assert "account-0000/ReadOnlyAccess" in found
    assert len([name for name in found if name.startswith("twins")]) == 6, "two accounts of a name"
    world.run("credential-process", "-i", "account-0001/PowerUserAccess", status=0)
    assert asked_for(server) == "account_id=100000000002&role_name=PowerUserAccess"
    assert not any(secret in path.read_text() for secret in server.ask("/__secrets"))


def test_hand_written_identities_win(world: World, center):
    server = center("--auto-approve")
    mine = """\
    account-0000/ReadOnlyAccess:
      kind: aws/permission-set
      via: {provider: corp}
      principal: {name: AdministratorAccess, account: {id: "100000000003"}}
"""
    against(world, server, team(PROVISION, mine))
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    world.run("credential-process", "-i", "account-0000/ReadOnlyAccess", status=0)
    assert asked_for(server) == "account_id=100000000003&role_name=AdministratorAccess"


def test_what_was_taken_away_goes(world: World, center):
    server = center("--auto-approve")
    against(world, server, team(PROVISION))
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    server.tell("/__accounts", [{"id": "100000000001", "name": "only", "roles": ["One"]}])
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    assert [name for name in names(world) if "/" in name] == ["only/One"]


def test_a_failure_is_a_warning_and_what_there_was_stays(world: World, center):
    server = center("--auto-approve")
    against(world, server, team(PROVISION))
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    [path] = provisioned(world)
    before = path.read_bytes()
    server.tell(
        "/__faults",
        [
            {
                "kind": "refuse",
                "action": "ListAccountRoles",
                "code": "ForbiddenException",
                "status": 403,
                "count": 100,
            }
        ],
    )
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    assert path.read_bytes() == before and left_over(world) == []


@pytest.mark.parametrize("how", ["interrupt", "kill"])
def test_stopped_in_the_middle(world: World, center, how: str):
    server = center("--auto-approve", "--accounts", "300", "--latency", "0.02")
    against(world, server, team(PROVISION))
    terminal = Terminal(world, "login", "--no-browser", "--provider", "corp")
    server.wait_for("ListAccountRoles", 20)
    if how == "kill":
        terminal.kill()
    else:
        terminal.interrupt()
        terminal.wait()
    assert provisioned(world) == []
    if how == "interrupt":
        assert left_over(world) == []
    world.run("list", status=0)
    # The login itself was done.
    assert server.calls()["StartDeviceAuthorization"] == 1
    world.run("credential-process", status=0)


def test_logout_removes_them(world: World, center):
    server = center("--auto-approve")
    against(world, server, team(PROVISION))
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    world.run("logout", "--provider", "corp", status=0)
    assert provisioned(world) == []
    assert [name for name in names(world) if "/" in name] == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("burst, options", [(75, []), (15, ["--no-retry-after"])])
def test_as_fast_as_the_portal_allows(world: World, center, burst: int, options: list[str]):
    """5 permission sets in each of many accounts, in at most 1.2 times what the rate makes it.

    ATMOS_TEST_ACCOUNTS=3000 is the size that the budget names; 600 keep it short here, and the
    rate leaves a busy machine time to spare.
    """
    accounts, rate = int(os.environ.get("ATMOS_TEST_ACCOUNTS", "600")), 75
    server = center(
        "--auto-approve",
        "--accounts",
        str(accounts),
        "--roles",
        "5",
        "--rate",
        str(rate),
        "--burst",
        str(burst),
        *options,
    )
    against(world, server, team(PROVISION))
    terminal = Terminal(world, "login", "--no-browser", "--provider", "corp")
    terminal.wait(0, timeout=200)
    listed = server.entries("ListAccounts") + server.entries("ListAccountRoles")
    times = [entry["time"] for entry in listed]
    requests = accounts + -(-accounts // 100)
    needed = (requests - burst) / rate
    took = max(times) - min(times)
    assert took <= 1.2 * needed, f"{took:.1f} s instead of {needed:.1f} s, {len(listed)} calls"
    assert len([name for name in names(world) if "/" in name]) == accounts * 5
    refused = len([entry for entry in listed if entry["code"]])
    assert refused <= len(listed) / 10, f"{refused} of {len(listed)} calls were refused"
    listed = world.run("list", "--format", "json", status=0).json()["identities"]
    assert len(listed) >= accounts * 5
