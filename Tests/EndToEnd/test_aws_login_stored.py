"""Logins of ours that the AWS CLI has as well, and its logins where ours have ended."""

from __future__ import annotations

import json
import stat
import time

import pytest

from aws_login import USER, AWSLogin, botocore, cache_file, expire
from identity_center_world import browser
from secret_scan import ProcessWatch, assert_nowhere
from signin_world import SignIn, against
from terminal import Terminal
from waiting import wait_for
from world import World

STORED = """\
auth:
  realm: e2e
  identities:
    jane:
      kind: aws/user
      credentials: {region: eu-central-1}
      spec: {store: aws-cli}
    plain:
      kind: aws/user
      credentials: {region: eu-central-1}
"""


def key(world: World, identity: str) -> str:
    return world.run("credential-process", "-i", identity, status=0).json()["AccessKeyId"]


def arn(world: World, identity: str) -> str:
    words = ["aws", "sts", "get-caller-identity", "--output", "json"]
    return json.loads(world.run("exec", "-i", identity, "--", *words, status=0).stdout)["Arn"]


def test_botocore_reads_and_renews_our_login(world: World, signin):
    server = signin("--auto-approve", "--keys-lifetime", "301")
    against(world, server, STORED)
    browser(world, "--plain")
    Terminal(world, "login", "jane").wait(0)
    path = cache_file(world)
    (world.home / ".aws/config").write_text(
        f"[profile jane]\nregion = eu-central-1\nlogin_session = {USER}\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == {
        "accessToken",
        "clientId",
        "dpopKey",
        "idToken",
        "refreshToken",
        "tokenType",
    }
    first = key(world, "jane")
    assert json.loads(path.read_text())["accessToken"]["accessKeyId"] == first
    # botocore reads it, and renews it with our key.
    server.tell("/__lifetime", 900)
    expire(path)
    answer = botocore(world).json()
    assert answer["method"] == "login" and answer["AccessKeyId"] != first
    assert server.grants() == ["authorization_code", "refresh_token"]


@pytest.fixture
def short(world: World, signin) -> SignIn:
    """A login of ours whose keys have ended."""
    server = signin("--auto-approve", "--keys-lifetime", "1")
    against(world, server, STORED)
    browser(world, "--plain")
    Terminal(world, "login", "jane").wait(0)
    server.tell("/__lifetime", 900)
    (world.home / ".aws/config").write_text(
        f"[profile jane]\nregion = eu-central-1\nlogin_session = {USER}\n"
    )
    facts = next(world.state.rglob("jane.facts"))
    wait_for(lambda: time.time() > facts.stat().st_mtime, "the keys do not end")
    return server


def test_what_botocore_renewed_is_used_here(world: World, short: SignIn):
    theirs = botocore(world).json()["AccessKeyId"]
    assert key(world, "jane") == theirs
    assert short.grants() == ["authorization_code", "refresh_token"]


def test_what_is_renewed_here_is_used_by_botocore(world: World, short: SignIn):
    ours = key(world, "jane")
    assert botocore(world).json() == {"method": "login", "AccessKeyId": ours}
    assert short.grants() == ["authorization_code", "refresh_token"]
    expire(cache_file(world))
    theirs = botocore(world).json()["AccessKeyId"]
    assert theirs != ours
    assert short.grants()[2:] == ["refresh_token"]


def test_without_a_file_the_login_stays_ours(world: World, short: SignIn):
    """`aws logout` ends the CLI's half alone, and brings none back."""
    cache_file(world).unlink()
    assert key(world, "jane")
    assert not cache_file(world).exists()


def test_logout_takes_back_what_login_put_there(world: World, short: SignIn):
    other = cache_file(world, "arn:aws:iam::123456789012:user/other")
    other.write_text("{}")
    theirs = botocore(world).json()["AccessKeyId"]
    assert json.loads(cache_file(world).read_text())["accessToken"]["accessKeyId"] == theirs
    world.run("logout", "jane", status=0)
    assert not cache_file(world).exists() and other.exists()


def test_logout_keeps_what_the_cli_signed_in_to_since(world: World, short: SignIn):
    login = AWSLogin(world, short, None)
    world.run("logout", "jane", status=0)
    assert login.path.exists()
    assert botocore(world).json()["AccessKeyId"] == login.key_id


def test_another_login_writes_nothing(world: World, short: SignIn):
    cache_file(world).unlink()
    Terminal(world, "login", "plain").wait(0)
    assert not cache_file(world).exists()


def test_a_checkout_does_not_decide_that(world: World, signin):
    server = signin("--auto-approve")
    against(world, server, STORED)
    world.is_own = False
    browser(world, "--plain")
    world.run("allow", "-i", "jane", status=0)
    Terminal(world, "login", "jane").wait(0)
    assert not cache_file(world).exists()
    assert "`auth.identities.jane.spec.store` of a checkout" in world.run("status").stdout


# The CLI's login instead of the browser


@pytest.mark.parametrize("identity", ["jane", "plain"])
def test_a_login_of_the_same_user_spares_the_browser(world: World, short: SignIn, identity: str):
    """Ours has ended; who it was of is known from it."""
    if identity == "plain":
        short.tell("/__lifetime", 1)
        Terminal(world, "login", "plain").wait(0)
        facts = next(world.state.rglob("plain.facts"))
        wait_for(lambda: time.time() > facts.stat().st_mtime, "the keys do not end")
        short.tell("/__lifetime", 900)
    short.tell("/__end", ["refresh"])
    cache_file(world).unlink()
    world.run("credential-process", "-i", identity, status=77)
    pages = short.calls()["Authorize"]
    login = AWSLogin(world, short, None)
    assert short.calls()["Authorize"] == pages + 1
    assert "you are not asked" in world.run("why", "-i", identity, status=0).stdout
    assert key(world, identity) == login.key_id
    assert arn(world, identity) == USER
    world.run("login", identity, status=0)
    assert short.calls()["Authorize"] == pages + 1, "no browser"
    # What the CLI signed in to stays with it.
    world.run("logout", identity, status=0)
    assert login.path.exists()
    world.run("credential-process", "-i", identity, status=77)


def test_who_never_signed_in_is_not_guessed(world: World, signin):
    server = signin("--auto-approve")
    against(world, server, STORED)
    AWSLogin(world, server)
    world.run("credential-process", "-i", "plain", status=77)
    world.run("credential-process", "-i", "jane", status=77)


def test_a_damaged_file_is_as_good_as_none(world: World, short: SignIn):
    short.tell("/__lifetime", 1)
    Terminal(world, "login", "plain").wait(0)
    facts = next(world.state.rglob("plain.facts"))
    wait_for(lambda: time.time() > facts.stat().st_mtime, "the keys do not end")
    short.tell("/__lifetime", 900)
    cache_file(world).write_text("{}")
    assert key(world, "plain"), "its own refresh token is there"
    short.tell("/__end", ["refresh"])


def test_no_secret_of_a_stored_login_is_anywhere_else(world: World, signin):
    server = signin("--auto-approve", "--keys-lifetime", "1")
    against(world, server, STORED)
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    browser(world, "--plain")
    with ProcessWatch() as watch:
        Terminal(world, "login", "jane").wait(0)
        world.run("exec", "-i", "jane", "--", "true", status=0)
        world.run("why", "-i", "jane", status=0)
    private = json.loads(cache_file(world).read_text())["dpopKey"].splitlines()[1][:40]
    cache_file(world).unlink()
    assert_nowhere(world, [*server.ask("/__secrets"), private], watch)
