"""The REPL and programs: those it runs, those that feed it, and the shell it was started from."""

from __future__ import annotations

import re

from pty_shell import PtyShell
from repl_terminal import PROMPTED, ReplTerminal, history
from world import World

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
    assert "staging-admin" in answer.stdout and "two" not in answer.stdout
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
        terminal.child.expect_exact("`keep` leaves and keeps the identity in this shell")
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


def test_no_terminal_for_the_list(stacks: World):
    answer = stacks.run("repl", stdin="use\n", status=77)
    assert "requires a TTY" in answer.stderr


def test_input_that_ends_without_a_line_feed(stacks: World):
    assert stacks.run("repl", stdin="!printf x", status=0).stdout == "x"
    stacks.run("repl", stdin="", status=0)
