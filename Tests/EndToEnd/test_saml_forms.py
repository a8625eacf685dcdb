"""SAML without a browser: Okta's API, and the pages of ADFS and Google."""

from __future__ import annotations

import json

import pytest

from mock_world import STACKS
from saml_world import DRIVERS, PASSWORD, USERS, again, caller
from secret_scan import ProcessWatch, assert_nowhere
from terminal import Terminal
from world import World

ADMIN_ARN = "arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"
KINDS = sorted(DRIVERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_password_alone(world: World, sign_in_pages, kind: str):
    forms = sign_in_pages(kind)
    log = world.root / "log"
    with ProcessWatch() as watch:
        answer = world.run(
            "login", "admin", "--logs-level", "Trace", "--logs-file", str(log), status=0
        )
    assert caller(world, "admin") == ADMIN_ARN
    assert_nowhere(world, [PASSWORD, *forms.given()], watch, said=[answer.stderr, answer.stdout])


@pytest.mark.parametrize("kind", KINDS)
def test_a_password_is_asked_for_and_twice_again_at_most(world: World, sign_in_pages, kind: str):
    forms = sign_in_pages(kind, asks=True)
    terminal = Terminal(world, "login", "admin")
    terminal.answer("User name at `corp`: ", USERS.get(kind, "jane"))
    terminal.answer("Password for `corp`: ", "wrong password")
    terminal.answer("Wrong. Password for `corp`: ", PASSWORD)
    terminal.wait(0)
    assert caller(world, "admin") == ADMIN_ARN
    assert PASSWORD not in terminal.shown
    again(world)
    terminal = Terminal(world, "login", "admin")
    terminal.answer("User name at `corp`: ", USERS.get(kind, "jane"))
    for number in range(3):
        terminal.answer("Password for `corp`: ", f"wrong password {number}")
    terminal.wait(77)
    assert [entry["right"] for entry in forms.calls("password")] == [
        False, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_password_is_kept_where_that_is_asked_for(world: World, sign_in_pages, kind: str):
    forms = sign_in_pages(kind, stores=True)
    configure = ["user", "configure", "--provider", "corp"]
    world.run(*configure, stdin="wrong password\n", status=0)
    # A person has another one; what they type is not kept.
    terminal = Terminal(world, "login", "admin")
    terminal.answer("Wrong. Password for `corp`: ", PASSWORD)
    terminal.wait(0)
    again(world)
    assert world.run("login", "admin").status == 77
    with ProcessWatch() as watch:
        terminal = Terminal(world, *configure)
        terminal.answer(f"Password of {USERS.get(kind, 'jane')} at `corp`: ", PASSWORD)
        terminal.wait(0)
        again(world)
        answer = world.run("credential-process", "-i", "admin", status=0)
    assert answer.json()["Version"] == 1
    assert_nowhere(world, [PASSWORD, *forms.given()], watch, said=[terminal.shown, answer.stderr])
    world.run("logout", "--provider", "corp", "--keychain", "--force", status=0)
    assert world.run("credential-process", "-i", "admin").status == 77


def test_a_password_is_stored_for_one_provider_of_pages(world: World, sign_in_pages):
    sign_in_pages("okta", asks=True)
    assert "`username`" in world.said("user", "configure", "-p", "corp", stdin="x\n", status=78)
    world.configure(STACKS)
    said = world.said("user", "configure", "--provider", "sandbox", stdin="x\n")
    assert "takes no password" in said
    world.said("user", "configure", "--provider", "sandbox", "--verify")
    interactive = {"ATMOS_INTERACTIVE": "false"}
    world.said("user", "configure", "--provider", "sandbox", env=interactive, status=77)


def test_a_stored_password_belongs_to_where_it_was_stored_for(world: World, sign_in_pages):
    """A later commit of a checkout, which was allowed, has a provider that does not get it."""
    forms = sign_in_pages("okta", stores=True)
    world.run("user", "configure", "--provider", "corp", stdin=PASSWORD + "\n", status=0)
    world.is_own = False
    text = (world.repository / "atmos.yaml").read_text()
    world.configure(text.replace("region: eu-west-1", "region: eu-central-1", 1))
    world.run("allow", "-i", "admin", status=0)
    said = world.said("login", "admin", status=77)
    assert "the password stored for provider `corp`" in said
    assert forms.calls("password") == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_terminal_nothing_is_sent(world: World, sign_in_pages, kind: str):
    forms = sign_in_pages(kind, asks=True)
    said = world.said("login", "admin", status=77)
    assert "run `atmos-auth login admin` in a terminal" in said
    assert forms.calls("password") == []


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("okta", {"factors": ["totp"]}),
        ("adfs", {"factor": "code"}),
        ("google", {"factor": "totp"}),
    ],
)
def test_codes_come_from_the_sources_of_codes(world: World, sign_in_pages, kind: str, mode: dict):
    forms = sign_in_pages(kind)
    forms.mode(**mode)
    world.run("login", "admin", env={"ATMOS_AUTH_MFA_CODE": "123456"}, status=0)
    assert caller(world, "admin") == ADMIN_ARN
    again(world)
    if kind == "okta":
        # The device was remembered.
        world.run("login", "admin", status=0)
        assert len(forms.calls("verify")) == 1
        return
    terminal = Terminal(world, "login", "admin")
    terminal.answer("saml/corp", "000000")
    terminal.answer("saml/corp", "654321")
    terminal.wait(0)


def test_okta_push_shows_the_number(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(factors=["push"])
    answer = world.run("login", "admin", status=0)
    assert "Choose the number 42 in Okta Verify." in answer.stderr
    assert len(forms.calls("verify")) == 2


def test_okta_push_that_is_rejected(world: World, sign_in_pages):
    sign_in_pages("okta").mode(factors=["push"], push="reject")
    assert "was rejected in Okta Verify" in world.said("login", "admin", status=77)


def test_okta_factors_are_chosen_from(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(factors=["webauthn", "push", "sms"])
    terminal = Terminal(world, "login", "admin")
    terminal.expect("Second factor for `corp`")
    terminal.answer("Number or part of a name: ", "text message")
    terminal.answer("Code from the text message, +1 XXX-XXX-1234: ", "246810")
    terminal.wait(0)
    assert "webauthn" not in terminal.shown
    assert [entry["factor"] for entry in forms.calls("verify")] == ["sms", "sms"]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("okta", {"factors": ["webauthn"]}),
        ("okta", {"engine": "identity"}),
        ("google", {"factor": "sk"}),
        ("google", {"factor": "blocked"}),
    ],
)
def test_what_demands_a_browser_says_which_line_to_change(
    world: World, sign_in_pages, kind: str, mode: dict
):
    sign_in_pages(kind).mode(**mode)
    said = world.said("login", "admin", status=77)
    assert "the identity provider of `corp` demands" in said
    assert "write `driver: Browser` in the provider" in said


def test_adfs_push_shows_the_number(world: World, sign_in_pages):
    forms = sign_in_pages("adfs")
    forms.mode(factor="push")
    answer = world.run("login", "admin", status=0)
    assert "The number to enter there is 73." in answer.stderr
    assert {entry["method"] for entry in forms.calls("factor")} == {"AzureMfaAuthentication"}


def test_adfs_push_that_is_denied(world: World, sign_in_pages):
    sign_in_pages("adfs").mode(factor="push", push="reject")
    assert "The request was denied." in world.said("login", "admin", status=77)


def test_allow_shows_where_one_signs_in(world: World, sign_in_pages):
    """The table of trust: pages, drivers, programs and arguments are shown and bound."""
    forms = sign_in_pages("okta")
    world.is_own = False
    config = world.repository / "atmos.yaml"
    extra = "      browser_executable_path: /opt/chrome\n      browser_arguments: [--lang=en]\n"
    config.write_text(config.read_text().replace("      driver", extra + "      driver"))
    assert world.run("login", "admin").status == 77
    assert forms.calls("password") == []
    shown = world.run("allow", "-i", "admin", status=0)
    text = shown.stdout + shown.stderr
    for value in (forms.url, "Okta", "/opt/chrome", "--lang=en", "!env CORP_PASSWORD"):
        assert value in text, value
    assert PASSWORD not in text
    assert world.run("login", "admin").status == 0
    config.write_text(config.read_text().replace("--lang=en", "--lang=de"))
    assert world.run("credential-process", "-i", "admin").status == 77
    assert json.loads(forms.get("/__log"))
