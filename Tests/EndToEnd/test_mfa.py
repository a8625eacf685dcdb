"""Where one-time codes come from, and that each is used once."""

from __future__ import annotations

import json
import os
import pathlib
import re
import resource
import signal

import pytest

from mfa_world import DEVICE, PASS, SEED, Coded, code
from secret_scan import ProcessWatch
from terminal import Terminal
from world import World

# Given codes


def test_a_code_on_standard_input_logs_in_and_the_rest_is_the_programs(coded: Coded):
    answer = coded.world.run(
        "exec",
        "-i",
        "jane",
        "--mfa-code-stdin",
        "--",
        "cat",
        stdin=f"{code()}\nthe program's own\n",
        status=0,
    )
    assert answer.stdout == "the program's own\n"


def test_a_code_in_the_variable_logs_in_and_is_not_handed_on(coded: Coded):
    answer = coded.world.run(
        "exec", "-i", "jane", "--", "/usr/bin/env", env={"ATMOS_AUTH_MFA_CODE": code()}, status=0
    )
    assert "AWS_PROFILE=" in answer.stdout
    assert "ATMOS_AUTH_MFA_CODE" not in answer.stdout


def test_a_used_code_is_told_from_a_wrong_one(coded: Coded):
    used = code()
    given = {"ATMOS_AUTH_MFA_CODE": used}
    coded.world.run("login", "-i", "jane", env=given, status=0)
    answer = coded.world.run("login", "-i", "jane", env=given)
    assert answer.status == 77 and "has been used before" in answer.stderr, str(answer)
    answer = coded.world.run("login", "-i", "jane", env={"ATMOS_AUTH_MFA_CODE": "000000"})
    assert answer.status == 77, str(answer)
    assert "the code from ATMOS_AUTH_MFA_CODE: the code was not accepted" in answer.stderr
    assert used not in answer.stderr and "000000" not in answer.stderr
    assert coded.server.calls() == {"GetSessionToken": 2}, "the used one was not sent again"


@pytest.mark.parametrize(
    "given, words",
    [
        ("", "the first line of standard input is not an MFA code"),
        ("\n123456\n", "is not an MFA code"),
        ("12345\n", "is not a code of six digits"),
        ("hunter2\n", "is not a code of six digits"),
    ],
)
def test_what_is_no_code_on_standard_input_is_refused(coded: Coded, given: str, words: str):
    answer = coded.world.run("login", "-i", "jane", "--mfa-code-stdin", stdin=given)
    assert answer.status in (64, 77), str(answer)
    assert words in answer.stderr and "hunter2" not in answer.stderr
    assert coded.server.calls() == {}


def test_a_terminal_is_not_read_as_standard_input(coded: Coded):
    terminal = Terminal(coded.world, "login", "-i", "jane", "--mfa-code-stdin")
    status, shown = terminal.end(), terminal.last
    assert status == 64 and "does not read from a terminal" in shown


# The keyring


@pytest.mark.parametrize(
    "text",
    [
        SEED,
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n",
        f"QR-Code:otpauth://totp/Amazon%20Web%20Services:jane?secret={SEED}&issuer=AWS\n",
    ],
)
def test_a_stored_seed_logs_in_without_anybody(coded: Coded, text: str):
    answer = coded.world.run("mfa", "add", "-i", "deploy", stdin=text, status=0)
    assert DEVICE in answer.stderr and SEED not in answer.stderr.upper()
    assert coded.world.run("credential-process", "-i", "deploy", status=0).json()["Version"] == 1
    assert coded.server.calls() == {"GetSessionToken": 1, "AssumeRole": 1}


def test_a_role_in_the_middle_of_a_chain_renews_in_the_background(coded: Coded):
    """The link with the code is not the first one, and there is no terminal."""
    coded.add_seed()
    coded.world.run("credential-process", "-i", "one", status=0)
    facts = next(coded.world.state.rglob("one.facts")).read_text()
    assert str(2**63 - 1) in facts, "it renews itself for ever"


def test_two_logins_at_once_with_one_device_both_succeed_in_two_windows(coded: Coded):
    coded.register(period=2)
    coded.add_seed(f"otpauth://totp/x?secret={SEED}&period=2")
    # Their common link first, so that both ask for the device's code at once.
    coded.world.run("credential-process", "-i", "engineer", status=0)
    running = [coded.world.start("credential-process", "-i", name) for name in ("one", "two")]
    answers = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], answers
    assert {json.loads(out)["Version"] for out, _ in answers} == {1}
    waited = [err.decode() for _, err in answers if b"the next one comes in" in err]
    assert len(waited) <= 1, answers
    assert coded.server.calls() == {"GetSessionToken": 1, "AssumeRole": 2}, "no code went twice"


def test_a_seed_is_replaced_only_when_that_is_said(coded: Coded):
    coded.add_seed()
    other = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"
    answer = coded.world.run("mfa", "add", "--device", DEVICE, stdin=other)
    assert answer.status == 77 and "--replace" in answer.stderr
    coded.world.run("credential-process", "-i", "jane", status=0)
    coded.world.run("mfa", "add", "--device", DEVICE, "--replace", stdin=other, status=0)
    coded.world.run("mfa", "remove", "--device", DEVICE, status=0)
    answer = coded.world.run("mfa", "remove", "--device", DEVICE)
    assert answer.status == 64 and "mfa status" in answer.stderr


def test_at_the_terminal_the_seed_is_not_shown_and_replacing_it_is_asked(coded: Coded):
    terminal = Terminal(coded.world, "mfa", "add", "-i", "jane")
    terminal.answer(f"Seed of {DEVICE}: ", SEED)
    status, shown = terminal.end(), terminal.last
    assert status == 0 and SEED not in shown, shown
    terminal = Terminal(coded.world, "mfa", "add", "-i", "jane")
    terminal.answer("Replace it? [y/N] ", "")
    status, shown = terminal.end(), terminal.last
    assert status == 77 and "nothing was changed" in shown


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "nothing was given"),
        ("otpauth://hotp/x?secret=" + SEED, "(HOTP)"),
        (SEED[:-2] + "01", "character 31 of the seed"),
        (f"otpauth://totp/x?secret={SEED}&digits=8", "8 digits; AWS' have 6"),
    ],
)
def test_what_is_no_seed_is_refused_and_not_repeated(coded: Coded, text: str, words: str):
    answer = coded.world.run("mfa", "add", "--device", DEVICE, stdin=text)
    assert answer.status == 64 and words in answer.stderr, str(answer)
    assert SEED[:8] not in answer.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["-i", "engineer"], "identity `engineer` has no MFA device"),
        (["--device", "arn:aws:iam::123456789012:u2f/user/jane/key"], "security key"),
        (["--device", " "], "neither an ARN nor a serial number"),
    ],
)
def test_a_device_that_cannot_have_a_seed_is_refused(
    coded: Coded, arguments: list[str], words: str
):
    answer = coded.world.run("mfa", "add", *arguments, stdin=SEED)
    assert answer.status == 64 and words in answer.stderr, str(answer)


# People


def test_a_wrong_code_is_asked_for_again_three_times_at_most(coded: Coded):
    terminal = Terminal(coded.world, "login", "-i", "jane")
    for wrong in ("000000", "12345", "000000"):
        terminal.answer(f"Enter MFA code of {DEVICE}: ", wrong)
    status, shown = terminal.end(), terminal.last
    assert status == 77 and "Enter MFA code" not in shown
    assert coded.server.calls() == {"GetSessionToken": 1}


def test_without_a_terminal_but_with_a_display_a_window_asks(coded: Coded):
    coded.install(zenity={"answers": ["000000", code()]})
    answer = coded.world.run("login", "-i", "jane", env={"DISPLAY": ":9"}, status=0)
    assert "not accepted" in answer.stderr and "Gtk" not in answer.stderr


def test_a_window_gets_no_secret_and_a_source_its_own_login(coded: Coded):
    """Those of the surroundings; `op` needs the token of its service account."""
    secrets = {"OP_SERVICE_ACCOUNT_TOKEN": "ops_token", "MY_PASSWORD": "of-mine"}
    seen = coded.world.temporary / "seen"
    for name, status in (("op", 1), ("zenity", 0)):
        program = coded.programs / name
        program.write_text(f"#!/bin/sh\nenv >'{seen}-{name}'\necho {code()}\nexit {status}\n")
        program.chmod(0o755)
    coded.sources("[op: AWS, desktop]")
    env = {**secrets, "DISPLAY": ":9"}
    coded.world.run("login", "-i", "jane", env=env, status=0)
    window = variables(pathlib.Path(f"{seen}-zenity"))
    assert window["DISPLAY"] == ":9" and window["HOME"] == str(coded.world.home)
    assert not secrets.keys() & window.keys() and "ATMOS_KEYRING_PASSWORD" not in window
    source = variables(pathlib.Path(f"{seen}-op"))
    assert source.items() >= secrets.items() and "ATMOS_KEYRING_PASSWORD" not in source


def variables(file: pathlib.Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def test_a_window_that_is_closed_is_the_end(coded: Coded):
    coded.install(zenity={"answers": []})
    answer = coded.world.run("login", "-i", "jane", env={"WAYLAND_DISPLAY": "wayland-0"})
    assert answer.status == 77 and "was closed" in answer.stderr, str(answer)
    assert coded.server.calls() == {}


def test_a_display_without_a_program_to_ask_on_it(coded: Coded):
    answer = coded.world.run("login", "-i", "jane", env={"DISPLAY": ":9", "PATH": "/nowhere"})
    assert answer.status == 77 and "install `zenity` or `kdialog`" in answer.stderr, str(answer)


@pytest.mark.parametrize(
    "env", [{"DISPLAY": ":9", "CI": "true"}, {"DISPLAY": ":9", "ATMOS_INTERACTIVE": "false"}, {}]
)
def test_no_window_where_nobody_is_to_be_asked(coded: Coded, env: dict[str, str]):
    coded.install(zenity={"answers": [code()]})
    answer = coded.world.run("login", "-i", "jane", env=env)
    assert answer.status == 77, str(answer)
    for hint in ("in a terminal", "ATMOS_AUTH_MFA_CODE", "atmos-auth mfa add -i jane"):
        assert hint in answer.stderr


# What is shown


def test_status_lists_devices_sources_and_the_age_of_the_last_code(coded: Coded):
    answer = coded.world.run("mfa", "status", status=0)
    assert re.search(rf"^{re.escape(DEVICE)}  jane, one, two +nobody +no +-$", answer.stdout, re.M)
    coded.add_seed()
    coded.world.run("login", "-i", "jane", status=0)
    (row,) = coded.world.run("mfa", "status", "-o", "json", status=0).json()
    assert row["device"] == DEVICE and row["seed"] is True
    assert row["identities"] == ["jane", "one", "two"]
    assert row["sources"] == [["keyring"]]
    assert re.fullmatch(r"20\d\d-.*Z", row["last_code"])
    coded.sources("[{pass: aws/jane}, terminal]")
    (row,) = coded.world.run("mfa", "status", "-o", "json", status=0).json()
    assert row["sources"] == [["pass", "terminal"]]


def test_status_without_devices_says_so(world: World):
    world.configure("auth: {realm: none, identities: {dev: {kind: mock}}}\n")
    assert "No identity names an MFA device" in world.run("mfa", "status", status=0).stdout
    assert world.run("mfa", "status", "-o", "json", status=0).json() == []


@pytest.mark.parametrize(
    "sources, message",
    [
        ("[ykmann]", "unknown source `ykmann` in `mfa.sources`"),
        ("[teminal]", "unknown source `teminal` in `mfa.sources`"),
        ("[pass]", "`pass` in `mfa.sources` needs a name"),
        ("[{terminal: x}]", "`terminal` in `mfa.sources` takes no value"),
        ("[{command: my-codes aws}]", "`command` in `mfa.sources` must be a list of words"),
        ("[{op: --help}]", "`op` in `mfa.sources` cannot have a name that begins with `-`"),
        ("{}", "`mfa.sources` must be a list of sources"),
    ],
)
def test_sources_are_checked(world: World, sources: str, message: str):
    for place in ("auth", "identity `jane`"):
        text = f"mfa: {{sources: {sources}}}"
        own = f"        {text}\n" if place != "auth" else ""
        world.configure(
            f"auth:\n  realm: x\n  {text if not own else 'realm_: 1'}\n  identities:\n"
            f"    jane:\n      kind: aws/user\n      credentials: {{mfa_arn: '{DEVICE}'}}\n"
            + own.replace("        ", "      ")
        )
        answer = world.run("validate")
        assert f"{place}: {message}" in answer.stderr, str(answer)
        if "unknown source" in message:
            assert re.search(r"hint: did you mean `(ykman|terminal)`\?", answer.stderr)


# Secrets


def test_codes_and_seeds_are_nowhere(coded: Coded):
    world = coded.world
    world.environment["ATMOS_LOGS_LEVEL"] = "trace"
    coded.install(**{"pass": PASS})
    codes = [code()]
    with ProcessWatch() as watch:
        terminal = Terminal(world, "login", "-i", "jane")
        question = f"Enter MFA code of {DEVICE}: "
        terminal.answer(question, codes[0])
        terminal.wait(0)
        world.run("mfa", "add", "-i", "jane", stdin=SEED, status=0)
        codes.append(code())
        world.run("login", "-i", "jane", env={"ATMOS_AUTH_MFA_CODE": "987654"})
        world.run("mfa", "status", status=0)
        world.run("list", "--format", "json", status=0)
        world.run("status")
    written = b"".join(path.read_bytes() for path in world.files())
    said = "".join([*world.transcript, *watch.seen])
    # The terminal shows what is typed, which is no secret to the person, and nothing more.
    assert question + codes[0] in said
    said = said.replace(question + codes[0], question, 1).encode()
    for secret in (*codes, "987654", SEED):
        # Alone: hashes and times have six digits that look like any code.
        pattern = rb"(?<![0-9A-Za-z])" + secret.encode() + rb"(?![0-9A-Za-z])"
        assert not re.search(pattern, written + said)


def test_a_login_that_crashes_while_it_asks_leaves_no_core(coded: Coded):
    def may_dump() -> None:
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))

    def crashed(*command: str) -> int:
        terminal = Terminal(
            coded.world,
            *command[1:],
            program=command[0],
            # Swift's toolchain would stop to ask whether to debug it.
            env={"SWIFT_BACKTRACE": "enable=no"},
            preexec_fn=may_dump,
        )
        terminal.expect(": ")
        os.kill(terminal.child.pid, signal.SIGABRT)
        assert terminal.end() == -signal.SIGABRT
        return terminal.child.status

    if not os.WCOREDUMP(crashed("/bin/sh", "-c", "printf ': '; exec sleep 60")):
        pytest.skip("this machine writes no core files")
    assert not os.WCOREDUMP(crashed(coded.world.binary, "login", "-i", "jane"))
