"""The REPL: typed in a terminal, fed from a pipe, and started by a shell with the hook."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import time

import pexpect
import pytest

from identity_center_world import against
from mock_world import STACKS, single
from pty_shell import PtyShell
from repl_terminal import PROMPTED, ReplTerminal, history, left
from secret_scan import ProcessWatch, assert_nowhere
from waiting import wait_for
from world import World

ROLE = "arn:aws:iam::123456789012:role/Deploy"
NEXT = "arn:aws:iam::210987654321:role/ops/Audit"

MFA = """\
auth:
  realm: e2e
  identities:
    me:
      kind: mock/aws
      spec: {mfa: true, lifetime: 12h}
    dev:
      kind: mock/aws
      via: {identity: me}
      principal: {account: {id: 111122223333}, region: eu-west-1}
"""

USER = """\
auth:
  realm: e2e
  identities:
    engineer:
      kind: aws/user
      default: true
      credentials: {region: us-east-1}
"""


@pytest.fixture
def stacks(world: World) -> World:
    world.configure(STACKS)
    return world


@pytest.fixture
def engineer(world: World, sts):
    """An IAM user at the strict STS; roles are assumed on top."""
    server = sts()
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(USER)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    return world, server


# Words


def test_the_prompt_is_the_segment(stacks: World):
    with ReplTerminal(stacks) as repl:
        assert repl.prompt() == "atmos-auth>"
        assert "Authentication successful" in repl.say("login dev-admin")
        assert "dev-admin" in repl.prompt() and left(repl.prompt()), repl.prompt()
        repl.say("use prod-admin")
        assert "!prod-admin" in repl.prompt()
        assert "\x01" not in repl.raw and "\x02" not in repl.raw
        repl.say("use -")
        assert "dev-admin" in repl.prompt()
        repl.say("use none")
        assert repl.prompt() == "atmos-auth>"
        assert "switched off" in repl.say("whoami") or "nobody is chosen" in repl.raw


def test_words_do_what_the_commands_do(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("login stage")
        assert "222233334444" in repl.say("whoami")
        assert '"identity": "staging-admin"' in repl.say("whoami -o json")
        assert "dev-admin" in repl.say("list --tags development")
        assert "export AWS_PROFILE='staging-admin'" in repl.say("env").replace('"', "'")
        assert "staging-admin: " in repl.say("time") and left(repl.raw)
        assert "the session there is will be used" in repl.say("why")
        assert "a new session" in repl.say("why dev-admin")
        assert "staging-admin" in repl.say("chain")
        assert "Logged out staging-admin" in repl.say("logout")
        assert "no session" in repl.prompt()
        repl.keys("\x04")
        assert repl.end() == 0


def test_help_and_what_is_unknown(stacks: World):
    with ReplTerminal(stacks) as repl:
        shown = repl.say("help")
        for word in ("login", "use NAME", "assume ROLE_ARN", "why", "validate"):
            assert word in shown
        assert "USAGE: assume " in repl.say("assume --help")
        assert "did you mean `whoami`?" in repl.say("whomai")
        assert "did you mean `dev-admin`?" in repl.say("use dev-adnim")
        assert "a quote is not closed" in repl.say("use 'dev")
        assert "Missing expected argument" in repl.say("assume")
        assert "not the ARN of a role" in repl.say("assume Deploy")
        assert "no role was assumed" in repl.say("pop")
        assert "nothing was chosen before" in repl.say("use -")
        assert "`!` alone starts a shell" in repl.say("shell")
        assert "@repl@" not in repl.raw


def test_names_with_blanks_are_quoted(world: World):
    world.configure(single().replace("    dev:", "    'team a: dev':"))
    with ReplTerminal(world) as repl:
        repl.say("use 'team a: dev'")
        assert "team a: dev" in repl.prompt()
        repl.say("use none")
        repl.keys("use team\t\r")
        repl.wait()
        assert "team a: dev" in repl.prompt(), repl.raw


def test_use_without_a_name_opens_the_list(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.keys("use\r")
        repl.expect("Select an identity")
        repl.keys("stag")
        repl.expect("1/3")
        repl.keys("\r")
        repl.wait()
        assert "staging-admin" in repl.prompt()
        repl.keys("use\r")
        repl.expect("Select an identity")
        repl.keys("\x03")
        assert "user aborted" in repl.wait()
        assert "staging-admin" in repl.prompt()


def test_use_with_a_tag(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use --tags production")
        assert "!prod-admin" in repl.prompt()
        assert "available tags: development" in repl.say("use --tags none-such")
        assert "are two choices" in repl.say("use dev-admin --tags production")
        repl.keys("use --tags development\r")
        repl.expect("Select one")
        repl.keys("stag\r")
        repl.wait()
        assert "staging-admin" in repl.prompt()


def test_who_is_chosen_on_the_way_stays_chosen(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.keys("login\r")
        repl.expect("No default identity")
        repl.keys("stag\r")
        assert "Authentication successful" in repl.wait()
        assert "staging-admin" in repl.prompt()


# Keys


def test_ctrl_c_drops_the_line_and_ctrl_d_leaves(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.keys("login dev-admin")
        repl.expect("dev-admin")
        repl.keys("\x03")
        repl.expect("^C")
        repl.wait()
        assert "unknown word: x" in repl.say("x")
        assert not (stacks.state / "sessions").exists(), "the dropped line was not carried out"
        assert "login dev-admin" not in history(stacks)
        repl.keys("\x04")
        assert repl.end() == 64, "the status of the last word"


def test_ctrl_r_finds_what_an_earlier_repl_was_told(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use staging-admin")
        repl.say("whoami -o json")
    with ReplTerminal(stacks) as repl:
        repl.keys("\x12stag")
        repl.expect("use \x1b[7mstag")
        repl.keys("\r")
        repl.wait()
        assert "staging-admin" in repl.prompt()


def test_tab_completes_words_names_options_and_pages(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use dev-admin")
        repl.keys("who\t-o js\t\r")
        assert '"identity": "dev-admin"' in repl.wait()
        repl.keys("use stagi\t")
        repl.expect("staging-admin ")
        repl.keys("\x15console --destination cloudfo\t")
        repl.expect("cloudformation ")
        repl.keys("\x15list --form\t\x15assume --ext\t")
        repl.expect("assume --external-id ")
        repl.keys("\x15!atmos-auth-h\t")
        repl.expect("!atmos-auth-hook ")
        repl.keys("\x03")


def test_vi_keys_by_application_name(stacks: World):
    (stacks.home / ".inputrc").write_text(
        '$if atmos-auth\nset editing-mode vi\n$endif\n$if other\n"x": "broken"\n$endif\n'
    )
    with ReplTerminal(stacks) as repl:
        # Escape, then to the start of the line, and two letters out.
        repl.keys("xxwhy dev-admin\x1b")
        time.sleep(0.7)  # longer than readline waits for the rest of a key's sequence
        repl.keys("02x\r")
        assert "a new session" in repl.wait()


def test_a_paste_waits_for_enter_and_runs_line_by_line(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.keys("\x1b[200~use dev-admin\nwhy\n\x1b[201~")
        repl.expect("why")
        repl.keys("\r")
        assert "a new session" in repl.wait()
        assert "dev-admin" in repl.prompt()
        assert {"use dev-admin", "why"} <= set(history(stacks))
        repl.keys("\x1b[200~use nobody-there\nuse prod-admin\x1b[201~")
        repl.expect("prod-admin")
        repl.keys("\r")
        repl.wait()
        assert "dev-admin" in repl.prompt(), "nothing after a failure"


def test_a_window_of_forty_columns_that_grows(stacks: World):
    with ReplTerminal(stacks, columns=40) as repl:
        repl.say("login dev-admin")
        assert not left(repl.prompt()), "no room for the time"
        repl.keys("why " + "dev-admin " * 6)
        # A terminal throws away what nobody has read yet when Ctrl-C comes.
        repl.expect("why dev-admin")
        repl.child.setwinsize(40, 120)
        repl.keys("\x03")
        repl.wait()
        assert left(repl.prompt())


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_locales(stacks: World, locale: str):
    with ReplTerminal(stacks, env={"LANG": locale, "LC_ALL": locale}) as repl:
        repl.say("login dev-admin")
        assert ("☁" in repl.prompt()) == (locale != "C")
        if locale == "C":
            assert repl.raw.isascii()


def test_a_plain_terminal_gets_plain_lines(stacks: World):
    repl = ReplTerminal(stacks, env={"TERM": "dumb"})
    repl.expect("atmos-auth> ")
    repl.keys("use dev-admin\r")
    repl.expect("dev-admin> ")
    repl.keys("nonsense")
    repl.expect("nonsense")
    repl.keys("\x03")
    repl.expect("dev-admin> ")
    repl.keys("why\r")
    repl.expect("a new session")
    repl.expect("> ")
    repl.keys("\x04")
    assert repl.end() == 0
    assert "\x1b" not in repl.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_puts_the_terminal_back_first(stacks: World, number: signal.Signals):
    repl = ReplTerminal(
        stacks,
        "-c",
        'stty -g; "$0" repl; echo "status $?"; stty -g',
        stacks.binary,
        program="/bin/sh",
    )
    with repl:
        child = int(repl.world.program("pgrep", "-P", str(repl.child.pid)).stdout)
        os.kill(child, number)
        repl.expect(f"status {128 + number}")
        assert repl.end() == 0
    modes = [line for line in repl.raw.replace("\r", "").split("\n") if line.count(":") > 10]
    assert len(modes) == 2 and modes[0] == modes[1]


# Programs


def test_programs_run_as_who_is_chosen(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use dev-admin")
        assert "dev-admin eu-west-1" in repl.say("!echo $AWS_PROFILE $AWS_REGION")
        assert "a  b" in repl.say("exec printf '%s\\n' 'a  b'")
        assert "AWS_ACCESS_KEY_ID=ASIAMOCK" in repl.say("exec --static env")
        assert "command not found: no-such-program" in repl.say("exec no-such-program")
        repl.say("!exit 7")
        repl.keys("\x04")
        assert repl.end() == 7


def test_ctrl_c_is_the_programs(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.keys("!trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done\r")
        repl.expect("\rready")
        repl.keys("\x03")
        assert "caught" in repl.wait()
        repl.keys("!echo waiting; sleep 1000\r")
        repl.expect("\rwaiting")
        repl.keys("\x03")
        repl.wait()
        assert "dev-admin" in repl.say("why dev-admin")


def test_a_crashed_program_leaves_the_terminal_usable(stacks: World):
    with ReplTerminal(stacks) as repl:
        before = repl.say("!stty -g").strip()
        repl.say("!stty raw -echo; kill -9 $$")
        assert repl.say("!stty -g").strip() == before


def test_ctrl_z_stops_a_program_and_the_repl_with_it(stacks: World):
    with PtyShell(stacks, "bash", hook=False) as shell:
        shell.child.sendline(f"{stacks.binary} repl")
        shell.child.expect_exact("atmos-auth> ")
        shell.child.send(
            "!trap 'echo again' CONT; echo begun; until read -t 1 x; do :; done; echo got $x\r"
        )
        shell.child.expect_exact("\rbegun")
        shell.child.send("\x1a")
        shell.child.expect_exact("Stopped")
        assert "atmos-auth repl" in shell.run("jobs")
        shell.child.sendline("fg")
        shell.child.expect_exact("\nagain")
        shell.child.send("hello\r")
        shell.child.expect_exact("got hello")
        shell.child.expect_exact("atmos-auth> ")
        shell.child.send("\x1a")
        shell.child.expect_exact("Stopped")
        shell.child.sendline("fg")
        shell.child.expect_exact("atmos-auth> ")
        shell.child.send("\x04")
        shell.run("true")


# Scripts


def test_a_script_ends_at_the_first_failure(stacks: World):
    answer = stacks.run(
        "repl",
        stdin="""\
# a comment
use dev-admin
!echo one $AWS_PROFILE

!exit 5
!echo two
""",
        status=5,
    )
    assert answer.stdout == "one dev-admin\n"
    assert answer.stderr == "", "no prompts, no greeting"
    answer = stacks.run("repl", stdin="use stage\nwhoami\n!echo two", status=77)
    assert answer.stdout == ""
    assert "There is no session" in answer.stderr
    answer = stacks.run("repl", stdin="login dev-admin\nwhoami -o json", status=0)
    assert answer.json()["identity"] == "dev-admin"
    assert history(stacks) == [], "scripts are not remembered"


def test_a_program_reads_what_the_script_has_for_it(stacks: World):
    answer = stacks.run("repl", stdin="!read x; echo got $x\nhello\n!echo end\n", status=0)
    assert answer.stdout == "got hello\nend\n"


def test_a_directory_that_is_not_allowed_means_nobody(stacks: World):
    directory = stacks.select("stacks/dev", "dev-admin")
    answer = stacks.run("repl", stdin="!echo carried out\n", cwd=directory, status=77)
    assert "carried out" not in answer.stdout and "allow" in answer.stderr
    answer = stacks.run("repl", stdin="use none\n!echo carried out\n", cwd=directory, status=0)
    assert "carried out" in answer.stdout
    stacks.run("allow", cwd=directory, status=0)
    answer = stacks.run("repl", stdin="!echo $AWS_PROFILE\n", cwd=directory, status=0)
    assert answer.stdout == "dev-admin\n"


def test_the_command_line_chooses(stacks: World):
    answer = stacks.run("repl", "-i", "stage", stdin="!echo $ATMOS_IDENTITY\n", status=0)
    assert answer.stdout == "staging-admin\n"


# Roles


def test_assume_chain_pop_and_save(engineer):
    world, server = engineer
    with ReplTerminal(world) as repl:
        shown = repl.say(f"assume {ROLE} --duration 2h --external-id ab-1")
        assert f"Assumed {ROLE} for 2h" in shown.replace("1h59m", "2h")
        assert "Deploy" in repl.prompt() and "engineer" in repl.prompt()
        repl.say(f"assume {NEXT} --region eu-west-1")
        assert "Audit" in repl.prompt()
        links = repl.say("chain")
        assert links.index("engineer") < links.index("Deploy") < links.index("Audit")
        assert NEXT in links and left(links)
        who = repl.say("whoami")
        assert "assumed-role/Audit" in who and "210987654321" in who
        assert '"identity": "Audit"' in repl.say("whoami -o json")
        told = repl.say(
            "!echo $AWS_ACCESS_KEY_ID ${ATMOS_IDENTITY-none} $AWS_REGION ${AWS_PROFILE-none}"
        )
        assert "ASIA" in told and "none eu-west-1 none" in told and "do not renew" in told
        assert "export AWS_SESSION_TOKEN=" in repl.say("env")
        assert "`save NAME` makes it an identity" in repl.say("keep")
        saved = repl.say("save audit")
        path = world.repository / ".atmos.d/audit.yaml"
        assert str(path) in saved.replace("\n", "")
        assert "there is an identity `audit` already" in repl.say("save Audit")
        repl.say("pop")
        assert "Audit" not in repl.prompt() and "Deploy" in repl.prompt()
        repl.say("pop")
        assert "Deploy" not in repl.prompt()
        calls = server.calls()
        assert calls == {"GetSessionToken": 1, "AssumeRole": 2}, "sessions are used again"
        repl.say("login audit")
        assert "audit" in repl.prompt()
        assert "audit-1" in repl.say("chain")
    answer = world.run("validate", status=0)
    assert "valid" in answer.stdout + answer.stderr
    assert "external_id: ab-1" in path.read_text()
    assert world.configure(USER).read_text() == USER
    assert not any("--external-id" in line for line in history(world))
    # `env` showed them, as it is there to do.
    assert_nowhere(world, server.issued_secrets(), said=())


def test_a_role_that_refuses_is_not_on_top(engineer):
    world, _ = engineer
    with ReplTerminal(world) as repl:
        shown = repl.say("assume arn:aws:iam::123456789012:role/DeniedToAll")
        assert "error:" in shown and "AssumeRole" in shown
        assert "DeniedToAll" not in repl.prompt()
        repl.say(f"assume {ROLE}")
        repl.say("use none")
        repl.say("use -")
        assert "Deploy" not in repl.prompt(), "roles belong to who they stand on"


# Codes


def test_mfa_tells_its_age_and_asks_anew(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        assert "none yet" in repl.say("mfa --age")
        repl.keys("mfa\r")
        repl.expect("code")
        repl.keys("735291\r")
        assert "Second factor given" in repl.wait()
        assert "ago" in repl.say("mfa --age")
        assert "asks" not in repl.say("why")
        assert "second factor" not in repl.say("time"), "dev's own session asked nobody"
        repl.say("use me")
        assert "second factor" in repl.say("time")
    world.configure(STACKS)
    with ReplTerminal(world, "-i", "dev-admin") as repl:
        assert "asks for a second factor" in repl.say("mfa")


def test_the_devices_commands_are_there_too(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        assert "No identity names an MFA device" in repl.say("mfa status")
        assert "zbarimg" in repl.say("help mfa add")
        assert "--age" in repl.say("help mfa")
        repl.keys("mfa unre\t")
        repl.expect("mfa unregister ")
        repl.keys("\x15mfa add --repl\t")
        repl.expect("mfa add --replace ")
        repl.keys("\x03")


def test_a_login_is_interrupted_and_the_repl_goes_on(world: World):
    world.configure(MFA)
    with ReplTerminal(world, "-i", "dev") as repl:
        repl.keys("login\r")
        repl.expect("code")
        repl.keys("\x03")
        assert "stopped" in repl.wait() or "interrupted" in repl.raw
        assert "a new session" in repl.say("why")


def test_a_login_in_the_browser_is_interrupted_and_tried_again(world: World, center):
    server = center()
    against(world, server)
    with ReplTerminal(world) as repl:
        repl.keys("login --no-browser\r")
        server.wait_for("CreateToken", 1)
        repl.keys("\x03")
        assert "interrupted" in repl.wait()
        repl.keys("login --no-browser\r")
        server.wait_for("StartDeviceAuthorization", 2)
        repl.child.expect(r"user_code=([A-Z0-9-]+)")
        server.tell("/__approve", {"user_code": repl.child.match.group(1)})
        assert "Authentication successful" in repl.wait()
        assert "dev" in repl.prompt() and "permission-set" in repl.say("chain")
        assert "the session there is will be used" in repl.say("why")


def test_ctrl_c_ends_a_wait_for_the_network(world: World, sts):
    server = sts(latency=600)
    world.environment["AWS_ENDPOINT_URL_STS"] = server.url
    world.configure(USER)
    world.store_keys("engineer", server.access_key_id, server.secret_access_key)
    with ReplTerminal(world) as repl:
        repl.keys("login\r")
        wait_for(server.calls, "nothing was asked")
        repl.keys("\x03")
        assert "interrupted" in repl.wait()
        assert "engineer" in repl.say("why")


def test_a_code_is_nowhere(world: World):
    world.configure(MFA)
    with ProcessWatch() as watch, ReplTerminal(world, "-i", "dev") as repl:
        repl.keys("login\r")
        repl.expect("code")
        repl.keys("735291\r")
        assert "Authentication successful" in repl.wait()
        # Typed too late, as a line: neither this nor any other line with a code is kept.
        repl.say("735292")
        repl.say("!echo 735293 >/dev/null")
        repl.say(" whoami")
        repl.say("whoami")
        repl.keys("\x1b[A\x1b[A")
        repl.expect("login")
        repl.keys("\x03")
        repl.wait()
    assert history(world) == ["login", "whoami"]
    mode = stat.S_IMODE((world.state / "repl-history").stat().st_mode)
    assert mode == 0o600
    for file in world.files():
        assert b"73529" not in file.read_bytes(), file
    assert not [line for line in watch.seen if "735291" in line]


def test_a_crash_leaves_no_core(world: World):
    world.configure(MFA)

    def crash(*command: str) -> tuple[int | None, bool]:
        repl = ReplTerminal(
            world,
            "-c",
            'ulimit -c unlimited; exec "$@"',
            "sh",
            *command,
            program="/bin/sh",
            env={"SWIFT_BACKTRACE": "enable=no"},
        )
        with contextlib.suppress(pexpect.EOF):
            repl.child.expect_exact(PROMPTED)
            repl.child.kill(signal.SIGSEGV)
            repl.child.expect(pexpect.EOF)
        repl.child.wait()
        return repl.child.signalstatus, os.WCOREDUMP(repl.child.status)

    assert crash("sh", "-c", "kill -SEGV $$") == (signal.SIGSEGV, True), "cores can be written here"
    assert crash(world.binary, "repl") == (signal.SIGSEGV, False)


def test_the_prompt_tells_the_time_left_of_a_session_in_memory(stacks: World):
    stacks.environment["ATMOS_KEYRING_TYPE"] = "memory"
    with ReplTerminal(stacks) as repl:
        repl.say("login dev-admin")
        assert left(repl.prompt()), repl.prompt()
        repl.say("logout")
        assert not left(repl.prompt()), repl.prompt()


def test_keys_of_a_memory_keyring_last_as_long_as_the_repl(world: World):
    world.configure(single())
    with ReplTerminal(world, env={"ATMOS_KEYRING_TYPE": "memory"}) as repl:
        repl.say("login")
        assert "Identity" in repl.say("whoami") and "There is no session" not in repl.raw
    assert not list((world.state / "sessions").rglob("*.session"))


# The calling shell


def prompted(name: str) -> str:
    """A pattern of the REPL's prompt, and not of the shell's, which ends in `<ready> `."""
    return rf"{re.escape(PROMPTED)}[^<>]*{name}[^<>]*> "


def test_keep_changes_the_calling_shell(stacks: World, shell: str):
    with PtyShell(stacks, shell) as terminal:
        terminal.child.sendline("atmos-auth repl")
        terminal.child.expect_exact("atmos-auth> ")
        terminal.child.send("use staging-admin\r")
        terminal.child.expect(prompted("staging-admin"))
        terminal.child.send("use dev")
        terminal.child.expect_exact("use dev")
        terminal.child.send("\x03")
        terminal.child.expect(prompted("staging-admin"))
        terminal.child.send("keep\r")
        terminal.run("true")
        assert terminal.value("$AWS_PROFILE") == "staging-admin"
        assert "staging-admin" in terminal.prompt()
        # Leaving in another way changes nothing.
        terminal.child.sendline("atmos-auth repl")
        terminal.child.expect(prompted("staging-admin"))
        terminal.child.send("use dev-admin\r")
        terminal.child.expect(prompted("dev-admin"))
        terminal.child.send("\x04")
        terminal.child.expect_exact("`keep` leaves and takes the identity along")
        terminal.run("true")
        assert terminal.value("$AWS_PROFILE") == "staging-admin"
        assert not list((stacks.state / "kept").iterdir())
        # A script may keep as well, and the status is the function's.
        if shell == "bash":
            terminal.run("atmos-auth repl <<<$'use none\\nkeep'")
            assert not terminal.is_set("AWS_PROFILE")
        terminal.child.sendline("atmos-auth repl")
        terminal.child.expect_exact("lists the words")
        terminal.child.expect("> ")
        terminal.child.send("nonsense\r")
        terminal.child.expect_exact("unknown word")
        terminal.child.expect("> ")
        terminal.child.send("\x04")
        assert terminal.value("$status" if shell == "fish" else "$?") == "64"


def test_keep_without_the_hook_says_what_is_missing(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use dev-admin")
        shown = repl.say("keep")
        assert "was not started by a shell with the hook" in shown and "hook bash" in shown


# why


def test_why_outside_the_repl(stacks: World):
    answer = stacks.run("why", "dev-admin", status=0)
    assert "a new session, which lasts 1h; nobody is asked" in answer.stdout
    assert "sandbox" in answer.stdout
    stacks.run("login", "dev-admin", status=0)
    assert "the session there is will be used" in stacks.run("why", "dev-admin", status=0).stdout
    stacks.configure(MFA)
    answer = stacks.run("why", "dev", status=0)
    assert "asks for a code of mock" in answer.stdout


def test_why_tells_the_cap_of_chained_roles(world: World):
    world.configure(f"""\
auth:
  realm: e2e
  identities:
    me: {{kind: aws/user}}
    base:
      kind: aws/assume-role
      via: {{identity: me}}
      principal: {{assume_role: "{ROLE}", duration: 4h}}
    deploy:
      kind: aws/assume-role
      via: {{identity: base}}
      principal: {{assume_role: "{NEXT}", duration: 4h}}
""")
    answer = world.run(
        "why", "deploy", status=0, env={"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}
    )
    lines = answer.stdout.splitlines()
    assert "lasts 12h" in lines[2]
    assert "lasts 4h" in lines[3] and "at most" not in lines[3]
    assert "lasts 1h; a role assumed from a role lasts 1h at most" in lines[4]
    assert NEXT in lines[4]


def test_no_terminal_for_the_list(stacks: World):
    answer = stacks.run("repl", stdin="use\n", status=77)
    assert "requires a TTY" in answer.stderr


def test_input_that_ends_without_a_line_feed(stacks: World):
    assert stacks.run("repl", stdin="!printf x", status=0).stdout == "x"
    stacks.run("repl", stdin="", status=0)
