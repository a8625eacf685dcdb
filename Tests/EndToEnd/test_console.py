"""The AWS console: an address that signs in, opened or printed, and never written anywhere."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from atmos_world import KEYRING_PASSWORD, ProcessWatch, World
from identity_center_world import Terminal, against, browser, log_in, opened, team
from test_secret_scan import spellings

FIRST = """\
auth:
  realm: e2e
  identities:
    engineer: {kind: aws/user, credentials: {region: eu-west-1}}
    base:
      kind: aws/assume-role
      default: true
      via: {identity: engineer}
      principal: {assume_role: "arn:aws:iam::123456789012:role/base", region: eu-west-1}
    chained:
      kind: aws/assume-role
      via: {identity: base}
      principal: {assume_role: "arn:aws:iam::123456789012:role/chained", region: eu-west-1}
"""


@pytest.fixture
def roles(world: World, center):
    server = center()
    against(world, server, FIRST)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    return server


def visit(url: str) -> str:
    """What the console shows at an address."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        return response.read().decode()


def printed(world: World, *arguments: str) -> str:
    """The address, alone on standard output."""
    answer = world.run("console", "--print-only", *arguments, status=0)
    [line] = answer.stdout.splitlines()
    assert line not in answer.stderr
    return line


def test_an_address_that_signs_in(world: World, roles):
    url = printed(world)
    assert url.startswith(roles.url + "/federation?Action=login&")
    page = visit(url)
    assert "arn:aws:sts::123456789012:assumed-role/base/" in page
    assert "https://console.aws.amazon.com/" in page or ".console.aws.amazon.com/" in page
    with pytest.raises(urllib.error.HTTPError):
        visit(url)


def test_the_duration_is_sent(world: World, roles):
    printed(world, "--duration", "2h")
    assert [entry["duration"] for entry in roles.entries("GetSigninToken")] == ["7200"]


def test_trap_26_a_refused_duration_is_asked_for_without(world: World, roles):
    visit(printed(world, "--duration", "2h", "-i", "chained"))
    log = roles.entries("GetSigninToken")
    assert log[-1]["duration"] is None and log[-1]["status"] == 200
    assert len(log) <= 2


def test_of_a_permission_set(world: World, center):
    server = center("--auto-approve")
    against(world, server, team())
    log_in(world, server)
    assert "AWSReservedSSO_ReadOnlyAccess" in visit(printed(world, "--duration", "1h"))


def test_trap_25_a_users_session_does_not_sign_in(world: World, roles):
    answer = world.run("console", "--print-only", "-i", "engineer")
    if answer.status == 0:
        # By way of GetFederationToken.
        assert "federated-user/" in visit(answer.stdout.strip())
    else:
        assert answer.stdout == "" and "role" in answer.stderr, str(answer)


@pytest.mark.parametrize("duration", ["1m", "13h", "soon"])
def test_durations_out_of_range(world: World, roles, duration: str):
    answer = world.run("console", "--print-only", "--duration", duration)
    assert answer.status == 64, str(answer)
    assert "GetSigninToken" not in roles.calls()


@pytest.mark.parametrize("destination, path", [
    ("s3", "/s3"), ("elb", "/ec2/v2/home"), ("ssm", "/systems-manager"),
    ("https://eu-west-1.console.aws.amazon.com/rds/home?a=b", "/rds/home?a=b")])
def test_destinations(world: World, roles, destination: str, path: str):
    page = visit(printed(world, "--destination", destination))
    assert path in page


@pytest.mark.parametrize("destination", [
    "http://console.aws.amazon.com/", "https://example.com/", "nothing-of-aws"])
def test_destinations_that_are_none(world: World, roles, destination: str):
    answer = world.run("console", "--print-only", "--destination", destination)
    assert answer.status == 64 and answer.stdout == "", str(answer)
    assert "Login" not in roles.calls()


def test_it_is_opened_in_a_real_browser_and_seen_by_nobody(world: World, roles):
    """The address is in no argument list, where every user of the machine could read it."""
    log = browser(world)
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    world.run("login", status=0)
    with ProcessWatch() as watch:
        terminal = Terminal(world, "console")
        terminal.wait(0)
        roles.wait_for("Login")
    # A browser keeps what it visits in its own profile; this one removes it when it ends.
    deadline = time.monotonic() + 30
    while list(world.temporary.glob("chromium-*")):
        assert time.monotonic() < deadline, "the browser does not end"
        time.sleep(0.05)
    assert roles.entries("Login")[0]["status"] == 200
    assert opened(log) == 1
    secrets = {text for text in roles.ask("/__secrets")} | {KEYRING_PASSWORD}
    seen = [line.encode(errors="replace") for line in watch.seen]
    for secret in secrets:
        for spelling in spellings(secret):
            assert spelling not in terminal.text.encode(errors="replace")
            assert not any(spelling in line for line in seen)
            assert not [path for path in world.files() if spelling in path.read_bytes()]


def test_no_open_opens_nothing(world: World, roles):
    log = browser(world)
    Terminal(world, "console", "--no-open").wait(0)
    assert opened(log) == 0


def test_without_a_session_it_names_the_command(world: World, center):
    server = center()
    against(world, server, team())
    answer = world.run("console", "--print-only")
    assert answer.status == 77 and "atmos-auth login" in answer.stderr, str(answer)


def test_trap_27_faults_show_no_address(world: World, roles):
    roles.tell("/__faults", [{"kind": "502", "action": "GetSigninToken", "count": 20}])
    answer = world.run("console", "--print-only")
    assert answer.status == 69, str(answer)
    assert "Session=" not in answer.stderr and "IQoJ" not in answer.stderr
