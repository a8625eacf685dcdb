"""The AWS console: an address that signs in, opened or printed, and never written anywhere."""

from __future__ import annotations

import pathlib
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

from identity_center_world import against, browser, log_in, opened, team
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from waiting import wait_for
from world import KEYRING_PASSWORD, World

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


def test_an_iam_user_gets_a_federated_session(world: World, roles):
    """Trap 25: it is made with the user's own keys, and remembered nowhere."""
    page = visit(printed(world, "-i", "engineer", "--duration", "2h"))
    assert "arn:aws:sts::123456789012:federated-user/engineer" in page
    [made] = roles.entries("GetFederationToken")
    assert made["duration"] == "7200"
    assert [entry["duration"] for entry in roles.entries("GetSigninToken")] == [None], "trap 26"
    assert "GetSessionToken" not in roles.calls()
    printed(world, "-i", "engineer")
    assert roles.entries("GetFederationToken")[-1]["duration"] == "43200"


def test_a_user_who_may_not_be_federated_is_told_what_to_ask_for(world: World, roles):
    roles.tell(
        "/__faults",
        [{"kind": "refuse", "action": "GetFederationToken", "status": 403, "code": "AccessDenied"}],
    )
    answer = world.run("console", "--print-only", "-i", "engineer", status=77)
    assert answer.stdout == ""
    assert '"Action": "sts:GetFederationToken"' in answer.stderr.replace('":"', '": "')
    assert "arn:aws:sts::123456789012:federated-user/engineer" in answer.stderr
    assert "kind: aws/assume-role" in answer.stderr


@pytest.mark.parametrize("duration", ["1m", "13h", "soon"])
def test_durations_out_of_range(world: World, roles, duration: str):
    answer = world.run("console", "--print-only", "--duration", duration)
    assert answer.status == 64, str(answer)
    assert "GetSigninToken" not in roles.calls()


@pytest.mark.parametrize(
    "destination, path",
    [
        ("s3", "/s3"),
        ("elb", "/ec2/v2/home"),
        ("ssm", "/systems-manager"),
        ("https://eu-west-1.console.aws.amazon.com/rds/home?a=b", "/rds/home?a=b"),
    ],
)
def test_destinations(world: World, roles, destination: str, path: str):
    page = visit(printed(world, "--destination", destination))
    assert path in page


@pytest.mark.parametrize(
    "destination", ["http://console.aws.amazon.com/", "https://example.com/", "nothing-of-aws"]
)
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
        Terminal(world, "console").wait(0)
        roles.wait_for("Login")
    # A browser keeps what it visits in its own profile; this one removes it when it ends.
    wait_for(lambda: not list(world.temporary.glob("chromium-*")), "the browser does not end")
    assert roles.entries("Login")[0]["status"] == 200
    assert opened(log) == 1
    assert_nowhere(world, {*roles.ask("/__secrets"), KEYRING_PASSWORD}, watch)


def recorder(world: World, name: str) -> pathlib.Path:
    """Makes `BROWSER` a program of that name; returns the file it notes its arguments in.

    It writes one argument a line, and visits the address in the last one.
    """
    program, log = world.temporary / "bin" / name, world.temporary / f"{name}.log"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"""#!{sys.executable}
import os, sys, urllib.parse, urllib.request
address = sys.argv[-1]
if address.startswith("ext+container:"):
    address = urllib.parse.parse_qs(address.partition(":")[2])["url"][0]
open_ = urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open
page = open_(address, timeout=30).read().decode()
part = {str(log) + ".part"!r}
with open(part, "w") as log:
    print(*sys.argv[1:], page, sep="\\n", file=log)
os.rename(part, {str(log)!r})
""")
    program.chmod(0o755)
    world.environment["BROWSER"] = f"{program} %s"
    return log


def test_isolated_identities_have_browser_profiles_of_their_own(world: World, roles):
    log = recorder(world, "chromium")
    directories = []
    for identity in ("base", "chained", "base"):
        Terminal(world, "console", "-i", identity, "--isolated").wait(0)
        roles.wait_for("Login", len(directories) + 1)
        wait_for(log.exists, "the browser notes nothing")
        [directory] = [
            line.partition("=")[2]
            for line in log.read_text().splitlines()
            if line.startswith("--user-data-dir=")
        ]
        directories.append(pathlib.Path(directory))
        assert "Session" not in log.read_text() and "SigninToken" not in log.read_text()
        log.unlink()
    assert directories[0] == directories[2] != directories[1]
    for directory in directories:
        assert directory.is_relative_to(world.home) and directory.stat().st_mode & 0o777 == 0o700


def test_a_container_of_firefox_is_asked_for_by_its_name(world: World, roles):
    log = recorder(world, "firefox")
    Terminal(world, "console", "--container").wait(0)
    wait_for(log.exists, "the browser notes nothing")
    assert "ext+container:name=base&color=blue&url=http://127.0.0.1:" in log.read_text()
    world.environment["BROWSER"] = "chromium"
    if not shutil.which("firefox"):
        terminal = Terminal(world, "console", "--container")
        terminal.wait(71)
        assert "containers need Firefox" in terminal.text and "--isolated" in terminal.text


def test_no_open_opens_nothing(world: World, roles):
    log = browser(world)
    Terminal(world, "console", "--no-open").wait(0)
    assert opened(log) == 0
    Terminal(world, "console").wait(0)
    wait_for(lambda: opened(log), "without the option nothing is opened either")
    assert opened(log) == 1


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
