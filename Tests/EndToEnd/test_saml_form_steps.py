"""SAML without a browser: the steps between the password and the response, and where it begins."""

from __future__ import annotations

import hashlib
import os

import pytest

from mfa_world import SEED
from saml_world import ADMIN, PASSWORD, again, caller
from terminal import Terminal
from world import World

ADMIN_ARN = "arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"
YUBIKEY = "cccccc" + "bdefghijklnrtuv" * 2 + "cbdefghi"


# Okta


def test_okta_steps_up_where_the_application_asks_for_more(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(step_up=["totp"])
    world.run("login", "admin", env={"ATMOS_AUTH_MFA_CODE": "123456"}, status=0)
    assert caller(world, "admin") == ADMIN_ARN
    assert [entry["factor"] for entry in forms.calls("verify")] == ["totp"]


def test_trap_56_okta_steps_up_with_a_push_that_is_not_asked_about_too_often(
    world: World, sign_in_pages
):
    """The fake refuses a poll that comes less than three seconds after another one."""
    forms = sign_in_pages("okta")
    forms.mode(step_up=["push"])
    assert "Choose the number 42" in world.run("login", "admin", status=0).stderr
    assert len(forms.calls("verify")) == 2


def test_okta_steps_up_without_a_factor(world: World, sign_in_pages):
    sign_in_pages("okta").mode(step_up=[])
    world.run("login", "admin", status=0)


@pytest.mark.parametrize(
    ("kind", "mode", "typed"),
    [
        ("okta", {"factors": ["yubikey"]}, YUBIKEY),
        ("okta", {"factors": ["rsa"]}, "12345678"),
        ("adfs", {"factor": "rsa"}, "12345678"),
    ],
)
def test_codes_of_tokens_have_another_form(
    world: World, sign_in_pages, kind: str, mode: dict, typed: str
):
    sign_in_pages(kind).mode(**mode)
    terminal = Terminal(world, "login", "admin")
    terminal.answer("Enter MFA code of saml/corp: ", "two words")
    terminal.expect("a code is one line without blanks")
    terminal.answer("Enter MFA code of saml/corp: ", typed)
    terminal.wait(0)
    again(world)
    if kind == "adfs":
        world.run("login", "admin", env={"ATMOS_AUTH_MFA_CODE": "87654321"}, status=0)


def test_no_seed_makes_the_codes_of_a_token(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(factors=["yubikey"])
    world.run("mfa", "add", "--device", "saml/corp", stdin=SEED, status=0)
    said = world.said("login", "admin", status=77)
    assert "provider `corp` needs an MFA code of saml/corp" in said and "mfa add" not in said
    assert forms.calls("verify") == []


def test_okta_asks_a_question(world: World, sign_in_pages):
    sign_in_pages("okta").mode(factors=["question"])
    terminal = Terminal(world, "login", "admin")
    terminal.answer("What was your first pet? ", "Tom")
    terminal.answer("Wrong. What was your first pet? ", "Rex")
    terminal.wait(0)
    assert "Rex" not in terminal.shown


def test_okta_warns_of_a_password_that_ends(world: World, sign_in_pages):
    sign_in_pages("okta").mode(status="PASSWORD_WARN")
    world.run("login", "admin", status=0)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("LOCKED_OUT", "your account at `corp` is locked"),
        ("PASSWORD_EXPIRED", "your password at `corp` has expired"),
        ("MFA_ENROLL", "`corp` wants you to set up a second factor first"),
    ],
)
def test_what_okta_wants_first_is_said(world: World, sign_in_pages, status: str, words: str):
    sign_in_pages("okta").mode(status=status)
    assert words in world.said("login", "admin", status=77)


# ADFS


@pytest.mark.parametrize(
    ("choice", "then"),
    [("Code of a token", "security_code"), ("Microsoft Authenticator", "number to enter")],
)
def test_adfs_factors_are_chosen_from(world: World, sign_in_pages, choice: str, then: str):
    sign_in_pages("adfs").mode(factor="choice")
    terminal = Terminal(world, "login", "admin")
    terminal.expect("Second factor for `corp`")
    terminal.answer("Number or part of a name: ", choice)
    if then == "security_code":
        terminal.answer("Enter MFA code of saml/corp: ", "123456")
    else:
        terminal.expect(then)
    terminal.wait(0)


@pytest.mark.parametrize(
    ("mode", "what"),
    [({"windows": True}, "a Windows login"), ({"realm": "corp"}, "a login at another site")],
)
def test_what_adfs_demands_of_a_browser(world: World, sign_in_pages, mode: dict, what: str):
    forms = sign_in_pages("adfs")
    forms.mode(**mode)
    said = world.said("login", "admin", status=77)
    assert f"the identity provider of `corp` demands {what}" in said
    assert forms.calls("password") == []


@pytest.mark.parametrize("address", ["", "/"])
def test_the_address_of_an_adfs_server_is_enough(world: World, sign_in_pages, address: str):
    sign_in_pages("adfs", address=address)
    world.run("login", "admin", status=0)
    assert caller(world, "admin") == ADMIN_ARN


# Google


def test_google_sends_a_text_message(world: World, sign_in_pages):
    forms = sign_in_pages("google")
    forms.mode(factor="ipp")
    terminal = Terminal(world, "login", "admin")
    terminal.answer("Code from the text message: ", "000000")
    terminal.answer("Wrong. Code from the text message: ", "G-246810")
    terminal.wait(0)
    assert [entry["sends"] for entry in forms.calls("factor")] == ["SMS", None, None]


@pytest.mark.parametrize(("kind", "number"), [("az", None), ("dp", "89")])
def test_google_prompts_on_a_telephone(world: World, sign_in_pages, kind: str, number: str | None):
    forms = sign_in_pages("google")
    forms.mode(factor=kind, impatience=1)
    terminal = Terminal(world, "login", "admin")
    terminal.answer("Press Enter when you have done so: ", "")
    terminal.answer("Not yet. Press Enter when you have done so: ", "")
    terminal.wait(0)
    assert ("the number to tap there is 89" in terminal.shown) == (number is not None)
    assert [entry["does"] for entry in forms.calls("factor")] == ["VERIFY"] * 2


def test_google_does_not_take_a_prompt_that_nobody_answers(world: World, sign_in_pages):
    sign_in_pages("google").mode(factor="dp", impatience=9)
    terminal = Terminal(world, "login", "admin")
    for _ in range(3):
        terminal.answer("Press Enter when you have done so: ", "")
    terminal.wait(77)
    assert "the sign-in to `corp` was not approved" in terminal.shown


def test_google_steps_are_chosen_from(world: World, sign_in_pages):
    forms = sign_in_pages("google")
    forms.mode(factor="selectchallenge")
    terminal = Terminal(world, "login", "admin")
    terminal.answer("Number or part of a name: ", "code of an app")
    terminal.answer("Enter MFA code of saml/corp: ", "123456")
    terminal.wait(0)
    assert "1) code of an app" in terminal.shown, "security keys are not offered"
    # Cookies end with the login, so nobody is told to trust this machine.
    assert [entry["trusts"] for entry in forms.calls("factor")] == [None]


# Everywhere


@pytest.mark.parametrize("kind", ["okta", "adfs", "google"])
@pytest.mark.parametrize("through", ["relay", "onload"])
def test_pages_that_send_themselves_are_followed(
    world: World, sign_in_pages, kind: str, through: str
):
    sign_in_pages(kind).mode(through=through)
    world.run("login", "admin", status=0)


def test_codes_of_a_provider_are_those_of_its_device(world: World, sign_in_pages):
    sign_in_pages("okta").mode(factors=["totp"])
    said = world.said("login", "admin", status=77)
    assert "provider `corp` needs an MFA code of saml/corp" in said
    assert "run `atmos-auth login --provider corp` in a terminal" in said
    assert "`atmos-auth mfa add --device saml/corp`" in said
    (row,) = world.run("mfa", "status", "-o", "json", status=0).json()
    assert row["device"] == "saml/corp" and row["providers"] == ["corp"]
    assert row["seed"] is False and row["identities"] == []
    world.run("mfa", "add", "--device", "saml/corp", stdin=SEED, status=0)
    assert "saml/corp  provider corp" in world.run("mfa", "status", status=0).stdout
    world.run("credential-process", "-i", "admin", status=0)


def test_a_seed_belongs_to_the_provider_that_used_it_first(world: World, sign_in_pages):
    """A later commit of a checkout, which was allowed, does not get its codes."""
    forms = sign_in_pages("okta")
    forms.mode(factors=["totp"])
    world.run("mfa", "add", "--device", "saml/corp", stdin=SEED, status=0)
    world.run("login", "admin", status=0)
    world.is_own = False
    text = (world.repository / "atmos.yaml").read_text()
    world.configure(text.replace("region: eu-west-1", "region: eu-central-1", 1))
    world.run("allow", "-i", "admin", status=0)
    for directory in directories(world):
        (world.state / "browser" / directory / "device").unlink()
    said = world.said("login", "admin", status=77)
    assert "the stored codes of saml/corp belong to" in said
    assert "`atmos-auth mfa add --device saml/corp` stores others in their place" in said
    assert "--with-keys" not in said and len(forms.calls("verify")) == 1


# Realms


def in_realm(world: World, name: str) -> World:
    config = world.repository / "atmos.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text(
        "".join(f"  realm: {name}\n" if line.startswith("  realm:") else line for line in lines)
    )
    return world


def directories(world: World) -> list[str]:
    return sorted(os.listdir(world.state / "browser"))


def test_realms_have_providers_of_their_own(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(factors=["totp"])
    for realm, code in (("one", "111111"), ("two", "222222")):
        in_realm(world, realm).run("login", "admin", env={"ATMOS_AUTH_MFA_CODE": code}, status=0)
    assert len(directories(world)) == 2
    in_realm(world, "one").run("logout", "--provider", "corp", status=0)
    assert len(directories(world)) == 1
    again(world)
    in_realm(world, "two").run("login", "admin", status=0)
    assert len(forms.calls("verify")) == 2, "the device is still known there"


def test_the_directory_of_an_earlier_version_is_taken_over(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    forms.mode(factors=["totp"])
    world.run("login", "admin", env={"ATMOS_AUTH_MFA_CODE": "123456"}, status=0)
    (name,) = directories(world)
    page = f"{forms.url}/home/amazon_aws/0oa1b2c3d4/272"
    place = hashlib.sha256(f"corp\n{page}\njane".encode()).hexdigest()
    earlier = f"corp-{place[:12]}"
    assert name != earlier
    (world.state / "browser" / name).rename(world.state / "browser" / earlier)
    again(world)
    world.run("login", "admin", status=0)
    assert directories(world) == [name], "and nobody signed in again"
    assert len(forms.calls("verify")) == 1
    (world.state / "browser" / earlier).mkdir()
    world.run("logout", "--provider", "corp", status=0)
    assert directories(world) == []


def test_a_login_without_a_role_or_a_terminal_lists_the_roles(world: World, sign_in_pages):
    forms = sign_in_pages("okta")
    said = world.said("login", "any", status=77)
    assert "offers 2 roles, and identity `any` names none" in said
    assert f"it offers `{ADMIN}`" in said and PASSWORD not in said
    forms.mode(roles=1)
    again(world)
    world.run("credential-process", "-i", "any", status=0)
