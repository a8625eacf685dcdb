"""Logging in at an access portal: with a code on any device, and with a browser."""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import pathlib

import pytest

from identity_center_world import (
    START_URL,
    Center,
    against,
    allow_everything,
    browser,
    left_over,
    log_in,
    opened,
    remembered,
    team,
)
from killing import killed_at
from terminal import Terminal
from waiting import PATIENCE, wait_for
from world import World


def arn(world: World, identity: str = "dev", **options) -> str:
    """Who the STS says that an identity is."""
    answer = world.run(
        "exec",
        "-i",
        identity,
        "--",
        "aws",
        "sts",
        "get-caller-identity",
        "--output",
        "json",
        status=0,
        **options,
    )
    return json.loads(answer.stdout)["Arn"]


# A device code


def test_device_code(world: World, center):
    server = center()
    against(world, server)
    terminal = Terminal(world, "login", "--provider", "corp", "--no-browser")
    code = terminal.user_code()
    assert f"{server.url}/device?user_code={code}" in terminal.shown
    server.tell("/__approve", {"user_code": code})
    terminal.wait(0)
    assert server.grants() == ["device_code"]
    assert server.calls()["RegisterClient"] == 1
    assert arn(world).startswith(
        "arn:aws:sts::100000000001:assumed-role/AWSReservedSSO_ReadOnlyAccess_"
    )
    assert server.calls()["StartDeviceAuthorization"] == 1, "nobody was asked again"
    [registration] = server.entries("RegisterClient")
    assert registration["user_agent"].startswith("atmos-auth")


@pytest.mark.parametrize("words", [["login", "--provider", "corp"], ["login", "dev"]])
def test_a_login_by_name_needs_no_terminal(world: World, center, words):
    """As over `ssh HOST atmos-auth login`: the page is shown on standard error and waited for."""
    server = center()
    against(world, server)
    allow_everything(server)
    answer = world.run(*words, "--no-browser", status=0)
    assert f"{server.url}/device?user_code=" in answer.stderr
    assert "\x1b" not in answer.stderr and "clipboard" not in answer.stderr
    assert server.grants() == ["device_code"]


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["login", "dev"], {"CI": "true"}),
        (["login", "dev"], {"ATMOS_INTERACTIVE": "false"}),
        (["exec", "dev", "--", "true"], {}),
        (["credential-process", "-i", "dev"], {}),
        (["env", "--static", "dev"], {}),
    ],
    ids=lambda value: " ".join(value),
)
def test_nothing_else_waits_without_a_terminal(world: World, center, words, variables):
    server = center()
    against(world, server)
    allow_everything(server)
    answer = world.run(*words, env=variables, status=77)
    assert "needs a login" in answer.stderr
    assert "StartDeviceAuthorization" not in server.calls()
    assert world.run("login", "dev", "--no-browser", env={"CI": "0"}, status=0)


def test_flow_device_opens_the_page_with_the_code(world: World, center):
    server = center()
    against(world, server, team("      spec: {flow: device}\n"))
    log = browser(world, "--click", "allow")
    terminal = Terminal(world, "login")
    code = terminal.user_code()
    terminal.wait(0)
    assert server.grants() == ["device_code"]
    lines = log.read_text().splitlines()
    assert lines[0] == f"opened {server.url}/device" and code not in lines[0]
    assert opened(log) == 1


def test_device_denied(world: World, center):
    server = center()
    against(world, server)
    terminal = Terminal(world, "login", "--no-browser")
    server.tell("/__deny", {"user_code": terminal.user_code()})
    assert terminal.wait() == 77
    assert "denied" in terminal.shown
    assert remembered(world) == [] and left_over(world) == []


def test_device_code_too_late(world: World, center):
    server = center("--device-lifetime", "2")
    against(world, server)
    terminal = Terminal(world, "login", "--no-browser")
    terminal.user_code()
    assert terminal.wait(timeout=20) == 77
    assert "in time" in terminal.shown
    assert remembered(world) == []


def test_trap_38_slow_down_is_for_good(world: World, center):
    server = center()
    against(world, server)
    server.tell("/__faults", [{"kind": "slow_down", "action": "CreateToken"}])
    terminal = Terminal(world, "login", "--no-browser")
    code = terminal.user_code()
    server.wait_for("CreateToken", 2)
    server.tell("/__approve", {"user_code": code})
    terminal.wait(0)
    times = [entry["time"] for entry in server.entries("CreateToken")]
    assert [entry["code"] for entry in server.entries("CreateToken")] == [
        "SlowDownException",
        "AuthorizationPendingException",
        None,
    ]
    assert all(later - earlier > 5.8 for earlier, later in itertools.pairwise(times)), times


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "503", "action": "CreateToken"},
        {"kind": "502", "action": "CreateToken"},
        {"kind": "drop", "action": "CreateToken"},
        {"kind": "503", "action": "RegisterClient"},
        {"kind": "drop", "action": "RegisterClient"},
        {"kind": "503", "action": "StartDeviceAuthorization"},
    ],
)
def test_a_moment_without_the_service_ends_no_login(world: World, center, fault):
    server = center("--auto-approve")
    against(world, server)
    server.tell("/__faults", [fault])
    Terminal(world, "login", "--no-browser").wait(0)
    first, *later = [entry["status"] for entry in server.entries(fault["action"])]
    assert first == {"503": 503, "502": 502, "drop": -1}[fault["kind"]], "the moment was there"
    assert later[-1] == 200
    assert world.run("credential-process", status=0).json()["Version"] == 1


def test_trap_37_a_registration_that_is_gone_is_made_again(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    Terminal(world, "login", "--no-browser").wait(0)
    server.tell("/__end", ["access", "clients"])
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    assert server.calls()["RegisterClient"] == 2
    assert arn(world)


def test_a_registration_is_used_again(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    server.tell("/__end", ["access", "refresh"])
    Terminal(world, "login", "--no-browser", "--provider", "corp").wait(0)
    assert server.calls()["RegisterClient"] == 1
    assert server.calls()["StartDeviceAuthorization"] == 2


# A browser


def test_a_real_browser_and_a_click(world: World, center):
    server = center()
    against(world, server)
    log = browser(world, "--click", "allow")
    terminal = Terminal(world, "login")
    terminal.wait(0)
    assert server.grants() == ["authorization_code"]
    assert "StartDeviceAuthorization" not in server.calls()
    [visit] = server.entries("Authorize")
    assert "scopes=sso%3Aaccount%3Aaccess" in visit["query"], "trap 39"
    assert arn(world).startswith("arn:aws:sts::100000000001:assumed-role/AWSReservedSSO_")
    wait_for(lambda: "ended" in log.read_text(), "the page after the click was not shown")
    ended = log.read_text().splitlines()[-1]
    assert ended.startswith("ended "), "the page after the click was shown"
    assert not any(secret in ended for secret in server.ask("/__secrets"))


def test_a_person_denies_in_a_real_browser(world: World, center):
    server = center()
    against(world, server)
    browser(world, "--click", "deny")
    terminal = Terminal(world, "login")
    assert terminal.wait() == 77
    assert "denied" in terminal.shown
    assert "CreateToken" not in server.calls()
    assert remembered(world) == []


def test_without_a_browser_the_code_is_left(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    world.environment["BROWSER"] = "/nonexistent/browser"
    Terminal(world, "login").wait(0)
    assert server.grants() == ["device_code"]


def test_no_browser_over_ssh(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    world.environment.update(SSH_CONNECTION="1 2 3 4", DISPLAY=":0")
    Terminal(world, "login").wait(0)
    assert server.grants() == ["device_code"]


def test_over_ssh_the_browser_of_an_editor_shows_a_code(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    browser(world, "--plain")
    world.environment["SSH_CONNECTION"] = "1 2 3 4"
    Terminal(world, "login").wait(0)
    assert server.grants() == ["device_code"]


def test_the_code_is_redeemed_once(world: World, center):
    """Trap 18: a lost answer is not asked for again with a code that is used up."""
    server = center("--auto-approve")
    against(world, server)
    browser(world, "--plain")
    server.tell("/__faults", [{"kind": "drop-after", "action": "CreateToken"}])
    terminal = Terminal(world, "login")
    assert terminal.wait() in (69, 77)
    assert server.calls()["CreateToken"] == 1
    assert remembered(world) == []
    Terminal(world, "login").wait(0)


# Stopped


STEPS = {
    "registering": ("RegisterClient", ["--no-browser"]),
    "asking for a code": ("StartDeviceAuthorization", ["--no-browser"]),
    "polling": ("CreateToken", ["--no-browser"]),
    "in the browser": ("Authorize", []),
    "redeeming": ("CreateToken", []),
    "asking for keys": ("GetRoleCredentials", []),
}


@pytest.mark.parametrize("how", ["interrupt", "kill"])
@pytest.mark.parametrize("step", STEPS)
def test_a_login_stopped_anywhere_leaves_nothing_half_written(
    world: World, center, step: str, how: str
):
    server = center()
    against(world, server)
    action, options = STEPS[step]
    log = browser(world, "--plain")
    if step not in ("polling", "in the browser"):
        server.tell("/__automatic", "allow")
    if step != "polling":
        # Longer than the test waits for an end: it is stopped in the middle of the call.
        server.tell("/__faults", [{"kind": "slow", "action": action, "seconds": 2 * PATIENCE}])
    terminal = Terminal(world, "login", *options)
    server.wait_for(action)
    if how == "interrupt":
        terminal.interrupt()
        assert terminal.wait() in (77, 130), terminal.shown
        assert len([line for line in terminal.shown.splitlines() if "error" in line]) <= 1
    else:
        terminal.kill()
    assert left_over(world) == []
    if step != "asking for keys":
        assert remembered(world) == []

    # Nobody waits for the dead, and nothing has to be cleared away first.
    server.tell("/__reset")
    answer = world.run("credential-process")
    if step != "asking for keys":
        assert answer.status == 77, str(answer)
    server.tell("/__automatic", "allow")
    Terminal(world, "login").wait(0)
    assert arn(world)
    assert opened(log) <= 2


@pytest.fixture
def renewing(world: World, center) -> Center:
    """A login whose token and keys are over, so that the next command renews them."""
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server, "--provider", "corp")
    server.tell("/__end", ["access", "roles"])
    return server


def assert_one_login_is_enough(world: World, server: Center) -> None:
    # A file that was being written stays under another name, sealed; nobody reads it.
    for path in left_over(world):
        content = path.read_bytes()
        assert not [text for text in server.ask("/__secrets") if text.encode() in content]
    Terminal(world, "login", "--no-browser").wait(0)
    world.run("credential-process", status=0)


@pytest.mark.parametrize("kind, status", [("hold", 0), ("hold-after", 77)])
def test_a_kill_while_the_token_is_renewed_costs_one_login_at_most(
    world: World, renewing: Center, kind: str, status: int
):
    """Once the service has made the new tokens, the old refresh token is used up."""
    renewing.tell("/__faults", [{"kind": kind, "action": "CreateToken"}])
    process = world.start("credential-process")
    wait_for(lambda: renewing.ask("/__held"), "the token is not renewed")
    process.kill()
    process.communicate()
    renewing.post("/__release")
    world.run("credential-process", status=status)
    assert_one_login_is_enough(world, renewing)


# Room on the disk is made before the token is renewed: that is the first file.
@pytest.mark.parametrize(
    "moment, status",
    [(("rename", 1), 0), (("fsync", 3), 77), (("rename", 2), 77), (("fsync", 4), 0)],
)
def test_a_kill_while_the_new_token_is_stored_costs_one_login_at_most(
    world: World, renewing: Center, moment: tuple[str, int], status: int
):
    assert killed_at(world, moment, "credential-process")
    world.run("credential-process", status=status)
    assert_one_login_is_enough(world, renewing)


# One login, however many ask


def test_one_login_for_two_providers_in_two_repositories_and_realms(world: World, center):
    server = center("--auto-approve")
    against(world, server)
    log_in(world, server, "--provider", "corp")
    other = world.root / "other"
    other.mkdir()
    (other / "atmos.yaml").write_text(
        team(realm="another", start_url=START_URL + "/#/").replace("corp", "company")
    )
    answer = world.run("credential-process", cwd=other)
    assert answer.status == 0, str(answer)
    assert server.calls()["StartDeviceAuthorization"] == 1


def test_another_portal_is_another_login(world: World, center):
    server = center("--start-url", START_URL, "--start-url", "https://other.awsapps.com/start")
    against(world, server)
    log_in(world, server, "--provider", "corp")
    world.configure(team(start_url="https://other.awsapps.com/start"))
    assert world.run("credential-process").status == 77
    log_in(world, server, "--provider", "corp")
    world.run("credential-process", status=0)


@pytest.mark.slow
def test_50_callers_without_a_terminal_are_told_what_to_type(world: World, center):
    server = center()
    against(world, server)
    world.run("list", status=0)

    def ask(_: int) -> tuple[int, str, str]:
        answer = world.run("credential-process")
        return answer.status, answer.stdout, answer.stderr

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    for status, out, err in answers:
        assert status == 77 and out == ""
        assert "atmos-auth login" in err, "the command to type"
    assert server.calls() == {}, "nothing was asked of the portal"


def test_many_callers_at_a_terminal_open_one_page(world: World, center, tmp_path: pathlib.Path):
    server = center()
    against(world, server)
    log = browser(world, "--click", "allow")
    script = world.temporary / "many.sh"
    script.write_text(f"""
        for i in $(seq 50); do '{world.binary}' exec -- true & done
        failed=0
        for job in $(jobs -p); do wait "$job" || failed=$((failed + 1)); done
        echo "failed $failed"
        """)
    terminal = Terminal(world, str(script), program="/bin/bash")
    failed = terminal.expect(r"failed (\d+)", timeout=120)
    assert failed.group(1) == "0", terminal.last[-3000:]
    terminal.close()
    assert opened(log) == 1
    assert server.grants() == ["authorization_code"]
    assert server.calls()["RegisterClient"] == 1
    assert server.calls()["GetRoleCredentials"] == 1
