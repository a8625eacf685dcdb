"""Signing in to AWS in a browser, as an IAM user without access keys."""

from __future__ import annotations

import concurrent.futures
import json
import time
import urllib.request

import pytest

from identity_center_world import browser, left_over, opened, remembered
from secret_scan import ProcessWatch, assert_nowhere
from signin_world import JANE, SignIn, against
from terminal import Terminal
from waiting import wait_for
from world import World

USER = "arn:aws:iam::123456789012:user/jane"


def arn(world: World, identity: str = "jane") -> str:
    """Who the STS says that an identity is."""
    words = ["aws", "sts", "get-caller-identity", "--output", "json"]
    return json.loads(world.run("exec", "-i", identity, "--", *words, status=0).stdout)["Arn"]


@pytest.fixture
def signed_in(world: World, signin) -> SignIn:
    """A sign-in that was allowed, in a browser without windows."""
    server = signin("--auto-approve")
    against(world, server)
    browser(world, "--plain")
    Terminal(world, "login", "jane").wait(0)
    return server


# A browser here


def test_a_real_browser_and_a_click(world: World, signin):
    server = signin()
    against(world, server)
    log = browser(world, "--click", "allow")
    terminal = Terminal(world, "login", "jane")
    terminal.wait(0)
    [visit] = server.entries("Authorize")
    assert "code_challenge_method=SHA-256" in visit["query"], "trap 106"
    assert "devtools%2Fsame-device" in visit["query"]
    assert server.grants() == ["authorization_code"]
    assert "123456789012" in terminal.shown
    assert arn(world) == USER
    assert server.grants() == ["authorization_code"], "nobody was asked again"
    wait_for(lambda: "ended" in log.read_text(), "the page after the click was not shown")
    ended = log.read_text().splitlines()[-1]
    assert not any(secret in ended for secret in server.ask("/__secrets"))


#: A provider beside it takes its password from a variable whose name does not say so.
WITH_PASSWORD = (
    JANE
    + """\
  providers:
    corp:
      kind: aws/saml
      url: https://idp.example.com/app
      region: eu-central-1
      driver: Okta
      username: jane
      password: !env CORP
"""
)


def test_a_browser_gets_no_secret_of_the_surroundings(world: World, signin):
    server = signin("--auto-approve")
    against(world, server, WITH_PASSWORD)
    seen = world.temporary / "seen"
    inner = browser(world, "--plain")
    words = world.environment["BROWSER"].removesuffix(" %s")
    script = world.write("open", f"#!/bin/sh\nenv >'{seen}'\nexec {words} \"$1\"\n", 0o755)
    world.environment["BROWSER"] = f"{script} %s"
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
    secrets = {
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
        "AWS_SECRET_ACCESS_KEY": "of-somebody-else",
        "CI_JOB": jwt,
        "CORP": "the-password-of-jane",
    }
    Terminal(world, "login", "jane", env={**secrets, "CORP_NAME": "jane"}).wait(0)
    wait_for(lambda: inner.exists() and "ended" in inner.read_text(), "no page was opened")
    given = dict(line.split("=", 1) for line in seen.read_text().splitlines() if "=" in line)
    assert given["HOME"] == str(world.home) and given["CORP_NAME"] == "jane"
    assert not {*secrets, "ATMOS_KEYRING_PASSWORD"} & given.keys()


def test_a_role_over_a_sign_in(world: World, signed_in: SignIn):
    assert arn(world, "deploy").startswith("arn:aws:sts::123456789012:assumed-role/Deploy/")
    assert signed_in.grants() == ["authorization_code"]


def test_a_person_says_no(world: World, signin):
    server = signin()
    against(world, server)
    browser(world, "--click", "deny")
    terminal = Terminal(world, "login", "jane")
    assert terminal.wait() == 77
    assert "denied" in terminal.shown
    assert server.grants() == [] and remembered(world) == []


def test_a_login_by_name_needs_no_terminal(world: World, signin):
    server = signin("--auto-approve")
    against(world, server)
    log = browser(world, "--plain")
    answer = world.run("login", "jane", status=0)
    assert f"{server.url}/v1/authorize?" in answer.stderr and answer.stdout == ""
    assert opened(log) == 1


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["login", "jane"], {"CI": "true"}),
        (["login", "jane"], {"ATMOS_INTERACTIVE": "false"}),
        (["login", "jane"], {"BROWSER": None}),
        (["login", "jane", "--webflow"], {"CI": "true"}),
        (["login", "jane", "--no-browser"], {}),
        (["exec", "-i", "jane", "--", "true"], {}),
        (["credential-process", "-i", "jane"], {}),
        (["env", "--static", "-i", "jane"], {}),
    ],
    ids=lambda value: " ".join(value),
)
def test_nothing_else_waits_without_a_terminal(world: World, signin, words, variables):
    server = signin("--auto-approve")
    against(world, server)
    log = browser(world, "--plain")
    answer = world.run(*words, env=variables, status=77)
    assert "`atmos-auth login jane`" in answer.stderr or "in a terminal" in answer.stderr
    assert opened(log) == 0 and "Authorize" not in server.calls()


@pytest.mark.parametrize(
    "query",
    ["code=stolen&state=guessed", "code=stolen", "error=access_denied&state=guessed", ""],
)
def test_another_page_cannot_bring_a_code(world: World, signin, query):
    """Whoever finds the port, such as a page of the internet, does not know the state."""
    server = signin()
    against(world, server)
    browser(world, "--plain")
    terminal = Terminal(world, "login", "jane")
    shown = terminal.expect(r"redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A(\d+)%2F")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError):
        opener.open(f"http://127.0.0.1:{shown.group(1)}/oauth/callback?{query}", timeout=10)
    assert server.grants() == []
    # The person's own answer is still taken.
    wait_for(lambda: server.ask("/__waiting"), "the page is not opened")
    [state] = server.ask("/__waiting")
    data = f"state={state}&decision=allow".encode()
    opener.open(f"{server.url}/v1/authorize", data, timeout=10).close()
    terminal.wait(0)
    assert server.grants() == ["authorization_code"]


def test_a_code_that_is_refused_is_explained(world: World, signin):
    server = signin("--auto-approve")
    against(world, server)
    browser(world, "--plain")
    server.tell(
        "/__faults",
        [
            {
                "kind": "refuse",
                "action": "CreateOAuth2Token",
                "code": "AUTHCODE_EXPIRED",
                "status": 401,
            }
        ],
    )
    terminal = Terminal(world, "login", "jane")
    assert terminal.wait() == 77
    assert "works once" in terminal.shown
    assert remembered(world) == []
    Terminal(world, "login", "jane").wait(0)


def test_the_code_is_redeemed_once(world: World, signin):
    """Trap 18: a lost answer is not asked for again with a code that is used up."""
    server = signin("--auto-approve")
    against(world, server)
    browser(world, "--plain")
    server.tell("/__faults", [{"kind": "drop-after", "action": "CreateOAuth2Token"}])
    assert Terminal(world, "login", "jane").wait() == 69
    assert server.grants() == ["authorization_code"]
    assert remembered(world) == []


def test_a_user_without_the_policy_is_told_its_name(world: World, signin):
    server = signin("--auto-approve", "--no-policy")
    against(world, server)
    browser(world, "--plain")
    terminal = Terminal(world, "login", "jane")
    assert terminal.wait() == 77
    assert "SignInLocalDevelopmentAccess" in terminal.shown


# Another device


def shown_code(server: SignIn, terminal: Terminal) -> str:
    """What the page shows in the end."""
    page = terminal.expect(r"(http://\S+/v1/authorize\?\S+)").group(1)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(page, timeout=10) as response:
        text = response.read().decode()
    return text.partition('<p id="code">')[2].partition("<")[0]


def test_without_a_browser_here_the_code_is_pasted(world: World, signin):
    server = signin("--auto-approve")
    against(world, server)
    terminal = Terminal(world, "login", "jane", "--no-browser")
    code = shown_code(server, terminal)
    assert len(code) > 40
    terminal.answer("(not shown here): ", code)
    terminal.wait(0)
    assert "devtools%2Fcross-device" in server.entries("Authorize")[0]["query"]
    assert code not in terminal.shown
    assert arn(world) == USER


def test_over_ssh_the_code_is_pasted(world: World, signin):
    server = signin("--auto-approve")
    against(world, server)
    world.environment["SSH_CONNECTION"] = "1 2 3 4"
    terminal = Terminal(world, "login", "jane")
    terminal.answer("(not shown here): ", shown_code(server, terminal).rstrip("="))
    terminal.wait(0)


def test_the_code_of_another_sign_in_is_not_taken(world: World, signin):
    server = signin("--auto-approve")
    against(world, server)
    first = Terminal(world, "login", "jane", "--no-browser")
    code = shown_code(server, first)
    first.interrupt()
    assert first.wait() in (77, 130)
    second = Terminal(world, "login", "jane", "--no-browser")
    second.answer("(not shown here): ", code)
    assert second.wait() == 77
    assert "not of this sign-in" in second.shown
    assert server.grants() == []


# Renewing


def key(world: World) -> str:
    return world.run("credential-process", "-i", "jane", status=0).json()["AccessKeyId"]


@pytest.fixture
def ended(world: World, signin) -> SignIn:
    """A sign-in whose keys have ended, and are to be renewed."""
    server = signin("--auto-approve", "--keys-lifetime", "1")
    against(world, server)
    browser(world, "--plain")
    Terminal(world, "login", "jane").wait(0)
    server.tell("/__lifetime", 900)
    facts = next(world.state.rglob("jane.facts"))
    # Its time is the end of the keys.
    wait_for(lambda: time.time() > facts.stat().st_mtime, "the keys do not end")
    return server


def test_keys_are_renewed_without_a_person(world: World, ended: SignIn):
    first = key(world)
    assert key(world) == first
    assert ended.grants() == ["authorization_code", "refresh_token"]
    assert arn(world) == USER
    # A login by name renews, too; a browser is opened only where that is asked for.
    world.run("login", "jane", status=0)
    assert ended.grants()[2:] == ["refresh_token"], "with the token that came with the last one"
    assert ended.calls()["Authorize"] == 1
    assert key(world) != first


@pytest.mark.slow
def test_200_programs_renew_once(world: World, ended: SignIn):
    def ask(_: int) -> tuple[int, str]:
        answer = world.run("credential-process", "-i", "jane", timeout=120)
        return answer.status, answer.stdout

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(ask, range(200)))
    assert len(answers) == 1 and answers.pop()[0] == 0
    assert ended.grants() == ["authorization_code", "refresh_token"]


def test_a_login_that_is_over_takes_a_person(world: World, ended: SignIn):
    ended.tell("/__end", ["refresh"])
    for _ in range(3):
        answer = world.run("credential-process", "-i", "jane", status=77)
        assert "the browser's login of identity `jane` has ended" in answer.stderr
        assert "`atmos-auth login jane`" in answer.stderr
    assert ended.grants()[1:] == ["refresh_token"], "the refused one is not sent again"
    Terminal(world, "login", "jane").wait(0)
    assert ended.calls()["Authorize"] == 2
    assert key(world)


def test_another_password_ends_the_login(world: World, ended: SignIn):
    ended.tell("/__end", ["logins"])
    world.run("exec", "-i", "jane", "--", "true", status=77)
    assert ended.calls()["Authorize"] == 1


@pytest.mark.parametrize("kind", ["503", "drop", "502", "throttle"])
def test_a_service_in_trouble_costs_no_login(world: World, ended: SignIn, kind: str):
    ended.tell("/__faults", [{"kind": kind, "action": "CreateOAuth2Token", "count": 9}])
    assert world.run("credential-process", "-i", "jane").status == 69
    ended.tell("/__reset")
    assert key(world)
    assert ended.grants() == ["refresh_token"]


@pytest.mark.parametrize("kind, status", [("hold", 0), ("hold-after", 77)])
def test_a_kill_while_the_keys_are_renewed_costs_one_login_at_most(
    world: World, ended: SignIn, kind: str, status: int
):
    """Once the service has made the new tokens, the old refresh token is used up."""
    ended.tell("/__faults", [{"kind": kind, "action": "CreateOAuth2Token"}])
    process = world.start("credential-process", "-i", "jane")
    wait_for(lambda: ended.ask("/__held"), "the keys are not renewed")
    process.kill()
    process.communicate()
    ended.post("/__release")
    world.run("credential-process", "-i", "jane", status=status)
    assert left_over(world) == []
    Terminal(world, "login", "jane").wait(0)
    assert key(world)


# Which way


def test_stored_keys_come_first_and_webflow_asks_for_the_browser(world: World, signed_in: SignIn):
    world.run("logout", "jane", status=0)
    world.store_keys("jane", signed_in.access_key_id, signed_in.secret_access_key)
    Terminal(world, "login", "jane").wait(0)
    assert signed_in.calls()["GetSessionToken"] == 1
    assert arn(world).endswith(":user/engineer")
    Terminal(world, "login", "jane", "--webflow").wait(0)
    assert signed_in.calls()["Authorize"] == 2
    assert arn(world) == USER
    # It stays so for as long as it can be renewed.
    Terminal(world, "login", "jane").wait(0)
    assert signed_in.grants()[-1] == "refresh_token"
    world.run("logout", "jane", status=0)
    Terminal(world, "login", "jane").wait(0)
    assert arn(world).endswith(":user/engineer")


def test_a_new_sign_in_that_is_given_up_costs_nothing(world: World, signed_in: SignIn):
    first = key(world)
    terminal = Terminal(world, "login", "jane", "--webflow", "--no-browser")
    terminal.expect(r"\(not shown here\): ")
    terminal.interrupt()
    assert terminal.wait() in (77, 130)
    assert key(world) == first
    world.run("login", "jane", status=0)
    assert signed_in.grants()[-1] == "refresh_token"


def test_webflow_is_for_users_only(world: World, signed_in: SignIn):
    assert "`--webflow`" in world.said("login", "deploy", "--webflow")
    assert "--provider" in world.said("login", "--provider", "x", "--webflow")
    world.run("logout", "jane", status=0)
    against(world, signed_in, JANE.replace("{region", "{webflow_enabled: false, region"))
    assert "webflow_enabled" in world.said("login", "jane", "--webflow", status=78)
    terminal = Terminal(world, "login", "jane")
    assert terminal.wait() == 77
    assert "has no access keys" in terminal.shown


def test_why_and_whoami_say_what_there_is(world: World, signed_in: SignIn):
    shown = world.run("whoami", "-i", "jane", "--output", "json", status=0).json()
    assert shown["account"] == "123456789012"
    assert "jane" in world.run("why", "-i", "jane", status=0).stdout


def test_the_console_takes_the_session(world: World, signed_in: SignIn):
    answer = world.run("console", "-i", "jane", "--print-only", status=0)
    assert answer.stdout.startswith("https://") or answer.stdout.startswith("http://")
    assert signed_in.entries("GetSigninToken")[0]["status"] == 200


# Signing out


def test_logout_forgets_the_keys_and_what_renews_them(world: World, signed_in: SignIn):
    world.run("logout", "jane", status=0)
    assert remembered(world) == []
    world.run("credential-process", "-i", "jane", status=77)
    assert signed_in.grants() == ["authorization_code"]


# Secrets


def test_no_secret_is_anywhere(world: World, signin):
    server = signin("--auto-approve", "--keys-lifetime", "1")
    against(world, server)
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    browser(world, "--plain")
    with ProcessWatch() as watch:
        Terminal(world, "login", "jane").wait(0)
        code = Terminal(world, "login", "jane", "--webflow", "--no-browser")
        pasted = shown_code(server, code)
        code.answer("(not shown here): ", pasted)
        code.wait(0)
        world.run("exec", "-i", "jane", "--", "true", status=0)
        world.run("whoami", "-i", "jane", "--output", "json")
        world.run("list", "--format", "json")
        server.tell("/__end", ["logins"])
        world.run("login", "jane")
    secrets = [*server.ask("/__secrets"), pasted]
    assert len(secrets) > 6
    # A browser that is sent back to this machine has the code in its address.
    assert_nowhere(world, secrets, watch)
