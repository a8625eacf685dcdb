"""Codes that other programs make."""

from __future__ import annotations

import pytest

from mfa_world import DEVICE, IDENTITIES, PASS, SEED, Coded, code
from terminal import Terminal

OP = {"signed_in": True, "items": {"AWS": SEED}}


def key(name: str = DEVICE, **options) -> dict:
    return {"serial": "1", "accounts": {name: {"seed": SEED, **options}}}


@pytest.mark.parametrize(
    "source, program",
    [
        ("ykman", {"ykman": {"devices": [key()]}}),
        ("{ykman: aws/jane}", {"ykman": {"devices": [key("AWS/jane")]}}),
        ("{pass: aws/jane}", {"pass": PASS}),
        ("{op: AWS}", {"op": OP}),
        ('{op: "op://Private/AWS/one-time password?attribute=otp"}', {"op": OP}),
        ("{command: [pass, otp, aws/jane]}", {"pass": PASS}),
    ],
)
def test_a_program_makes_the_code(coded: Coded, source: str, program: dict):
    coded.install(**program)
    coded.sources(f"[{source}]")
    coded.world.run("validate", status=0)
    answer = coded.world.run("credential-process", "-i", "deploy", status=0)
    assert answer.json()["Version"] == 1 and answer.stderr == ""
    assert coded.server.calls() == {"GetSessionToken": 1, "AssumeRole": 1}, "the code was taken"


def test_a_yubikey_that_wants_a_touch_says_so(coded: Coded):
    coded.install(ykman={"devices": [key(touch=True)]})
    coded.sources("[ykman]")
    answer = coded.world.run("login", "-i", "jane", status=0)
    assert "touch your YubiKey" in answer.stderr


@pytest.mark.parametrize(
    "source, program, reason",
    [
        ("ykman", {"ykman": {"devices": []}}, "No YubiKey detected!"),
        ("ykman", {"ykman": {"devices": [key(), key()]}}, "Multiple YubiKeys detected."),
        ("ykman", {"ykman": {"devices": [key("other")]}}, "No matching account found."),
        ("ykman", {"ykman": {"devices": [key(touch="late")]}}, "Touch account timed out!"),
        ("ykman", {}, "`ykman` is not installed"),
        ("{pass: aws/joe}", {"pass": PASS}, "aws/joe is not in the password store."),
        (
            "{pass: aws/jane}",
            {"pass": {**PASS, "has_otp": False}},
            "otp is not in the password store",
        ),
        ("{op: AWS}", {"op": {**OP, "signed_in": False}}, "You are not currently signed in."),
        ("{op: Azure}", {"op": OP}, '"Azure" isn\'t an item.'),
        ("keyring", {}, "the keyring has no seed of"),
    ],
)
def test_a_source_that_fails_says_why_in_one_line_and_the_next_is_tried(
    coded: Coded, source: str, program: dict, reason: str
):
    coded.install(**program)
    coded.sources(f"[{source}, terminal]")
    terminal = Terminal(coded.world, "login", "-i", "jane")
    before = terminal.answer(f"Enter MFA code of {DEVICE}: ", code())
    said = [line for line in before.splitlines() if "; trying `terminal`" in line]
    assert len(said) == 1 and reason in said[0], before
    status, shown = terminal.end(), terminal.last
    assert status == 0, shown


def test_where_no_source_has_a_code_the_error_says_why_and_what_to_install(coded: Coded):
    coded.sources("[ykman, {pass: aws/jane}]")
    answer = coded.world.run("login", "-i", "jane", env={"PATH": "/nowhere"})
    assert answer.status == 77, str(answer)
    assert "`pass` is not installed" in answer.stderr and "yubikey-manager" in answer.stderr


def test_a_project_cannot_name_a_command_without_being_allowed_to(coded: Coded):
    coded.world.is_own = False
    coded.world.configure(
        IDENTITIES.replace(
            "      default: true\n",
            "      default: true\n      mfa: {sources: [{command: [sh, -c, 'touch owned']}]}\n",
        )
    )
    answer = coded.world.run("login", "-i", "jane")
    assert answer.status == 77 and "is not allowed yet" in answer.stderr
    assert not list(coded.world.root.rglob("owned"))
    coded.world.select("stack", "jane")
    shown = coded.world.run("allow", cwd=coded.world.repository / "stack", status=0)
    assert "touch owned" in shown.stderr
    coded.world.run("allow", "-i", "jane", "--with-keys", status=0)
    coded.world.run("login", "-i", "jane")
    assert list(coded.world.root.rglob("owned"))
