"""Logging in with SAML: the assertion, the role in it, and what STS makes of both."""

from __future__ import annotations

import pytest

from saml_world import ADMIN, LAST, READER, caller, pair, pasting
from secret_scan import assert_nowhere
from services import StrictSTS
from terminal import Terminal
from world import World

QUESTION = "SAMLResponse (not shown): "


def paste(world: World, text: str, *arguments: str, status: int = 0, **options) -> Terminal:
    """A login with a person who pastes a text."""
    terminal = Terminal(world, *(arguments or ("login",)), **options)
    terminal.answer(QUESTION, text)
    terminal.wait(status)
    return terminal


def test_saml_then_role_then_role_feeds_a_real_aws_cli(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    shown = paste(world, corp.response()).shown
    assert "Sign in at https://idp.example.com/app in any browser" in shown
    assert caller(world, "deploy").startswith(
        f"{LAST.replace(':iam:', ':sts:').replace('role/', 'assumed-role/')}/atmos-deploy-"
    )
    assert caller(world, "admin") == (
        "arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"
    )
    assert server.calls() == {"AssumeRoleWithSAML": 1, "AssumeRole": 1}, (
        "the role of the assertion is not assumed a second time"
    )
    assert_nowhere(world, corp.given + server.issued_secrets(), said=[shown])


def test_one_login_serves_every_role_while_the_assertion_lasts(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    paste(world, corp.response(), "login", "admin")
    assert caller(world, "reader").startswith(
        "arn:aws:sts::123456789012:assumed-role/AdministratorReadOnly/"
    )


def test_the_text_may_be_pasted_as_browsers_show_it(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    encoded = corp.response()
    lines = "\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    paste(world, lines, "login", "admin")
    world.run("logout", "admin", status=0)
    world.run("logout", "--provider", "corp", status=0)
    form = corp.response().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    paste(world, f"SAMLResponse={form}&RelayState=", "login", "admin")
    assert server.calls() == {"AssumeRoleWithSAML": 2}


def test_a_text_longer_than_a_terminals_line(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    many = [pair(f"arn:aws:iam::123456789012:role/r{number}") for number in range(400)]
    encoded = corp.response([*many, pair(ADMIN)])
    assert len(encoded) > 40_000
    paste(world, encoded, "login", "admin")


def test_without_a_terminal_it_says_what_to_type(world: World, sts):
    pasting(world, sts())
    said = world.said("login", "admin", status=77)
    assert (
        "provider `corp` needs a SAML response, and there is no terminal to paste it into" in said
    )
    assert "run `atmos-auth login admin` in a terminal" in said
    assert "Sign in at" not in said


def test_trap_46_a_role_that_is_not_offered_is_nobody_elses(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    terminal = paste(world, corp.response([pair(READER)]), "login", "admin", status=77)
    assert f"does not offer the role of identity `admin`, `{ADMIN}`" in terminal.shown
    assert f"it offers `{READER}`" in terminal.shown
    assert server.calls() == {}, "nothing was tried in its place"


@pytest.mark.parametrize("is_known", [True, False])
def test_the_list_of_roles_says_what_accounts_are_called(world: World, sts, is_known: bool):
    server = sts()
    corp = pasting(world, server)
    if is_known:
        server.tell("/__aliases", {"123456789012": "acme-prod"})
    else:
        # Nobody waits for it, and nobody is told.
        world.environment["AWS_ENDPOINT_URL_SIGNIN"] = "http://127.0.0.1:1"
    terminal = Terminal(world, "login", "any")
    terminal.answer(QUESTION, corp.response())
    shown = terminal.answer("Number or part of a name: ", "1")
    assert ("123456789012 (acme-prod)  " in shown) == is_known
    assert "123456789012" in shown
    terminal.wait(0)
    assert_nowhere(world, corp.given)


def test_the_page_of_roles_is_asked_only_for_a_choice(world: World, sts):
    server = sts()
    corp = pasting(world, server)
    paste(world, corp.response([pair(ADMIN)]), "login", "any", status=0)
    assert server.calls() == {"AssumeRoleWithSAML": 1}


def test_an_identity_without_a_role_chooses_one(world: World, sts):
    corp = pasting(world, sts())
    assert world.run("validate").status == 0
    terminal = Terminal(world, "login", "any")
    terminal.answer(QUESTION, corp.response())
    terminal.expect("Roles that `corp` offers")
    terminal.answer("Number or part of a name: ", "team/Admin")
    terminal.wait(0)
    assert caller(world, "any").startswith("arn:aws:sts::123456789012:assumed-role/Admin/")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"is_encrypted": True}, "is encrypted for AWS"),
        ({"roles": []}, "offers no AWS role"),
        (
            {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder", "message": "Not assigned"},
            "refused the sign-in: Responder: Not assigned",
        ),
        ({"is_signed": False}, "Response signature invalid"),
        ({"issued": -400}, "Token must be redeemed within 5 minutes of issuance"),
        ({"audience": "urn:somebody:else"}, "Audience does not match"),
        ({"recipient": "https://evil.example.com/saml"}, "Recipient does not match"),
    ],
)
def test_what_is_refused_says_why(world: World, sts, options: dict, said: str):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    terminal = Terminal(world, "login", "admin")
    terminal.answer(QUESTION, corp.response(**options))
    if "issued" in options:
        # What has ended is asked for once more.
        terminal.answer(QUESTION, corp.response(**options))
    terminal.wait(77)
    assert said in terminal.shown
    assert server.issued_secrets() == []
    assert_nowhere(world, corp.given, said=[terminal.shown])


def test_a_text_that_is_not_a_response(world: World, sts):
    pasting(world, sts())
    terminal = paste(world, "aGVsbG8=", "login", "admin", status=77)
    assert "is not a SAML response" in terminal.shown


def test_the_duration_is_stepped_down_once(world: World, sts):
    server: StrictSTS = sts()
    server.tell("/__roles", {"arn": ADMIN, "max_duration": 3600})
    corp = pasting(world, server, admin=", duration: 8h")
    terminal = paste(world, corp.response(session_duration=43200), "login", "admin")
    assert "does not allow sessions of 8h, so this one lasts 1h" in terminal.shown
    assert [entry["duration"] for entry in server.log()] == ["28800", "3600"]


def test_trap_49_the_attribute_for_the_console_decides_nothing(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    paste(world, corp.response(session_duration=43200), "login", "admin")
    assert [entry["duration"] for entry in server.log()] == [None]


def test_nothing_of_it_is_logged(world: World, sts):
    server: StrictSTS = sts()
    corp = pasting(world, server)
    log = world.root / "log"
    terminal = paste(
        world, corp.response(), "login", "admin", "--logs-level", "Trace", "--logs-file", str(log)
    )
    assert "AssumeRoleWithSAML" in log.read_text()
    assert_nowhere(world, corp.given + server.issued_secrets(), said=[terminal.shown])
