"""The REPL as a person types in it: its words and its keys."""

from __future__ import annotations

import os
import signal
import time

import pytest

from mock_world import single
from repl_terminal import ReplTerminal, history, left
from world import World

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
        assert "switched off" in repl.say("whoami") or "no identity is chosen" in repl.raw


def test_words_do_what_the_commands_do(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("login stage")
        assert "222233334444" in repl.say("whoami")
        assert '"identity": "staging-admin"' in repl.say("whoami -o json")
        assert "dev-admin" in repl.say("list --tags development")
        assert "export AWS_PROFILE='staging-admin'" in repl.say("env").replace('"', "'")
        assert "staging-admin: " in repl.say("time") and left(repl.raw)
        assert "the existing session will be used" in repl.say("why")
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
        assert "missing expected argument" in repl.say("assume")
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
        assert "nobody was chosen" in repl.wait()
        assert "staging-admin" in repl.prompt()


def test_use_with_a_tag(stacks: World):
    with ReplTerminal(stacks) as repl:
        repl.say("use --tags production")
        assert "!prod-admin" in repl.prompt()
        assert "tags are: development" in repl.say("use --tags none-such")
        assert "give only one of NAME" in repl.say("use dev-admin --tags production")
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
