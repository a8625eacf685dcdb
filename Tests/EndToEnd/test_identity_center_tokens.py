"""Tokens of a portal: renewed, rotated, shared, ended, and sealed."""

from __future__ import annotations

import concurrent.futures
import json
import os

import pytest

from identity_center_world import (
    access_token,
    against,
    browser,
    cli_token,
    left_over,
    log_in,
    portal_refuses,
    remembered,
    team,
    token_of_another_program,
    wait_for_end,
)
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from world import KEYRING_PASSWORD, World


def end_everything(server) -> None:
    """Access tokens and role credentials are over; refresh tokens are not."""
    server.tell("/__end", ["access", "roles"])


def renew(world: World) -> None:
    """Makes the world forget the role's keys, so that the portal is asked again."""
    world.run("logout", "dev")


def keys(world: World, identity: str = "dev") -> str:
    return world.run("credential-process", "-i", identity, status=0).json()["AccessKeyId"]


# Renewal


def test_a_token_is_renewed_without_a_person(world: World, center):
    server = center("--auto-approve", "--token-lifetime", "2")
    against(world, server)
    log_in(world, server)
    first = keys(world)
    wait_for_end(server, access_token(server))
    renew(world)
    assert keys(world) != first
    # On a slow machine the first token ends before it is used once.
    assert server.grants()[:2] == ["device_code", "refresh_token"]
    assert set(server.grants()[1:]) == {"refresh_token"}


def test_trap_36_refresh_tokens_rotate(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    for _ in range(4):
        end_everything(server)
        renew(world)
        keys(world)
    assert server.grants()[1:] == ["refresh_token"] * 4
    assert all(
        entry["code"] is None
        for entry in server.entries("CreateToken")
        if entry["grant"] == "refresh_token"
    ), "no used token was sent again"


@pytest.mark.slow
def test_trap_36_many_processes_renew_once(world: World, center):
    server = center("--auto-approve", "--token-lifetime", "1", "--latency", "0.05")
    against(world, server)
    log_in(world, server)
    wait_for_end(server, access_token(server))
    server.tell("/__end", ["roles"])
    renew(world)
    # From now on a token lasts longer than the callers take.
    before = len(server.entries("CreateToken"))
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: world.run("credential-process", timeout=120), range(30)))
    assert [answer.status for answer in answers] == [0] * 30
    refreshes = server.entries("CreateToken")[before:]
    assert all(entry["code"] is None for entry in refreshes)
    assert len(refreshes) <= 3


def test_the_portal_says_401_and_the_token_is_renewed(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    first = keys(world)
    end_everything(server)
    renew(world)
    assert keys(world) != first
    assert server.grants() == ["device_code", "refresh_token"]
    assert [entry["status"] for entry in server.entries("GetRoleCredentials")] == [200, 401, 200]


def test_401_without_a_refresh_token_names_the_command(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    server.tell("/__end", ["access", "refresh", "roles"])
    renew(world)
    answer = world.run("credential-process")
    assert answer.status == 77 and answer.stdout == ""
    assert "atmos-auth login" in answer.stderr
    log_in(world, server)
    keys(world)


def test_a_401_at_a_terminal_is_one_login(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    server.tell("/__end", ["access", "refresh", "roles"])
    Terminal(world, "login", "--no-browser").wait(0)
    assert server.calls()["StartDeviceAuthorization"] == 2
    keys(world)


def test_the_service_is_away_while_the_token_still_lasts(world: World, center):
    server = center("--auto-approve", "--token-lifetime", "200")
    against(world, server)
    log_in(world, server)
    renew(world)
    # Less than the margin is left, so it is renewed; that fails, and the token still works.
    server.tell("/__faults", [{"kind": "503", "action": "CreateToken", "count": 20}])
    answer = world.run("credential-process")
    assert answer.status in (0, 69), str(answer)
    assert "atmos-auth login" not in answer.stderr, "a login would not help"


def test_a_token_of_a_quarter_of_an_hour_is_used_as_it_is(world: World, center):
    """Margins depend on the lifetime: a session of 15 minutes is no expired one."""
    server = center("--auto-approve", "--token-lifetime", "900")
    against(world, server)
    log_in(world, server)
    for _ in range(3):
        renew(world)
        keys(world)
    assert server.grants() == ["device_code"]


# Other programs' tokens


def test_the_token_of_the_aws_cli_is_used_and_left_alone(world: World, center):
    server = center()
    against(world, server)
    token = token_of_another_program(server)
    path = cli_token(
        world,
        token,
        refreshToken=token["refreshToken"],
        clientId=token["clientId"],
        clientSecret=token["clientSecret"],
        registrationExpiresAt="2099-01-01T00:00:00Z",
    )
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    server.tell("/__reset")
    keys(world)
    assert "StartDeviceAuthorization" not in server.calls()
    assert "CreateToken" not in server.calls()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert os.listdir(path.parent) == [path.name]


def test_the_refresh_token_of_the_aws_cli_is_not_used_up(world: World, center):
    server = center("--token-lifetime", "2")
    against(world, server)
    token = token_of_another_program(server)
    path = cli_token(
        world,
        token,
        refreshToken=token["refreshToken"],
        clientId=token["clientId"],
        clientSecret=token["clientSecret"],
        registrationExpiresAt="2099-01-01T00:00:00Z",
    )
    before = path.read_bytes()
    wait_for_end(server, token["accessToken"])
    assert world.run("credential-process").status == 77
    assert server.grants() == ["device_code"]
    assert path.read_bytes() == before


def test_trap_42_an_old_cache_ends_its_time_in_utc(world: World, center):
    server = center()
    against(world, server)
    path = cli_token(
        world, token_of_another_program(server), name="https://example.awsapps.com/start"
    )
    text = json.loads(path.read_text())
    text["expiresAt"] = text["expiresAt"].replace("Z", "UTC")
    path.write_text(json.dumps(text))
    keys(world)


@pytest.mark.parametrize(
    "damage",
    [
        {"expiresAt": "2001-01-01T00:00:00Z"},
        {"region": "us-east-1"},
        {"accessToken": ""},
        {"startUrl": "https://other.awsapps.com/start"},
        {"expiresAt": "soon"},
    ],
)
def test_a_token_of_something_else_is_not_used(world: World, center, damage):
    server = center()
    against(world, server)
    path = cli_token(world, token_of_another_program(server))
    path.write_text(json.dumps({**json.loads(path.read_text()), **damage}))
    assert world.run("credential-process").status == 77
    assert "GetRoleCredentials" not in server.calls()


@pytest.mark.parametrize("inside", [False, True])
def test_share_token_lets_the_aws_cli_in(world: World, center, inside: bool):
    """Also from a shell of ours, where `AWS_CONFIG_FILE` is not the person's."""
    server = center("--auto-approve")
    against(world, server, team("      spec: {share_token: true}\n"))
    config = world.home / ".aws/config"
    config.parent.mkdir()
    config.write_text(
        "[profile shared]\nsso_session = team\nsso_account_id = 100000000002\n"
        "sso_role_name = AdministratorAccess\nregion = eu-west-1\n"
        "[sso-session team]\nsso_start_url = https://example.awsapps.com/start\n"
        "sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
    )
    ours = {"AWS_CONFIG_FILE": str(world.state / "aws/0123456789abcdef/config")}
    log_in(world, server, "--provider", "corp", env=ours if inside else None)
    answer = world.program(
        "aws", "sts", "get-caller-identity", "--profile", "shared", "--output", "json"
    )
    assert answer.status == 0, str(answer)
    assert "AWSReservedSSO_AdministratorAccess" in answer.stdout
    for path in (world.home / ".aws/sso/cache").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


# Logout


def test_logout_ends_the_login_at_the_portal(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    token = access_token(server)
    assert not portal_refuses(server, token)
    answer = world.run("logout", "--provider", "corp", status=0)
    assert server.calls()["Logout"] == 1
    assert portal_refuses(server, token)
    assert remembered(world) == []
    assert "until" in answer.stderr or "expire" in answer.stderr, "what stays is said"
    assert world.run("credential-process").status == 77
    again = world.run("logout", "--provider", "corp", status=0)
    assert server.calls()["Logout"] == 1, str(again)


def test_logout_of_an_identity_leaves_the_login_and_the_others(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    named = keys(world, "named")
    world.run("logout", "dev", status=0)
    assert "Logout" not in server.calls()
    before = server.calls()["GetRoleCredentials"]
    assert keys(world, "named") == named
    assert server.calls()["GetRoleCredentials"] == before
    keys(world)
    assert server.grants() == ["device_code"]


def test_logout_without_the_portal_removes_what_is_here(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server)
    server.stop()
    answer = world.run("logout", "--provider", "corp", timeout=60)
    assert remembered(world) == [], str(answer)
    assert "corp" in answer.stderr


# Secrets


def test_nothing_of_a_login_is_left_in_the_open(world: World, center):
    server = center()
    against(world, server)
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    said: list[str] = []

    def run(*arguments: str, **options) -> None:
        answer = world.run(*arguments, **options)
        said.extend([answer.stdout, answer.stderr])

    def at_terminal(*arguments: str) -> None:
        terminal = Terminal(world, *arguments)
        terminal.wait()
        said.append(terminal.text)

    with ProcessWatch() as watch:
        said.append(log_in(world, server).text)
        run("login", "-i", "deploy")
        run("whoami", "--output", "json")
        run("list", "--format", "json")
        run("validate", "--verbose")
        run("exec", "--", "aws", "sts", "get-caller-identity")
        end_everything(server)
        run("login", "-i", "deploy")
        server.tell("/__end", ["access", "refresh", "roles"])
        said.append(world.run("credential-process").stderr)
        server.tell("/__automatic", "allow")
        browser(world, "--plain")
        at_terminal("login", "--provider", "corp")
        server.tell("/__faults", [{"kind": "garbage", "action": "GetRoleCredentials", "count": 9}])
        run("login", "-i", "named")
        server.tell("/__reset")
        document = world.run("credential-process", status=0).json()
        at_terminal("logout", "--provider", "corp")

    issued = set(server.ask("/__secrets"))
    assert document["SecretAccessKey"] in issued
    secrets = {text for text in issued if len(text) >= 8} | {KEYRING_PASSWORD}
    assert_nowhere(world, secrets, watch, said=said)
    assert left_over(world) == []
